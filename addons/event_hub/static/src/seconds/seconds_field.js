import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { age } from "@event_hub/overview/format";

/** A number of seconds as people say it, such as "3 h"; to read, not to edit. */
export class SecondsField extends Component {
    static template = "event_hub.SecondsField";
    static props = { ...standardFieldProps };

    get seconds() {
        return this.props.record.data[this.props.name];
    }

    get text() {
        return this.seconds ? age(this.seconds) : "–";
    }
}

registry.category("fields").add("event_hub_seconds", {
    component: SecondsField,
    supportedTypes: ["integer", "float"],
});
