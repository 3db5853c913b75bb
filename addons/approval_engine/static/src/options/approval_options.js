import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** The options of a type as large cards, one of which is chosen. */
export class ApprovalOptionCards extends Component {
    static template = "approval_engine.OptionCards";
    static props = {
        options: Array,
        value: { type: String, optional: true },
        readonly: { type: Boolean, optional: true },
        onSelect: { type: Function, optional: true },
        name: { type: String, optional: true },
    };
    static defaultProps = { value: "", readonly: false, name: "approval_option" };

    select(code) {
        if (!this.props.readonly) {
            this.props.onSelect(code);
        }
    }
}

/** The option the requester asks for, or the one that was chosen. */
export class ApprovalOptionsField extends Component {
    static template = "approval_engine.OptionsField";
    static components = { ApprovalOptionCards };
    static props = { ...standardFieldProps };

    get options() {
        return this.props.record.data.options_data || [];
    }

    get value() {
        return this.props.record.data[this.props.name] || "";
    }

    select(code) {
        this.props.record.update({ [this.props.name]: code });
    }
}

registry.category("fields").add("approval_options", {
    component: ApprovalOptionsField,
    supportedTypes: ["char"],
    fieldDependencies: [{ name: "options_data", type: "json" }],
});
