import { Component, onWillUnmount, useExternalListener, useState } from "@odoo/owl";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const POLL_MS = 3000; // while the form is open and the tab is seen

// Shape and word beside the colour: colour is never alone.
const STATES = {
    received: { shape: "○", tone: "text-info" },
    processed: { shape: "●", tone: "text-success" },
    failed: { shape: "◐", tone: "text-warning" },
    parked: { shape: "◐", tone: "text-warning" },
    dead: { shape: "◆", tone: "text-danger" },
};

/** One message: when, what, what became of it; opens it. */
export class ConnectMessage extends Component {
    static template = "event_hub.ConnectMessage";
    static props = { message: Object, open: Function };

    get look() {
        return STATES[this.props.message.state];
    }

    get at() {
        return formatDateTime(deserializeDateTime(this.props.message.at), { showSeconds: true });
    }

    get types() {
        return this.props.message.types.join(", ");
    }
}

/** Has the first event come? Asks every few seconds, so that the answer comes without a click. */
export class Connect extends Component {
    static template = "event_hub.Connect";
    static components = { ConnectMessage };
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.state = useState({ told: null, sending: false, tests: [], lost: false });
        this.open = this.open.bind(this);
        this.id = false;
        useRecordObserver((record) => this.follow(record.resId)); // not awaited: the form need not wait
        const timer = setInterval(() => this.poll(), POLL_MS);
        onWillUnmount(() => clearInterval(timer));
        useExternalListener(document, "visibilitychange", () => this.poll());
    }

    /** The form shows another source, or this one for the first time. */
    follow(id) {
        if (id !== this.id) {
            this.id = id;
            Object.assign(this.state, { told: null, tests: [] });
            this.poll();
        }
    }

    poll() {
        if (!document.hidden) {
            this.look();
        }
    }

    async look() {
        if (!this.id) {
            return;
        }
        try {
            const told = await this.keepLast.add(
                this.orm.silent.call("event_hub.source", "connection", [[this.id]])
            );
            Object.assign(this.state, { told, lost: false });
        } catch (error) {
            if (!this.state.told) {
                throw error;
            }
            this.state.lost = true; // what was told stays, and says that it may be old
        }
    }

    // -------------------------------------------------------------- what is shown

    get heardWords() {
        return this.state.told.only ? _t("First event heard") : _t("Connected. Last event heard");
    }

    /** It came in, but waits for a person, or for another try. */
    get isStuck() {
        return !["received", "processed"].includes(this.state.told.heard.state);
    }

    times(count) {
        return count === 1 ? _t("once") : _t("%s times", count);
    }

    /** Of a minute, so never in the future. */
    ago(text) {
        return deserializeDateTime(text).toRelative();
    }

    // --------------------------------------------------------------- what it does

    async sendTest() {
        const { record } = this.props;
        if (!(await record.save())) {
            return;
        }
        this.state.sending = true;
        this.state.tests = [];
        try {
            this.state.tests = await this.orm.call("event_hub.source", "send_test", [[record.resId]]);
        } finally {
            this.state.sending = false;
        }
        await this.look();
    }

    open(id) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "event_hub.message",
            res_id: id,
            views: [[false, "form"]],
        });
    }
}

registry.category("view_widgets").add("event_hub_connect", { component: Connect });
