import { onWillStart, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { KanbanController } from "@web/views/kanban/kanban_controller";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { ListController } from "@web/views/list/list_controller";
import { listView } from "@web/views/list/list_view";

/** Rules with the switch for all of them above. */
const withPauseAll = (Controller) => class extends Controller {
    setup() {
        super.setup();
        this.orm = useService("orm");
        this.pause = useState({ paused: false, words: "", mayPress: false });
        onWillStart(() => this.loadPause());
    }

    async loadPause() {
        const [status, mayPress] = await Promise.all([
            this.orm.call("base.automation", "pause_all_status", []),
            user.hasGroup("event_hub.group_hub_admin"),
        ]);
        Object.assign(this.pause, status, { mayPress });
    }

    pauseAll() {
        return this.actionService.doAction("event_hub.event_hub_reason_action", {
            additionalContext: {
                default_method: "action_pause_all",
                active_model: "base.automation",
                active_ids: [],
            },
            onClose: () => this.loadPause(),
        });
    }

    async resumeAll() {
        await this.orm.call("base.automation", "action_resume_all", []);
        await this.loadPause();
    }
};

export class GovernanceListController extends withPauseAll(ListController) {
    static template = "event_hub.GovernanceList";
}

/** What a phone shows. */
export class GovernanceKanbanController extends withPauseAll(KanbanController) {
    static template = "event_hub.GovernanceKanban";
}

registry.category("views").add("event_hub_governance_list", {
    ...listView,
    Controller: GovernanceListController,
});
registry.category("views").add("event_hub_governance_kanban", {
    ...kanbanView,
    Controller: GovernanceKanbanController,
});
