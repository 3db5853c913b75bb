import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Duplicates } from "../duplicates/duplicates";
import { SlaClocks } from "../sla/sla";

/** Parts of further addons: `{ Component, isShown(ticket) }`, with the props of a view's widget. */
const parts = registry.category("support_visibility.workspace_side");

/** Beside the conversation: the promises with their reasons, what looks alike, and the sections of the server. */
export class WorkspaceSide extends Component {
    static template = "support_visibility.WorkspaceSide";
    static components = { SlaClocks, Duplicates };
    static props = { ticket: Object, record: Object };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
    }

    get parts() {
        return parts.getAll().filter((part) => part.isShown(this.props.ticket));
    }

    markClass(item) {
        return { warning: "text-warning fw-bold", danger: "text-danger fw-bold" }[item.mark] || "";
    }

    markSign(item) {
        const sign = { warning: "▲", danger: "◆" }[item.mark];
        return sign && !item.value.includes(sign) ? `${sign} ` : "";
    }

    async open(item) {
        const { resModel, resId } = this.props.record;
        const action = item.open.call ? await this.orm.call(resModel, item.open.call, [[resId]]) : item.open;
        return this.action.doAction(action);
    }
}
