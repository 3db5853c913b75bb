import { onPatched, status, useComponent } from "@odoo/owl";
import { useBus, useService } from "@web/core/utils/hooks";

/**
 * Reads a list anew when told to, but not while a dialog is open or somebody is busy with it: as soon as that is over.
 *
 * @param {() => Promise<void>} read
 * @param {() => boolean} isBusy
 * @returns {() => Promise<void>} says that the list has to be read
 */
export function useReload(read, isBusy = () => false) {
    const component = useComponent();
    const ui = useService("ui");
    let owed = false;
    let reading = false;

    const mayRead = () => status(component) !== "destroyed" && ui.activeElement === document && !isBusy();

    async function catchUp() {
        while (owed && !reading && mayRead()) {
            owed = false;
            reading = true;
            try {
                await read();
            } finally {
                reading = false;
            }
        }
    }

    useBus(ui.bus, "active-element-changed", () => catchUp());
    onPatched(() => void catchUp());
    return () => {
        owed = true;
        return catchUp();
    };
}
