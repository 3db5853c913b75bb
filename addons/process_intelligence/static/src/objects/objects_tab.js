import { useState } from "@odoo/owl";
import { formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";

import { FindingTab, number, time, words } from "../findings/finding_tab";
import { count, percent } from "../process_map/format";
import { tabs } from "../process_map/tabs";
import { ObjectMapView, lineOf } from "./object_map_view";

const { DateTime } = luxon;
const FIRST_KINDS = 4; // shown before anybody chooses
const ROWS = 50;

/** The process as each kind of object sees it that its events touch: one map of them all, and the same as tables. */
export class ObjectsTab extends FindingTab {
    static method = "object_map";
    static components = { ObjectMapView };

    setup() {
        this.chosen = useState({ hidden: null, place: null, sliders: {} }); // hidden: kinds; place: key of a step or path
        this.count = count;
        this.lineOf = lineOf;
        this.timeLabel = _t("time between steps, median");
        super.setup();
    }

    async ask(props) {
        await super.ask(props);
        this.chosen.place = null; // it may not be there any more
    }

    // ------------------------------------------------------------------ which kinds

    get hidden() {
        const types = this.answer.types.map(({ type }) => type);
        // Of another process, or of other filters, are other kinds: at least one is shown.
        const hidden = this.chosen.hidden && types.filter((type) => this.chosen.hidden.includes(type));
        return hidden && hidden.length < types.length ? hidden : types.slice(FIRST_KINDS);
    }

    get shown() {
        return this.answer.types.filter(({ type }) => !this.hidden.includes(type));
    }

    /** The same object while nothing changes: a new one is laid out anew. */
    get map() {
        const key = JSON.stringify(this.hidden);
        if (this.mapped?.answer !== this.answer || this.mapped.key !== key) {
            const map = { ...this.answer, kinds: this.shown.map(({ type }) => type) };
            this.mapped = { answer: this.answer, key, map };
        }
        return this.mapped.map;
    }

    isShown(kind) {
        return !this.hidden.includes(kind.type);
    }

    toggle({ type }) {
        const hidden = this.hidden.includes(type) ? this.hidden.filter((one) => one !== type) : [...this.hidden, type];
        if (hidden.length < this.answer.types.length) {
            this.chosen.hidden = hidden; // a map of nothing says nothing
            this.chosen.place = null;
        }
    }

    onSlide(sliders) {
        this.chosen.sliders = sliders;
    }

    kindTitle(kind) {
        const values = { objects: count(kind.objects), events: count(kind.events), several: count(kind.several), repeated: count(kind.repeated) };
        return _t("%(objects)s objects in %(events)s events; %(several)s events touch several of them, %(repeated)s of them see a step again", values);
    }

    // ------------------------------------------------------------------ the chosen step or path

    choose(place) {
        this.chosen.place = place;
    }

    /** @returns {{title: string, rows: Object[], only: Array}|null} what is told of the chosen place */
    get place() {
        const key = this.chosen.place;
        const activity = key && this.answer.activities.find(({ name }) => name === key);
        if (activity) {
            const rows = this.shown
                .filter(({ type }) => type in activity.types)
                .map((kind) => ({ kind, told: _t("%s times", count(activity.types[kind.type])), at: [activity.name] }));
            return { title: activity.name, rows, only: ["has", activity.name], note: this.sharedNote(activity) };
        }
        return key ? this.path(JSON.parse(key)) : null;
    }

    path([type, source, target]) {
        const kind = this.answer.types.find((item) => item.type === type);
        const path = kind.transitions.find((item) => item.source === source && item.target === target);
        const told = _t("%(count)s times, half within %(half)s, 95 of 100 within %(most)s", {
            count: count(path.count), half: time(path.p50_seconds).text, most: time(path.p95_seconds).text,
        });
        return { title: `${source} → ${target}`, rows: [{ kind, told, at: [source, target] }], only: null, note: "" };
    }

    sharedNote({ count: events, shared }) {
        return shared ? _t("%(shared)s of %(events)s events touch several objects at once.", { shared: count(shared), events: count(events) }) : "";
    }

    open(kind, [activity = null, next = null] = []) {
        const { filters } = this.props;
        return this.run("open_objects", [], { filters, kind: kind.type, activity, next_activity: next });
    }

    // ------------------------------------------------------------------ in words and as tables

    get picture() {
        return "process_intelligence.ObjectsPicture";
    }

    get sentence() {
        const { types, events, shared_events: shared } = this.answer;
        if (!types.length) {
            return _t("No event is chosen. Take a filter away, or import events first.");
        }
        if (types.length === 1) {
            return _t("The events touch one kind of object only: %s. Import a log as OCEL, or let events name further records, to see several flows meet.", types[0].label);
        }
        return _t("%(events)s events touch %(kinds)s kinds of objects. %(shared)s of them (%(share)s) touch several objects at once: each counts once in its box, and once in the flow of every object.", {
            events: count(events), kinds: count(types.length), shared: count(shared), share: percent(shared, events),
        });
    }

    get sections() {
        return [this.kindSection, this.pathSection];
    }

    get kindSection() {
        return {
            title: _t("Kinds of objects"),
            columns: [_t("Kind"), _t("Objects"), _t("Events"), _t("Events with several of them"), _t("Objects that see a step again"), _t("Starts mostly with"), _t("Ends mostly with")],
            empty: "",
            rows: this.answer.types.map((kind) => ({
                key: kind.type,
                cells: [
                    words(kind.label), number(kind.objects), number(kind.events), number(kind.several), number(kind.repeated),
                    words(mostly(kind, "start")), words(mostly(kind, "end")),
                ],
                actions: [{ label: _t("See them"), run: () => this.open(kind) }],
            })),
        };
    }

    get pathSection() {
        const paths = this.shown
            .flatMap((kind) => kind.transitions.map((path) => ({ kind, path })))
            .toSorted((a, b) => b.path.count - a.path.count);
        return {
            title: paths.length > ROWS ? _t("The %s most frequent paths", ROWS) : _t("Paths"),
            columns: [_t("Kind"), _t("From"), _t("To"), _t("Times"), _t("Half within"), _t("95 of 100 within")],
            empty: _t("No object sees two steps."),
            rows: paths.slice(0, ROWS).map(({ kind, path }) => ({
                key: JSON.stringify([kind.type, path.source, path.target]),
                cells: [words(kind.label), words(path.source), words(path.target), number(path.count), time(path.p50_seconds), time(path.p95_seconds)],
                actions: [{ label: _t("See them"), run: () => this.open(kind, [path.source, path.target]) }],
            })),
        };
    }

    /** What a picture of the map says above it. */
    get pictureWords() {
        return {
            title: this.props.definition.name,
            lines: [this.sentence, this.shown.map(({ label, objects }) => `${label}: ${count(objects)}`).join(" · "), formatDateTime(DateTime.now())],
        };
    }
}

function mostly(kind, end) {
    return kind.activities.reduce((most, item) => (item[end] > most[end] ? item : most)).name;
}

tabs.add("objects", { label: _t("Objects"), Component: ObjectsTab, explore: true }, { sequence: 47 });
