import { Component, useExternalListener } from "@odoo/owl";
import { usePopover } from "@web/core/popover/popover_hook";

const EDITABLE = "input, textarea, select, [contenteditable='true'], .o_dialog";

/** The keys of the workspace, with what they do. */
export class WorkspaceKeys extends Component {
    static template = "support_visibility.WorkspaceKeys";
    static props = { keys: Array, close: { type: Function, optional: true } };
}

/** Shows the keys beside a button, and on "?" wherever one is not writing; "/" goes to the search. */
export function useWorkspaceKeys(keys) {
    const popover = usePopover(WorkspaceKeys, { position: "bottom" });
    const toggle = (target) => {
        if (popover.isOpen) {
            popover.close();
        } else if (target) {
            popover.open(target, { keys });
        }
    };
    useExternalListener(window, "keydown", (ev) => {
        if (ev.target.closest?.(EDITABLE) || ev.ctrlKey || ev.metaKey || ev.altKey) {
            return;
        }
        if (ev.key === "?") {
            ev.preventDefault();
            toggle(document.querySelector(".o_support_keys"));
        } else if (ev.key === "/") {
            ev.preventDefault();
            document.querySelector(".o_support_search")?.focus();
        }
    });
    return { toggle };
}
