import { useFocusView } from "@event_hub/focus_view/focus_view";
import { useKeysHelp, useLetter } from "@event_hub/keys/keys";
import { Chatter } from "@mail/chatter/web_portal/chatter";
import { Component, onMounted, onWillStart, onWillUnmount, useExternalListener, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { useHotkey } from "@web/core/hotkeys/hotkey_hook";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { TicketViewers } from "../presence/viewers";
import { TICKET } from "../presence/presence_service";
import { KEYS, MOVES, PRIMARY, stepFrom } from "./workspace_moves";
import { WorkspaceQueue } from "./workspace_queue";
import { WorkspaceSide } from "./workspace_side";

const MESSAGE = "support_visibility.queue";
const TOGETHER = 400; // ms: one change tells of itself several times
const OTHERS = 3000; // ms: what changes elsewhere is looked at together
const TYPING = 250; // ms
const AGAIN = 60000; // ms: time passes, and with it the words of the queue
const PAGE = 80;
const SHOWN_MOVES = 3;

/** Letters act only while nothing else waits for them: a list of choices, an open menu. */
function isFree() {
    return document.activeElement?.tagName !== "SELECT" && !document.querySelector(".o-dropdown--menu");
}

/** Enter belongs to whatever has the focus; to the current ticket only where that is nothing else. */
function isOnCurrent() {
    const active = document.activeElement;
    return isFree() && (!active || active.matches("body, .o_support_row[aria-current='true']"));
}

/** "My Queue": what comes next and why, the conversation, and what helps to answer, on one screen. */
export class Workspace extends Component {
    static template = "support_visibility.Workspace";
    static components = { Chatter, Dropdown, DropdownItem, Layout, TicketViewers, WorkspaceQueue, WorkspaceSide };
    static props = { ...standardActionServiceProps };

    setup() {
        useFocusView();
        this.orm = useService("orm");
        this.action = useService("action");
        this.bus = useService("bus_service");
        this.store = useService("mail.store");
        this.notification = useService("notification");
        this.display = { controlPanel: {} };
        this.page = PAGE;
        this.TICKET = TICKET;
        this.lastQueue = new KeepLast();
        this.lastTicket = new KeepLast();
        this.state = useState({
            tab: "mine",
            search: "",
            filters: {},
            offset: 0,
            queue: null,
            ticketId: null,
            ticket: null,
            record: null,
            busy: false,
            isReading: false,
            ...this.props.state,
        });
        this.place = 0; // of the current ticket, also after it left
        this.keys = useKeysHelp(KEYS, ".o_support_search");
        this.useKeys();
        this.searchSoon = useDebounced(() => this.loadQueue(0), TYPING);
        this.refreshSoon = useDebounced(() => this.refresh(), TOGETHER);
        useSetupAction({ getLocalState: () => this.kept });
        onWillStart(() => this.start());
        const onMessage = (message) => this.onMessage(message);
        useExternalListener(document, "visibilitychange", () => this.catchUp());
        onMounted(() => {
            this.bus.subscribe(MESSAGE, onMessage);
            this.timer = browser.setInterval(() => this.readSoon(), AGAIN);
        });
        onWillUnmount(() => {
            this.bus.unsubscribe(MESSAGE, onMessage);
            browser.clearInterval(this.timer);
            browser.clearTimeout(this.waiting);
        });
    }

    useKeys() {
        const again = { allowRepeat: true, isAvailable: isFree };
        useLetter("j", () => this.step(1), again);
        useLetter("k", () => this.step(-1), again);
        useLetter("r", () => this.compose("sendMessage"), { isAvailable: isFree });
        useLetter("n", () => this.compose("logNote"), { isAvailable: isFree });
        useHotkey("enter", () => this.openForm(), { isAvailable: isOnCurrent });
        for (const key of new Set(Object.values(MOVES).map((move) => move.key).filter(Boolean))) {
            const run = () => {
                const code = this.moves.find((one) => MOVES[one].key === key);
                return code && this.run(code);
            };
            useLetter(key, run, { isAvailable: isFree });
        }
    }

    /** What stays when one comes back from a ticket's page. */
    get kept() {
        const { tab, search, filters, offset, ticketId } = this.state;
        return { tab, search, filters: { ...filters }, offset, ticketId };
    }

    get rows() {
        return this.state.queue?.rows || [];
    }

    get moves() {
        return this.state.ticket?.moves || [];
    }

    get shownMoves() {
        return this.moves.filter((code) => PRIMARY.includes(code)).slice(0, SHOWN_MOVES);
    }

    get moreMoves() {
        return this.moves.filter((code) => !this.shownMoves.includes(code));
    }

    move(code) {
        return MOVES[code];
    }

    get isNarrowed() {
        return Boolean(this.state.search || Object.keys(this.state.filters).length);
    }

    /** The list does not wait for the server: the screen stands, and fills. */
    start() {
        this.loadQueue(this.state.offset).then(() => {
            const first = this.state.ticketId || (!this.env.isSmall && this.rows[0]?.id);
            return first && this.show(first, false);
        });
    }

    // ------------------------------------------------------------------ reading

    async loadQueue(offset = this.state.offset) {
        const { tab, search, filters } = this.state;
        this.state.offset = offset;
        const args = { tab, search, filters: { ...filters }, offset, limit: PAGE };
        const read = this.orm.silent.call(TICKET, "workspace_queue", [], args);
        this.state.queue = await this.lastQueue.add(read);
        if (!this.rows.length && offset && this.state.queue.total) {
            return this.loadQueue(Math.max(0, offset - PAGE)); // the last page emptied
        }
        this.keepPlace();
    }

    keepPlace() {
        const at = this.rows.findIndex((row) => row.id === this.state.ticketId);
        this.place = at >= 0 ? at : Math.min(this.place, Math.max(this.rows.length - 1, 0));
    }

    async show(ticketId, isReading = true) {
        Object.assign(this.state, { ticketId, isReading: isReading && this.env.isSmall });
        if (this.state.ticket?.id !== ticketId) {
            this.state.ticket = null;
        }
        this.keepPlace();
        await this.loadTicket();
    }

    async loadTicket() {
        const ticketId = this.state.ticketId;
        if (!ticketId) {
            return;
        }
        const read = this.orm.silent.call(TICKET, "workspace_ticket", [[ticketId]]);
        try {
            this.state.ticket = await this.lastTicket.add(read);
        } catch (error) {
            // it is gone, or not ours to read any more
            Object.assign(this.state, { ticketId: null, ticket: null, isReading: false });
            throw error;
        }
        this.state.record = this.recordOf(this.state.ticket); // a new one: its parts read again
    }

    /** What the widgets of a ticket's form need, so that they stand here as well. */
    recordOf({ id, name, description, category }) {
        const data = { name, description, category_id: category };
        return { resModel: TICKET, resId: id, data, save: () => true, load: () => this.onPosted() };
    }

    refresh() {
        return Promise.all([this.loadQueue(), this.loadTicket()]);
    }

    /** @param {{ticket_ids: number[]}} message ids that changed; none: too many to name */
    onMessage({ ticket_ids: ids }) {
        if (!ids.length || ids.includes(this.state.ticketId)) {
            this.refreshSoon();
            this.store.Thread.get({ model: TICKET, id: this.state.ticketId })?.fetchNewMessages();
        } else {
            const isShown = this.rows.some((row) => ids.includes(row.id));
            this.readSoon(isShown ? TOGETHER : OTHERS);
        }
    }

    /** Changes that come meanwhile wait along; nothing is read for a page that nobody sees. */
    readSoon(delay = 0) {
        if (document.hidden) {
            this.isOwed = true;
        } else if (!this.waiting) {
            this.waiting = browser.setTimeout(() => {
                this.waiting = null;
                this.loadQueue();
            }, delay);
        }
    }

    catchUp() {
        if (!document.hidden && this.isOwed) {
            this.isOwed = false;
            this.refreshSoon();
        }
    }

    // ------------------------------------------------------------------ acting

    step(by) {
        const ids = this.rows.map((row) => row.id);
        const to = stepFrom(ids, this.state.ticketId, this.place, by);
        if (to !== null && to !== this.state.ticketId) {
            return this.show(to);
        }
    }

    back() {
        this.state.isReading = false;
    }

    openTab(tab) {
        Object.assign(this.state, { tab, isReading: false });
        return this.loadQueue(0);
    }

    filter(name, value) {
        const filters = { ...this.state.filters };
        delete filters[name];
        if (value) {
            filters[name] = name === "team_id" ? Number(value) : value;
        }
        this.state.filters = filters;
        return this.loadQueue(0);
    }

    clear() {
        Object.assign(this.state, { search: "", filters: {} });
        return this.loadQueue(0);
    }

    /** Where the focus stays on a choice, a letter would choose instead of act. */
    onFilter(name, ev) {
        ev.target.blur();
        return this.filter(name, ev.target.value);
    }

    onSearchKey(ev) {
        if (ev.key === "Escape") {
            ev.target.blur();
        }
    }

    onSearch(ev) {
        this.state.search = ev.target.value;
        this.searchSoon();
    }

    async run(code, more = {}) {
        const move = MOVES[code];
        const ticketId = this.state.ticketId;
        if (this.state.busy || !ticketId) {
            return;
        }
        if (move.kind === "wizard") {
            const additionalContext = { active_model: TICKET, active_id: ticketId, active_ids: [ticketId], ...more };
            return this.action.doAction(move.name, { additionalContext, onClose: () => this.onPosted() });
        }
        this.state.busy = true;
        try {
            await this.orm.call(TICKET, move.name, [[ticketId]]);
            if (move.done) {
                this.notification.add(move.done, { type: "success" });
            }
        } finally {
            this.state.busy = false;
            await this.refresh();
        }
    }

    runMacro(macro) {
        return this.run("macro", { default_macro_id: macro.id });
    }

    /** The conversation changed here: read what follows from it. */
    onPosted() {
        this.refreshSoon();
        this.store.Thread.get({ model: TICKET, id: this.state.ticketId })?.fetchNewMessages();
        return true;
    }

    compose(which) {
        document.querySelector(`.o_support_conversation .o-mail-Chatter-${which}:not(.active)`)?.click();
    }

    openForm() {
        return this.state.ticketId && this.action.doAction({
            type: "ir.actions.act_window",
            res_model: TICKET,
            res_id: this.state.ticketId,
            views: [[false, "form"]],
        });
    }

    openList() {
        return this.action.doAction("support_visibility.support_visibility_ticket_action_mine", { clearBreadcrumbs: true });
    }

    get keysTitle() {
        return _t("Keys (?)");
    }
}

registry.category("actions").add("support_visibility.workspace", Workspace);
