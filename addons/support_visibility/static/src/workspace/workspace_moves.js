import { _t } from "@web/core/l10n/translation";

const METHOD = "method"; // called on the ticket
const WIZARD = "wizard"; // an action that asks first

/** What an agent does with a ticket: the server says which of these are possible. */
export const MOVES = {
    confirm: { kind: METHOD, name: "action_confirm_severity", label: _t("Confirm severity") },
    take: { kind: METHOD, name: "action_take", label: _t("Take"), key: "t" },
    solve: { kind: METHOD, name: "action_solve", label: _t("Solve"), key: "e", done: _t("Solved.") },
    reopen: { kind: METHOD, name: "action_reopen", label: _t("Reopen"), key: "o" },
    wait: { kind: METHOD, name: "action_wait", label: _t("Wait for customer"), key: "w", done: _t("Waits for the customer.") },
    resume: { kind: METHOD, name: "action_resume", label: _t("Go on"), key: "g" },
    escalate: { kind: WIZARD, name: "support_visibility.support_visibility_escalate_action", label: _t("Escalate"), key: "l" },
    snooze: { kind: WIZARD, name: "support_visibility.support_visibility_snooze_action", label: _t("Snooze"), key: "s" },
    wake: { kind: METHOD, name: "action_wake", label: _t("Wake"), key: "s" },
    undo: { kind: METHOD, name: "action_undo_move", label: _t("Undo"), key: "z", done: _t("Taken back.") },
    macro: { kind: WIZARD, name: "support_visibility.support_visibility_run_macro_action", label: _t("Macro"), key: "m" },
    promise: { kind: WIZARD, name: "support_visibility.support_visibility_promise_action", label: _t("Reply with a promise"), key: "p" },
};
export const PRIMARY = ["confirm", "take", "solve", "reopen", "resume", "wait"]; // at most three of them are shown as buttons

export const KEYS = [
    ["J", _t("next ticket")],
    ["K", _t("previous ticket")],
    ["R", _t("answer in public")],
    ["N", _t("write an internal note")],
    ["T", _t("take it")],
    ["W", _t("wait for the customer")],
    ["G", _t("go on")],
    ["E", _t("solve it")],
    ["L", _t("escalate it")],
    ["S", _t("snooze it, or wake it")],
    ["M", _t("run a macro: what it does is shown first")],
    ["P", _t("answer with a promise: it waits for a decision")],
    ["Z", _t("take the last move back")],
    ["O", _t("reopen it")],
    ["Enter", _t("open the whole ticket")],
    ["/", _t("search")],
];

/** Where somebody stands in a queue that was read anew: at the same ticket; one that left keeps its place. */
export function stepFrom(ids, current, place, by) {
    if (!ids.length) {
        return null;
    }
    const at = ids.indexOf(current);
    const to = at >= 0 ? at + by : by > 0 ? place : place - 1;
    return ids[Math.min(Math.max(to, 0), ids.length - 1)];
}
