import { Component, useExternalListener, useState } from "@odoo/owl";
import { useHotkey } from "@web/core/hotkeys/hotkey_hook";
import { usePopover } from "@web/core/popover/popover_hook";
import { user } from "@web/core/user";

const EDITABLE = "input:not([type='checkbox']), textarea, select, [contenteditable='true'], .o_dialog";
const SETTING = "single_letter_keys"; // of the user: who speaks to the computer, or shakes, switches them off

export function areLettersOn() {
    return user.settings[SETTING] !== false;
}

/** The keys of a screen, with what they do, and the switch that stops them. */
export class KeysHelp extends Component {
    static template = "event_hub.KeysHelp";
    static props = { keys: Array, close: { type: Function, optional: true } };

    setup() {
        this.state = useState({ isOn: areLettersOn() });
    }

    async onSwitch(ev) {
        await user.setUserSettings(SETTING, ev.target.checked);
        this.state.isOn = areLettersOn();
    }
}

/** A key without Ctrl or Alt, as `useHotkey` takes it: silent where the user switched these off. */
export function useLetter(key, callback, options = {}) {
    const isAvailable = (...args) => areLettersOn() && (options.isAvailable?.(...args) ?? true);
    useHotkey(key, callback, { ...options, isAvailable });
}

/**
 * Shows the keys beside the button `.o_keys`, and on "?" wherever one is not writing.
 *
 * @param {[string, string][]} keys each with what it does
 * @param {string} [search] selector of what "/" goes to
 */
export function useKeysHelp(keys, search) {
    const popover = usePopover(KeysHelp, { position: "bottom" });
    const toggle = (target) => {
        if (popover.isOpen) {
            popover.close();
        } else if (target) {
            popover.open(target, { keys });
        }
    };
    useExternalListener(window, "keydown", (ev) => {
        const isWriting = ev.target.closest?.(EDITABLE) || ev.ctrlKey || ev.metaKey || ev.altKey;
        if (isWriting || !areLettersOn()) {
            return;
        }
        if (ev.key === "?") {
            ev.preventDefault();
            toggle(document.querySelector(".o_keys"));
        } else if (ev.key === "/" && search) {
            ev.preventDefault();
            document.querySelector(search)?.focus();
        }
    });
    return { toggle };
}
