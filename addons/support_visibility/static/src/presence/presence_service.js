import { reactive } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";

export const TICKET = "support_visibility.ticket";
const MESSAGE = "support_visibility.presence";
const SIGN_EVERY = 25000; // ms; the server forgets somebody after 60 s
const WRITING_LASTS = 15000; // ms after the last key

/**
 * Tells others which tickets are open here, and knows who else has them open.
 *
 * `viewers[ticketId]` is a list of `{user_id, name, is_writing}`.
 */
export const presenceService = {
    dependencies: ["orm", "bus_service"],
    start(env, { orm, bus_service: bus }) {
        const viewers = reactive({});
        const open = new Map(); // ticket id: {count, timer, writing, quiet}

        async function announce(ticketId) {
            const entry = open.get(ticketId);
            if (!entry || document.hidden) {
                return;
            }
            const args = [[ticketId], Boolean(entry.writing)];
            try {
                const others = await orm.silent.call(TICKET, "presence_announce", args);
                if (open.has(ticketId)) {
                    viewers[ticketId] = others;
                }
            } catch {
                // without a sign of life we are only not shown; the next one is due soon
            }
        }

        function enter(ticketId) {
            const entry = open.get(ticketId);
            if (entry) {
                entry.count++;
                return;
            }
            const timer = browser.setInterval(() => announce(ticketId), SIGN_EVERY);
            open.set(ticketId, { count: 1, timer, writing: false });
            announce(ticketId);
        }

        function leave(ticketId) {
            const entry = open.get(ticketId);
            if (!entry || --entry.count > 0) {
                return;
            }
            browser.clearInterval(entry.timer);
            browser.clearTimeout(entry.quiet);
            open.delete(ticketId);
            delete viewers[ticketId];
            orm.silent.call(TICKET, "presence_leave", [[ticketId]]).catch(() => {});
        }

        function write(ticketId, isWriting = true) {
            const entry = open.get(ticketId);
            if (!entry) {
                return;
            }
            browser.clearTimeout(entry.quiet);
            if (isWriting) {
                entry.quiet = browser.setTimeout(() => write(ticketId, false), WRITING_LASTS);
            }
            if (entry.writing !== isWriting) {
                entry.writing = isWriting;
                announce(ticketId);
            }
        }

        /** A tab that is closed runs nothing to its end; a beacon still goes out. */
        function leaveAll() {
            for (const ticketId of open.keys()) {
                const params = { model: TICKET, method: "presence_leave", args: [[ticketId]], kwargs: {} };
                const body = JSON.stringify({ jsonrpc: "2.0", method: "call", params });
                const blob = new Blob([body], { type: "application/json" });
                browser.navigator.sendBeacon?.(`/web/dataset/call_kw/${TICKET}/presence_leave`, blob);
            }
        }

        browser.addEventListener("pagehide", leaveAll);
        bus.subscribe(MESSAGE, ({ ticket_id, viewers: others }) => {
            if (open.has(ticket_id)) {
                viewers[ticket_id] = others;
            }
        });
        return { viewers, enter, leave, write };
    },
};

registry.category("services").add("support_visibility.presence", presenceService);
