import { Component, onMounted, onWillStart, onWillUnmount, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";

const MESSAGE = "approval_engine.inbox";
const TOGETHER = 200; // ms: one change tells of itself several times

/** How many requests wait for the user; kept up to date by the bus. */
export class ApprovalSystray extends Component {
    static template = "approval_engine.Systray";
    static props = {};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.bus = useService("bus_service");
        this.state = useState({ count: 0, visible: false });
        this.onMessage = this.onMessage.bind(this);
        this.refreshSoon = useDebounced(() => this.refresh(), TOGETHER);
        onWillStart(async () => {
            this.state.visible = await user.hasGroup("approval_engine.group_approval_user");
        });
        onMounted(() => {
            if (this.state.visible) {
                this.bus.subscribe(MESSAGE, this.onMessage);
                this.refresh();
            }
        });
        onWillUnmount(() => this.bus.unsubscribe(MESSAGE, this.onMessage));
    }

    async refresh() {
        this.state.count = await this.orm.silent.call("approval_engine.request", "inbox_count", []);
    }

    onMessage({ reminder }) {
        this.refreshSoon();
        if (reminder) {
            this.notification.add(_t("Due soon, and needs you: %s", reminder), { type: "warning" });
        }
    }

    open() {
        return this.action.doAction("approval_engine.approval_engine_request_action_needs_me", {
            clearBreadcrumbs: true,
        });
    }
}

registry
    .category("systray")
    .add("approval_engine.ApprovalSystray", { Component: ApprovalSystray }, { sequence: 22 });
