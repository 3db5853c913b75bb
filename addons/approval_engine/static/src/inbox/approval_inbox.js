import { Component, onMounted, onWillStart, onWillUnmount, onWillUpdateProps, useState } from "@odoo/owl";
import { useHotkey } from "@web/core/hotkeys/hotkey_hook";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { KanbanRenderer } from "@web/views/kanban/kanban_renderer";
import { listView } from "@web/views/list/list_view";
import { ListRenderer } from "@web/views/list/list_renderer";
import { setIntent } from "../keys/approval_intent";
import { useKeysHelp } from "../keys/approval_keys";

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

export class ApprovalInboxRenderer extends ListRenderer {
    static template = "approval_engine.InboxRenderer";
    static components = { ...ListRenderer.components, ApprovalInboxHeader };

    setup() {
        super.setup();
        this.actionService = useService("action");
        useHotkey("j", () => this.step(1), { allowRepeat: true });
        useHotkey("k", () => this.step(-1), { allowRepeat: true });
        useHotkey("a", () => this.approve());
        useHotkey("r", () => this.reject());
        // the keys work at once, not only after the search box was left
        onMounted(() => setTimeout(() => this.focusFirst()));
    }

    get tab() {
        return this.props.list.context.approval_tab;
    }

    get rows() {
        return [...(this.tableRef.el?.querySelectorAll(".o_data_row") || [])];
    }

    get currentRow() {
        return document.activeElement?.closest?.(".o_data_row") || null;
    }

    focusRow(row) {
        row?.querySelector("td.o_data_cell")?.focus();
    }

    focusFirst() {
        if (!this.env.isSmall && this.tab && !document.querySelector(".o_dialog")) {
            this.focusRow(this.rows[0]);
        }
    }

    step(by) {
        const at = this.rows.indexOf(this.currentRow);
        this.focusRow(this.rows[Math.min(Math.max(at + by, 0), this.rows.length - 1)]);
    }

    get currentRecord() {
        const id = this.currentRow?.dataset.id;
        return this.props.list.records.find((record) => record.id === id);
    }

    async approve() {
        const selected = this.props.list.selection.map((record) => record.resId);
        const ids = selected.length ? selected : this.currentRecord ? [this.currentRecord.resId] : [];
        if (ids.length && DECIDED_HERE.includes(this.tab)) {
            const tag = "approval_engine.approve_bulk";
            await this.actionService.doAction({ type: "ir.actions.client", tag, params: { ids } });
        }
    }

    async reject() {
        if (this.currentRecord && DECIDED_HERE.includes(this.tab)) {
            setIntent(this.currentRecord.resId, "reject");
            await this.props.openRecord(this.currentRecord);
        }
    }

    /** What waits changed: show it, but take no selection away from under somebody's hands. */
    async reload() {
        if (!this.props.list.selection?.length) {
            await this.props.list.load();
        }
    }
}

export class ApprovalInboxKanbanRenderer extends KanbanRenderer {
    static template = "approval_engine.InboxKanbanRenderer";
    static components = { ...KanbanRenderer.components, ApprovalInboxHeader };

    async reload() {
        await this.props.list.load();
    }
}

registry.category("views").add("approval_inbox", { ...listView, Renderer: ApprovalInboxRenderer });
registry
    .category("views")
    .add("approval_inbox_kanban", { ...kanbanView, Renderer: ApprovalInboxKanbanRenderer });
