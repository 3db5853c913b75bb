import { Component, useExternalListener } from "@odoo/owl";
import { usePopover } from "@web/core/popover/popover_hook";

const EDITABLE = "input, textarea, select, [contenteditable='true'], .o_dialog";

/** The keys of a screen, with what they do. */
export class ApprovalKeys extends Component {
    static template = "approval_engine.Keys";
    static props = { keys: Array, close: { type: Function, optional: true } };
}

/** Shows the keys beside a button, and on "?" wherever one is not writing. */
export function useKeysHelp(keys) {
    const popover = usePopover(ApprovalKeys, { position: "bottom" });
    const toggle = (target) => {
        if (popover.isOpen) {
            popover.close();
        } else if (target) {
            popover.open(target, { keys });
        }
    };
    useExternalListener(window, "keydown", (ev) => {
        if (ev.key === "?" && !ev.target.closest?.(EDITABLE)) {
            ev.preventDefault();
            toggle(document.querySelector(".o_approval_keys"));
        }
    });
    return { toggle };
}
