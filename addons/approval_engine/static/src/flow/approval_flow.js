import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** The steps of a policy from left to right, those side by side below each other, with what is weak about them. */
export class ApprovalFlow extends Component {
    static template = "approval_engine.Flow";
    static props = { ...standardFieldProps };

    get data() {
        return this.props.record.data[this.props.name] || { auto: "", groups: [], checks: [] };
    }

    mark(check) {
        return check.level === "stops" ? "✖" : "▲";
    }

    color(check) {
        return check.level === "stops" ? "text-danger" : "text-warning-emphasis";
    }
}

registry.category("fields").add("approval_flow", {
    component: ApprovalFlow,
    supportedTypes: ["json"],
});
