import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { Figure, openFigure } from "./figure";

/** "Questions": five answers in words, each with its numbers, its records and what no source tells. */
export class SupportQuestions extends Component {
    static template = "support_visibility.Questions";
    static components = { Layout, Figure };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.keepLast = new KeepLast();
        this.display = { controlPanel: {} };
        this.state = useState({
            from: "", to: "", definitionId: false, definitions: [], answers: null, loading: true, ...this.props.state,
        });
        useSetupAction({
            getLocalState: () => {
                const { from, to, definitionId } = this.state;
                return { from, to, definitionId };
            },
        });
        onWillStart(() => {
            this.start();
        });
    }

    async start() {
        const params = this.props.action.params || {};
        this.state.definitionId = this.state.definitionId || params.definition_id || false;
        this.state.definitions = await this.orm.call("support_visibility.ticket", "questions_sources", []);
        await this.load();
    }

    async load() {
        this.state.loading = true;
        try {
            this.state.answers = await this.keepLast.add(
                this.orm.call("support_visibility.ticket", "questions", [], {
                    date_from: this.state.from || null,
                    date_to: this.state.to || null,
                    definition_id: this.state.definitionId || null,
                })
            );
        } finally {
            this.state.loading = false;
        }
    }

    onSource(ev) {
        this.state.definitionId = parseInt(ev.target.value) || false;
        return this.load();
    }

    onDay(name, ev) {
        const days = { from: this.state.from, to: this.state.to, [name]: ev.target.value };
        if (days.from && days.to && days.to < days.from) {
            this.notification.add(_t("The period ends before it begins. Choose another day."), { type: "warning" });
            ev.target.value = this.state[name];
            return;
        }
        this.state[name] = ev.target.value;
        return this.load();
    }

    /** The number told, where it is another than how many records there are. */
    told(figure) {
        return figure.value === figure.count ? "" : `${figure.value} ${figure.unit}`;
    }

    open(figure) {
        return openFigure(this.action, figure);
    }
}

registry.category("actions").add("support_visibility.questions", SupportQuestions);
