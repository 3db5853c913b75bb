import { Component, onWillStart, onWillUnmount, useExternalListener, useState } from "@odoo/owl";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { age, count, percent } from "./format";

const POLL_MS = 5000;

// Shape and word beside the colour: colour is never alone.
const STATES = {
    empty: { icon: "fa-inbox", tone: "text-muted", shape: "○" },
    flowing: { icon: "fa-check-circle", tone: "text-success", shape: "●" },
    needed: { icon: "fa-user-circle-o", tone: "text-warning", shape: "◐" },
    stuck: { icon: "fa-exclamation-triangle", tone: "text-danger", shape: "◆" },
    broken: { icon: "fa-exclamation-triangle", tone: "text-danger", shape: "▲" },
};

/** A figure that opens exactly the records it counts. */
export class HubNumber extends Component {
    static template = "event_hub.HubNumber";
    static props = {
        number: Object,
        open: Function,
        tone: { type: String, optional: true },
    };

    get text() {
        return count(this.props.number);
    }

    get isLink() {
        return Boolean(this.props.number.model) && this.props.number.value > 0;
    }
}

/** Operations > Overview: is work flowing, what waits for whom. */
export class HubOverview extends Component {
    static template = "event_hub.Overview";
    static components = { HubNumber, Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.display = { controlPanel: {} };
        this.state = useState({ figures: null, failed: false, isAdmin: false });
        Object.assign(this, { age, percent });
        this.open = this.open.bind(this);
        onWillStart(async () => {
            this.state.isAdmin = await user.hasGroup("event_hub.group_hub_admin");
            await this.load();
        });
        this.timer = setInterval(() => this.poll(), POLL_MS);
        onWillUnmount(() => clearInterval(this.timer));
        useExternalListener(document, "visibilitychange", () => this.poll());
    }

    poll() {
        if (!document.hidden) {
            this.load();
        }
    }

    async load() {
        try {
            this.state.figures = await this.keepLast.add(
                this.orm.silent.call("event_hub.overview", "figures", [])
            );
            this.state.failed = false;
        } catch (error) {
            if (!this.state.figures) {
                throw error;
            }
            this.state.failed = true; // the last figures stay, and say how old they are
        }
    }

    // -------------------------------------------------------------- what is shown

    get look() {
        return STATES[this.state.figures.state];
    }

    get sentence() {
        const { state, late, exceptions, checks } = this.state.figures;
        const waiting = count(exceptions.all);
        switch (state) {
            case "empty":
                return _t("Nothing has come in yet.");
            case "stuck":
                return _t("Work stands still: %s.", late.join(", "));
            case "broken":
                return _t("A check fails: %s", checks.map((check) => check.reason || check.name).join(" "));
            case "needed":
                if (exceptions.open.value < exceptions.all.value) {
                    return _t(
                        "Work flows. Waiting for a person: %(all)s, of which %(open)s are open to you.",
                        { all: waiting, open: count(exceptions.open) }
                    );
                }
                return _t("Work flows. Waiting for a person: %s.", waiting);
        }
        return _t("Work flows, and nothing waits for a person.");
    }

    get asOf() {
        return this.moment(this.state.figures.as_of);
    }

    moment(text) {
        return formatDateTime(deserializeDateTime(text), { showSeconds: true });
    }

    get isEmpty() {
        return this.state.figures.state === "empty";
    }

    // ---------------------------------------------------------------- what it opens

    open(number) {
        this.action.doAction({
            type: "ir.actions.act_window",
            name: number.name,
            res_model: number.model,
            domain: number.domain,
            views: [
                [false, "list"],
                [false, "form"],
            ],
        });
    }

    openRecord(model, id) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: id,
            views: [[false, "form"]],
        });
    }

    openExceptions() {
        this.action.doAction("event_hub.event_hub_exception_action");
    }

    openSources() {
        this.action.doAction("event_hub.event_hub_source_action");
    }
}

registry.category("actions").add("event_hub.overview", HubOverview);
