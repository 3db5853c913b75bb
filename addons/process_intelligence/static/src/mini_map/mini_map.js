import { Component, onMounted, onPatched, onWillUnmount, useExternalListener, useRef, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { count, duration } from "../process_map/format";
import { who } from "../process_map/who";

const WORDS = { kept: "", extra: _t("not usual"), skipped: _t("left out"), ahead: _t("usual") };
const SAID = {
    kept: _t("as usual"),
    extra: _t("only this case"),
    skipped: _t("usual, left out here"),
    ahead: _t("usual, may still come"),
};
const MODEL = "process_intelligence.definition";
const SOON = 250; // ms; a save and the reload after it ask once
const SLOW = 800; // ms; who waits longer is told so

/** One case against the usual way, on the form of its record; nothing where there is nothing to see. */
export class MiniMap extends Component {
    static template = "process_intelligence.MiniMap";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.line = useRef("line");
        this.state = useState({ answer: null, isSlow: false });
        this.askSoon = useDebounced(() => this.ask(), SOON);
        useRecordObserver((record) => this.follow(record));
        // What others did meanwhile wrote nothing to the record.
        useExternalListener(document, "visibilitychange", () => !document.hidden && this.askSoon());
        // The form is there first, and does not wait.
        onMounted(() => {
            this.isMounted = true;
            void this.ask();
        });
        onPatched(() => this.showPlace());
        onWillUnmount(() => this.callOff());
    }

    /** The form replaces the data of a record whenever it reads, saves or discards; keystrokes only change them. */
    follow(record) {
        if (this.isMounted && record.resId === this.resId && record.data !== this.data) {
            void this.askSoon();
        } else if (this.isMounted && record.resId !== this.resId) {
            this.state.answer = null;
            void this.ask(record);
        }
        this.data = record.data;
    }

    /** The last answer stays until the next one is there. */
    async ask(record = this.props.record) {
        const { resModel, resId } = record;
        this.callOff();
        this.resId = resId;
        if (!resId) {
            return;
        }
        this.slow = browser.setTimeout(() => (this.state.isSlow = true), SLOW);
        // Not the orm of this component: that gives a promise which cannot be called off.
        const asked = this.env.services.orm.silent.call(MODEL, "case_against_usual", [resModel, resId]);
        this.asked = asked;
        try {
            const answer = await asked;
            if (asked === this.asked) {
                this.state.answer = answer;
            }
        } finally {
            if (asked === this.asked) {
                this.callOff();
            }
        }
    }

    callOff() {
        this.asked?.abort?.(false);
        this.asked = null;
        browser.clearTimeout(this.slow);
        this.state.isSlow = false;
    }

    /** Where the case stands is in sight, however narrow the page is; the page itself stays where it is. */
    showPlace() {
        const { steps, cut } = this.state.answer || {};
        const [line, key] = [this.line.el, JSON.stringify([this.resId, steps?.length, cut])];
        if (line && this.shown !== key) {
            this.shown = key;
            const place = line.querySelector(".o_process_mini_last");
            line.scrollLeft = place.offsetLeft - line.offsetLeft - (line.clientWidth - place.offsetWidth) / 2;
        }
    }

    get parts() {
        const { parts, steps, state, usual } = this.state.answer;
        return parts.map((part, index) => {
            const step = part.step === false ? null : steps[part.step];
            const isLast = part.step === steps.length - 1;
            const word = part.stands ? _t("here now") : isLast && state === "ended" ? _t("ended") : WORDS[part.kind];
            return {
                ...part,
                key: index,
                isLast,
                word,
                mark: this.markOf(part, isLast && state === "ended"),
                next: step && step.seconds !== false ? duration(step.seconds) : "",
                title: [part.activity, word, usual ? SAID[part.kind] : "", ...(step ? [this.when(step.at), who(step.resource)] : [])]
                    .filter(Boolean).join(", "),
            };
        });
    }

    /** A shape for each meaning, so that none rests on colour. */
    markOf(part, ended) {
        if (part.stands) {
            return "fa-map-marker";
        }
        if (ended) {
            return "fa-flag-checkered";
        }
        return { kept: "fa-circle", extra: "fa-square", skipped: "fa-times", ahead: "fa-circle-o" }[part.kind];
    }

    get usualWords() {
        const { usual, cut } = this.state.answer;
        const told = usual
            ? _t("Usual way: %(count)s of %(of)s ended cases that began so.", { count: count(usual.count), of: count(usual.of) })
            : "";
        return cut ? `${told} ${_t("%s steps are not drawn.", count(cut))}`.trim() : told;
    }

    when(iso) {
        return formatDateTime(deserializeDateTime(iso.slice(0, 19).replace("T", " ")));
    }

    async openMap() {
        const { process, filters } = this.state.answer;
        const action = await this.orm.call(MODEL, "open_map", [[process.id]]);
        return this.action.doAction({ ...action, params: { ...action.params, filters, tab: "cases" } });
    }
}

registry.category("view_widgets").add("process_mini_map", { component: MiniMap });
