import { useSubEnv } from "@odoo/owl";

/**
 * ArrowDown on a button of the control panel leads into the page, as it does in a list: to the first entry of the menu
 * that is open, else to what `selector` finds. Odoo asks the search model for it, which a page without search lacks.
 *
 * @param {string} selector
 */
export function useFocusView(selector = ".o_content :is(button, select, input, a[href])") {
    const trigger = () => {
        const entry = document.querySelector(".o-dropdown--menu .o-navigable, .o-dropdown--menu .dropdown-item");
        (entry || document.querySelector(selector))?.focus();
    };
    useSubEnv({ searchModel: { globalContext: {}, trigger } });
}
