import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { registry } from "@web/core/registry";
import { session } from "@web/session";
import { useService } from "@web/core/utils/hooks";
import { Component } from "@odoo/owl";
import { switchPersona } from "./switch_persona";

/** Says in the top bar whom you are playing, and lets you play somebody else. */
export class PersonaSwitch extends Component {
    static template = "saas_demo.PersonaSwitch";
    static components = { Dropdown, DropdownItem };
    static props = {};

    setup() {
        this.action = useService("action");
    }

    get me() {
        return this.personas.find((persona) => persona.login === session.saas_demo.login);
    }

    get personas() {
        return session.saas_demo.personas;
    }

    get others() {
        return this.personas.filter((persona) => persona !== this.me);
    }

    play(persona) {
        switchPersona(persona.login);
    }

    start() {
        this.action.doAction("saas_demo.start_action", { clearBreadcrumbs: true });
    }
}

if (session.saas_demo) {
    registry.category("systray").add("saas_demo.PersonaSwitch", { Component: PersonaSwitch }, { sequence: 5 });
}
