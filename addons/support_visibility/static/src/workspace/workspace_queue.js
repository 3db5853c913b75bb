import { Component, onPatched, useRef } from "@odoo/owl";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";

const LOOKS = {
    critical: { mark: "◆", class: "text-danger", word: _t("overdue") },
    at_risk: { mark: "▲", class: "text-warning", word: _t("at risk") },
    watch: { mark: "◐", class: "text-info", word: _t("watch") },
    calm: { mark: "●", class: "text-success", word: _t("calm") },
};
const EMPTY = {
    mine: [_t("Nothing waits for you"), _t("Look at what nobody has yet, and take the next ticket.")],
    unassigned: [_t("Everything has somebody"), _t("New tickets of your teams appear here by themselves.")],
    waiting: [_t("You wait for no customer"), _t("Tickets come here when you say that the next step is the customer's.")],
    snoozed: [_t("Nothing is put aside"), _t("Snooze a ticket with S: it comes back at its time, or when the customer writes.")],
};

/** The queue: one line of words for each ticket says why it stands where it stands. */
export class WorkspaceQueue extends Component {
    static template = "support_visibility.WorkspaceQueue";
    static props = {
        rows: Array,
        total: Number,
        offset: Number,
        page: Number,
        tab: String,
        isNarrowed: Boolean,
        current: [Number, { value: null }],
        onOpen: Function,
        onPage: Function,
        onTab: Function,
        onClear: Function,
    };

    setup() {
        this.list = useRef("list");
        this.shown = this.props.current;
        onPatched(() => {
            if (this.shown !== this.props.current) {
                this.shown = this.props.current;
                this.follow(this.list.el?.querySelector("[aria-current='true']"));
            }
        });
    }

    /** The keys move on: the row is seen, and has the focus unless one is busy elsewhere. */
    follow(row) {
        const active = document.activeElement;
        if (row && (active === document.body || this.list.el.contains(active))) {
            row.focus({ preventScroll: true });
        }
        row?.scrollIntoView({ block: "nearest" });
    }

    look(row) {
        return LOOKS[row.pressure];
    }

    get empty() {
        return EMPTY[this.props.tab];
    }

    get range() {
        const { offset, rows, total } = this.props;
        return _t("%(from)s–%(to)s of %(total)s", { from: offset + 1, to: offset + rows.length, total });
    }

    due(row) {
        return row.due_at
            ? formatDateTime(deserializeDateTime(row.due_at.slice(0, 19).replace("T", " ")))
            : "";
    }
}
