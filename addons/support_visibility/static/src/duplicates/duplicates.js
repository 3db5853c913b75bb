import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** Tickets of the same customer that may be about the same thing, and why we think so. */
export class Duplicates extends Component {
    static template = "support_visibility.Duplicates";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ tickets: [], open: false });
        onWillStart(() => this.load(this.props.record));
        onWillUpdateProps((next) => this.load(next.record));
    }

    /** Once per ticket: every keystroke in the form comes by here. */
    async load(record) {
        if (record.resId === this.lookedAt) {
            return;
        }
        this.lookedAt = record.resId;
        this.state.tickets = record.resId
            ? await this.orm.call(record.resModel, "possible_duplicates", [[record.resId]])
            : [];
    }

    show(ticket) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: this.props.record.resModel,
            res_id: ticket.id,
            views: [[false, "form"]],
        });
    }

    /** Opens the summary of what merging would do; nothing is merged before it is read. */
    merge(ticket) {
        const ids = [this.props.record.resId, ticket.id];
        return this.action.doAction("support_visibility.support_visibility_merge_action", {
            additionalContext: { active_ids: ids, active_id: ids[0] },
        });
    }
}

registry.category("view_widgets").add("support_visibility_duplicates", { component: Duplicates });
