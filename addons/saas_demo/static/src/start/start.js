import { _t } from "@web/core/l10n/translation";
import { browser } from "@web/core/browser/browser";
import { formatDateTime, deserializeDateTime } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { rpc } from "@web/core/network/rpc";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { useService } from "@web/core/utils/hooks";
import { Component, onWillStart, onWillUnmount, useState } from "@odoo/owl";
import { switchPersona } from "../persona_switch/switch_persona";

const LOOK_EVERY = 800; // ms, while something is expected
const LOOK_CALMLY = 4000; // ms, while people have to act
const EXPECT = 20000; // ms after a button in which something is expected in any case
const BETWEEN_ATTEMPTS = 350; // ms, so that the attempts can be seen ticking

const ICONS = {
    todo: { icon: "fa-circle-o", word: _t("not yet") },
    doing: { icon: "fa-clock-o", word: _t("waiting") },
    done: { icon: "fa-check-circle", word: _t("done") },
    skipped: { icon: "fa-minus-circle", word: _t("not needed") },
    problem: { icon: "fa-exclamation-triangle", word: _t("needs help") },
};

export class StartPage extends Component {
    static template = "saas_demo.StartPage";
    static props = { ...standardActionServiceProps };

    setup() {
        this.action = useService("action");
        this.icons = ICONS;
        this.expectingUntil = 0;
        this.state = useState({ page: null, answers: [], busy: false, error: "" });
        onWillStart(() => this.look());
        onWillUnmount(() => {
            this.left = true;
            browser.clearTimeout(this.timer);
        });
    }

    get page() {
        return this.state.page;
    }

    get episode() {
        return this.page.episode;
    }

    get canPay() {
        return this.episode && !this.episode.paid;
    }

    time(value) {
        return formatDateTime(deserializeDateTime(value), { format: "HH:mm:ss" });
    }

    /** Read the page anew, and again later: soon while the system works, calmly while people do. */
    async look() {
        browser.clearTimeout(this.timer);
        try {
            this.state.page = await rpc("/saas_demo/state", {}, { silent: true });
            this.state.error = "";
        } catch (error) {
            this.state.error = _t("This server does not answer: %s", error.message || error);
        }
        const expecting = this.page?.episode?.working || Date.now() < this.expectingUntil;
        const pace = expecting ? LOOK_EVERY : LOOK_CALMLY;
        if (!this.left) {
            this.timer = browser.setTimeout(() => this.look(), pace);
        }
    }

    /** Play a connected system: this page posts the signed messages to the public door itself. */
    async play(what) {
        this.state.busy = true;
        this.state.error = "";
        this.expectingUntil = Date.now() + EXPECT;
        try {
            const { messages } = await rpc("/saas_demo/play", { what });
            if (what !== "payment") {
                this.state.answers = [];
            }
            for (const message of messages) {
                await this.post(message);
                await this.look();
                await new Promise((done) => browser.setTimeout(done, BETWEEN_ATTEMPTS));
            }
        } catch (error) {
            this.state.error = error.data?.message || error.message || String(error);
        } finally {
            this.state.busy = false;
            await this.look();
        }
    }

    async post({ url, headers, body, title }) {
        const response = await browser.fetch(url, { method: "POST", headers, body });
        const answer = await response.json();
        this.state.answers.push({
            title,
            status: response.status,
            ok: response.ok,
            word: answer.status || answer.error?.detail || "",
        });
    }

    open({ model, id }) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: id,
            views: [[false, "form"]],
        });
    }

    openScreen(screen) {
        this.action.doAction(screen.action);
    }

    continueAs(login) {
        switchPersona(login, this.episode?.decision_url);
    }
}

registry.category("actions").add("saas_demo.start", StartPage);
