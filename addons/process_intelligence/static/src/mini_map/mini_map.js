import { Component, onMounted, onPatched, onWillUnmount, onWillUpdateProps, useRef, useState } from "@odoo/owl";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { count, duration } from "../process_map/format";

const WORDS = { kept: "", extra: _t("not usual"), skipped: _t("left out"), ahead: _t("usual") };
const SAID = {
    kept: _t("as usual"),
    extra: _t("only this case"),
    skipped: _t("usual, left out here"),
    ahead: _t("usual, may still come"),
};
const MODEL = "process_intelligence.definition";

/** One case against the usual way, on the form of its record; nothing where there is nothing to see. */
export class MiniMap extends Component {
    static template = "process_intelligence.MiniMap";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.line = useRef("line");
        this.state = useState({ answer: null });
        // The form is there first, and does not wait.
        onMounted(() => this.follow(this.props.record));
        onWillUpdateProps((next) => void this.follow(next.record));
        onWillUnmount(() => this.asked?.abort?.(false));
        onPatched(() => this.showPlace());
    }

    /** Once for each state of a record: every keystroke in the form comes by here. */
    async follow(record) {
        const key = JSON.stringify([record.resModel, record.resId, record.data.write_date?.toMillis?.()]);
        if (key === this.key) {
            return;
        }
        if (record.resId !== this.resId) {
            this.state.answer = null;
        }
        Object.assign(this, { key, resId: record.resId });
        this.asked?.abort?.(false);
        if (!record.resId) {
            return;
        }
        // Not the orm of this component: that gives a promise which cannot be called off.
        this.asked = this.env.services.orm.silent.call(MODEL, "case_against_usual", [record.resModel, record.resId]);
        const answer = await this.asked;
        if (key === this.key) {
            this.state.answer = answer;
        }
    }

    /** Where the case stands is in sight, however narrow the page is; the page itself stays where it is. */
    showPlace() {
        const [line, key] = [this.line.el, this.key];
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
                title: [part.activity, word, usual ? SAID[part.kind] : "", ...(step ? [this.when(step.at), step.resource || ""] : [])]
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

registry.category("view_widgets").add("process_mini_map", {
    component: MiniMap,
    fieldDependencies: [{ name: "write_date", type: "datetime", readonly: true }],
});
