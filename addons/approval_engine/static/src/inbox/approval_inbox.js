import { useKeysHelp, useLetter } from "@event_hub/keys/keys";
import {
    Component,
    onMounted,
    onPatched,
    onWillStart,
    onWillUnmount,
    onWillUpdateProps,
    status,
    useExternalListener,
    useState,
} from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { KanbanRenderer } from "@web/views/kanban/kanban_renderer";
import { listView } from "@web/views/list/list_view";
import { ListRenderer } from "@web/views/list/list_renderer";
import { setIntent } from "../keys/approval_intent";
import { placeIn } from "./approval_place";
import { useReload } from "./approval_reload";

const MESSAGE = "approval_engine.inbox";
const TOGETHER = 300; // ms: one change tells of itself several times
const DECIDED_HERE = ["needs_me", "due", "delegated"]; // tabs with what waits for the user

/** The tabs of the inbox with their counts, and what waits for the user in one sentence. */
export class ApprovalInboxHeader extends Component {
    static template = "approval_engine.InboxHeader";
    static props = {
        count: Number,
        tab: { type: String, optional: true },
        withKeys: { type: Boolean, optional: true },
        onChanged: Function,
    };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.bus = useService("bus_service");
        this.keys = useKeysHelp([
            ["J", _t("next request")],
            ["K", _t("previous request")],
            ["Enter", _t("open it")],
            ["A", _t("approve it, or those selected: a summary comes first")],
            ["R", _t("open it to reject")],
            ["Space", _t("select it")],
        ]);
        this.state = useState({ sentence: "", tabs: [] });
        const changed = useDebounced(async () => {
            await this.load();
            this.props.onChanged();
        }, TOGETHER);
        onMounted(() => this.bus.subscribe(MESSAGE, changed));
        onWillUnmount(() => this.bus.unsubscribe(MESSAGE, changed));
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

/**
 * The list of requests with one of them as the current one: the keys act on it, and it keeps the focus, whatever
 * rows are drawn anew. It is known by the id of the request, as a row and its record live until the next reading.
 */
export class ApprovalInboxRenderer extends ListRenderer {
    static template = "approval_engine.InboxRenderer";
    static recordRowTemplate = "approval_engine.InboxRow";
    static components = { ...ListRenderer.components, ApprovalInboxHeader };

    setup() {
        super.setup();
        this.actionService = useService("action");
        this.current = useState({ id: null });
        this.shown = new Map(); // id of a record in the rows: id of its request
        this.column = ""; // where in the row the focus is
        this.hasFocus = false;
        this.deciding = false;
        const isBusy = () => this.deciding || this.props.list.selection?.length > 0;
        this.reload = useReload(() => this.props.list.load(), isBusy);
        useLetter("j", () => this.step(1), { allowRepeat: true });
        useLetter("k", () => this.step(-1), { allowRepeat: true });
        useLetter("a", () => this.approve());
        useLetter("r", () => this.reject());
        useExternalListener(document, "focusin", (ev) => this.onFocusIn(ev.target));
        onMounted(() => {
            this.keepPlace();
            // the keys work at once, not only after the search box was left
            setTimeout(() => this.focusFirst());
        });
        onPatched(() => {
            this.keepPlace();
            this.keepFocus();
        });
    }

    get tab() {
        return this.props.list.context.approval_tab;
    }

    get ids() {
        return this.props.list.records.map((record) => record.resId);
    }

    /** The current request; none where it left and its row is only still on the screen. */
    get currentRecord() {
        return this.props.list.records.find((record) => record.resId === this.current.id);
    }

    /** Called once the rows are drawn. */
    keepPlace() {
        this.current.id = placeIn([...this.shown.values()], this.current.id, this.ids);
        this.shown = new Map(this.props.list.records.map((record) => [record.id, record.resId]));
    }

    /** A row that was replaced took the focus with it. */
    keepFocus() {
        const active = document.activeElement;
        if (this.hasFocus && (!active || active === document.body)) {
            this.focusCurrent();
        }
    }

    onFocusIn(target) {
        this.hasFocus = Boolean(this.tableRef.el?.contains(target));
        const row = this.hasFocus && target.closest(".o_data_row");
        if (row && this.shown.has(row.dataset.id)) {
            this.current.id = this.shown.get(row.dataset.id);
            this.column = target.closest("td")?.getAttribute("name") || "";
        }
    }

    /** To the row of the current request; where it is not drawn yet, once it is. */
    focusCurrent() {
        this.hasFocus = true;
        const row = this.tableRef.el?.querySelector(`.o_data_row[data-id="${this.currentRecord?.id}"]`);
        const cells = [...(row?.querySelectorAll("td.o_data_cell") || [])];
        (cells.find((cell) => cell.getAttribute("name") === this.column) || cells[0])?.focus();
    }

    focusFirst() {
        const isFree = status(this) !== "destroyed" && !document.querySelector(".o_dialog");
        if (isFree && !this.env.isSmall && this.tab && this.current.id === null) {
            this.step(1);
        }
    }

    step(by) {
        const ids = this.ids;
        const at = ids.indexOf(placeIn([...this.shown.values()], this.current.id, ids));
        if (ids.length) {
            this.current.id = ids[Math.min(Math.max(at + by, 0), ids.length - 1)];
            this.focusCurrent();
        }
    }

    async approve() {
        const selected = this.props.list.selection.map((record) => record.resId);
        const ids = selected.length ? selected : this.currentRecord ? [this.current.id] : [];
        if (ids.length && !this.deciding && DECIDED_HERE.includes(this.tab)) {
            this.deciding = true;
            const onSettled = (isDone) => this.onSettled(isDone);
            const tag = "approval_engine.approve_bulk";
            try {
                await this.actionService.doAction({ type: "ir.actions.client", tag, params: { ids, onSettled } });
            } catch (error) {
                this.deciding = false;
                throw error;
            }
        }
    }

    /** The dialog is closed; what was decided leaves the list, and the one after it is the current one. */
    onSettled(isDone) {
        this.deciding = false;
        if (isDone) {
            this.props.list.selection.forEach((record) => record.toggleSelection(false));
            this.reload();
        }
    }

    async reject() {
        if (this.currentRecord && DECIDED_HERE.includes(this.tab)) {
            setIntent(this.current.id, "reject");
            await this.props.openRecord(this.currentRecord);
        }
    }
}

export class ApprovalInboxKanbanRenderer extends KanbanRenderer {
    static template = "approval_engine.InboxKanbanRenderer";
    static components = { ...KanbanRenderer.components, ApprovalInboxHeader };

    setup() {
        super.setup();
        this.reload = useReload(() => this.props.list.load());
    }
}

registry.category("views").add("approval_inbox", { ...listView, Renderer: ApprovalInboxRenderer });
registry
    .category("views")
    .add("approval_inbox_kanban", { ...kanbanView, Renderer: ApprovalInboxKanbanRenderer });
