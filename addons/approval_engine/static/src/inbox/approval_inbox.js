import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { KanbanRenderer } from "@web/views/kanban/kanban_renderer";
import { listView } from "@web/views/list/list_view";
import { ListRenderer } from "@web/views/list/list_renderer";

/** The tabs of the inbox with their counts, and what waits for the user in one sentence. */
export class ApprovalInboxHeader extends Component {
    static template = "approval_engine.InboxHeader";
    static props = { count: Number, tab: { type: String, optional: true } };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ sentence: "", tabs: [] });
        onWillStart(() => this.load());
        onWillUpdateProps((next) => next.count !== this.props.count && this.load());
    }

    async load() {
        Object.assign(this.state, await this.orm.call("approval_engine.request", "inbox_overview", []));
    }

    open(tab) {
        return this.action.doAction(tab.action, { clearBreadcrumbs: true });
    }
}

export class ApprovalInboxRenderer extends ListRenderer {
    static template = "approval_engine.InboxRenderer";
    static components = { ...ListRenderer.components, ApprovalInboxHeader };
}

export class ApprovalInboxKanbanRenderer extends KanbanRenderer {
    static template = "approval_engine.InboxKanbanRenderer";
    static components = { ...KanbanRenderer.components, ApprovalInboxHeader };
}

registry.category("views").add("approval_inbox", { ...listView, Renderer: ApprovalInboxRenderer });
registry
    .category("views")
    .add("approval_inbox_kanban", { ...kanbanView, Renderer: ApprovalInboxKanbanRenderer });
