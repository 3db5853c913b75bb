import { useState } from "@odoo/owl";
import { TRIGGER_FILTERS } from "@base_automation/utils";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { SelectionField, selectionField } from "@web/views/fields/selection/selection_field";

// Order of groups and of the triggers in them. A trigger that is named nowhere, because
// another module added it, goes to the last group: the form opens whatever is installed.
const GROUPS = [
    { label: _t("Business Events"), values: ["on_business_event"] },
    {
        label: _t("Values Updated"),
        values: [
            "on_stage_set", "on_user_set", "on_tag_set", "on_state_set", "on_priority_set", "on_archive",
            "on_unarchive",
        ],
    },
    { label: _t("Email Events"), values: ["on_message_sent", "on_message_received"], mailOnly: true },
    { label: _t("Timing Conditions"), values: ["on_time", "on_time_created", "on_time_updated"] },
    { label: _t("Custom"), values: ["on_create", "on_create_or_write", "on_unlink", "on_change"] },
    { label: _t("External"), values: ["on_webhook"] },
    { label: _t("Deprecated (do not use)"), values: ["on_write"], currentOnly: true },
];
const NAMED = new Set(GROUPS.flatMap((group) => group.values));

/**
 * What the user may choose, in groups; empty groups are left out.
 *
 * @param {[string, string][]} options value and label of every trigger
 * @param {object[]} fields of the rule's model: name, ttype, relation
 * @param {{ current: string, isMailThread: boolean }} rule
 */
export function groupTriggers(options, fields, { current, isMailThread }) {
    const labels = new Map(options);
    const others = options.map(([value]) => value).filter((value) => !NAMED.has(value));
    const fits = (value) =>
        labels.has(value) && (!TRIGGER_FILTERS[value] || fields.some(TRIGGER_FILTERS[value]));
    return [...GROUPS, { label: _t("Other"), values: others }]
        .filter((group) => isMailThread || !group.mailOnly)
        .filter((group) => !group.currentOnly || group.values.includes(current))
        .map(({ label, values }) => ({
            label,
            choices: values.filter(fits).map((value) => ({ value, label: labels.get(value) })),
        }))
        .filter((group) => group.choices.length);
}

export class HubTriggerSelectionField extends SelectionField {
    static template = "base_automation.TriggerSelectionField";

    setup() {
        super.setup();
        this.orm = useService("orm");
        this.state = useState({ groups: [] });
        this.modelFields = {};
        useRecordObserver(async (record) => {
            if (this.props.readonly) {
                return; // nothing to choose, and readers may not look into models
            }
            const { data, fields } = record;
            const { model_is_mail_thread: isMailThread } = data;
            const current = data[this.props.name];
            const modelFields = await this.fieldsOf(data.model_id?.id);
            this.state.groups = groupTriggers(fields[this.props.name].selection, modelFields, {
                current,
                isMailThread,
            });
        });
    }

    get groups() {
        return this.state.groups;
    }

    async fieldsOf(modelId) {
        if (!modelId) {
            return [];
        }
        this.modelFields[modelId] ??= this.orm.searchRead(
            "ir.model.fields",
            [["model_id", "=", modelId]],
            ["name", "ttype", "relation"]
        );
        return this.modelFields[modelId];
    }
}

export const hubTriggerSelectionField = {
    ...selectionField,
    component: HubTriggerSelectionField,
    fieldDependencies: [
        { name: "model_id", type: "many2one", relation: "ir.model" },
        { name: "model_is_mail_thread", type: "boolean" },
    ],
};
registry.category("fields").add("event_hub_trigger_selection", hubTriggerSelectionField);
