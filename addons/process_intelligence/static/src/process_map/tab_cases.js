import { Component, onWillUpdateProps, useState } from "@odoo/owl";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";

import { count, duration, exactDuration } from "./format";
import { tabProps, tabs, useQuestion } from "./tabs";
import { who } from "./who";

const FIRST = 50;
const MORE = 200;

/** The single cases, the longest first; a click shows the steps of one. */
export class CasesTab extends Component {
    static template = "process_intelligence.CasesTab";
    static props = tabProps;

    setup() {
        Object.assign(this, { count, duration, exactDuration, who });
        this.orm = useService("orm");
        this.state = useState({ limit: FIRST, opened: null, steps: [] });
        this.question = useQuestion("cases", (props) => ({ filters: props.filters, limit: this.state.limit }));
        onWillUpdateProps((next) => {
            if (next.definitionId !== this.props.definitionId) {
                Object.assign(this.state, { opened: null, steps: [] });
            }
        });
    }

    get left() {
        return this.props.answer.map.cases - this.question.answer.length;
    }

    when(iso) {
        return formatDateTime(deserializeDateTime(iso.slice(0, 19).replace("T", " ")));
    }

    async toggle(key) {
        if (this.state.opened === key) {
            this.state.opened = null;
            return;
        }
        const steps = await this.orm.call(
            "process_intelligence.definition", "case_steps", [[this.props.definitionId], key]
        );
        Object.assign(this.state, { opened: key, steps });
    }

    showMore() {
        this.state.limit += MORE;
        return this.question.ask();
    }
}

tabs.add("cases", { label: _t("Cases"), Component: CasesTab, countOf: (answer) => answer.map.cases, explore: true }, { sequence: 30 });
