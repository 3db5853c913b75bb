import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { omit } from "@web/core/utils/objects";

import { tabProps, tabs, useQuestion } from "./tabs";
import { VariantList } from "./variant_list";

const WAYS = 500; // asked for at once

/** The ways that cases went; chosen ones stay among the others, so that one more can be chosen. */
export class WaysTab extends Component {
    static template = "process_intelligence.WaysTab";
    static components = { VariantList };
    static props = tabProps;

    setup() {
        this.question = useQuestion("ways", (props) => ({ filters: omit(props.filters, "variants"), limit: WAYS }));
    }

    get chosen() {
        return (this.props.filters.variants || []).map((path) => JSON.stringify(path));
    }

    toggle(path) {
        const index = this.chosen.indexOf(JSON.stringify(path));
        if (index === -1) {
            return this.props.onFilter("variants", [...path]);
        }
        const variants = this.props.filters.variants.filter((_path, position) => position !== index);
        const others = omit(this.props.filters, "variants");
        return this.props.onAsk(variants.length ? { ...others, variants } : others);
    }
}

tabs.add("variants", { label: _t("Ways"), Component: WaysTab, countOf: (answer) => answer.variant_count }, { sequence: 10 });
