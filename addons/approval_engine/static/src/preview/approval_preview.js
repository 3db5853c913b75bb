import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** Who will decide a draft once it is submitted: every step, who, why, until when. */
export class ApprovalPreview extends Component {
    static template = "approval_engine.Preview";
    static props = { ...standardFieldProps };

    get data() {
        return this.props.record.data[this.props.name] || { problem: "", steps: [] };
    }

    number(step) {
        const numbers = [...new Set(this.data.steps.map((s) => s.sequence))];
        return numbers.indexOf(step.sequence) + 1;
    }
}

registry.category("fields").add("approval_preview", {
    component: ApprovalPreview,
    supportedTypes: ["json"],
});
