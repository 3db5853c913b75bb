import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** The steps of a request: who decides, how far they are. */
export class ApprovalRoute extends Component {
    static template = "approval_engine.Route";
    static props = { ...standardFieldProps };

    get steps() {
        return this.props.record.data[this.props.name] || [];
    }

    /** Steps that run side by side carry the same number. */
    number(step) {
        const numbers = [...new Set(this.steps.map((s) => s.sequence))];
        return numbers.indexOf(step.sequence) + 1;
    }
}

registry.category("fields").add("approval_route", {
    component: ApprovalRoute,
    supportedTypes: ["json"],
});
