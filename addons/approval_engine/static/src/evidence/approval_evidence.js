import { Component } from "@odoo/owl";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** What a decision rests on: the brief, then a card per section; what has a record links to it. */
export class ApprovalEvidence extends Component {
    static template = "approval_engine.Evidence";
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
    }

    get packet() {
        return this.props.record.data[this.props.name] || { sections: [], brief: [] };
    }

    get asOf() {
        const { as_of } = this.packet;
        return as_of ? formatDateTime(deserializeDateTime(as_of.replace("T", " ").replace("Z", ""))) : "";
    }

    /** What is old, or another by now: {key: {old, changed, asOf}}. */
    get freshness() {
        const found = {};
        for (const one of this.packet.freshness || []) {
            found[one.key] = one;
        }
        return found;
    }

    before(difference) {
        return difference.then === false ? _t("nothing") : `${difference.then}`;
    }

    after(difference) {
        return difference.now === false ? _t("gone") : `${difference.now}`;
    }

    href(item) {
        return `/odoo/${item.model}/${item.id}`;
    }

    text(item) {
        return `${item.value ?? ""}`;
    }

    open(item) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: item.model,
            res_id: item.id,
            views: [[false, "form"]],
        });
    }
}

registry.category("fields").add("approval_evidence", {
    component: ApprovalEvidence,
    supportedTypes: ["json"],
});
