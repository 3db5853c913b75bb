import { _t } from "@web/core/l10n/translation";

/**
 * Open the form of a new rule, filled in.
 *
 * @param {{orm: Object, action: Object}} services
 * @param {number} definitionId
 * @param {{kind: string, activity: string, other?: string, within_seconds?: number}} wanted activities by name
 */
export async function makeRule({ orm, action }, definitionId, { kind, activity, other, within_seconds }) {
    const names = [activity, other].filter(Boolean);
    const found = await orm.searchRead(
        "process_intelligence.activity",
        [["definition_id", "=", definitionId], ["name", "in", names]],
        ["name"]
    );
    const idOf = (name) => found.find((item) => item.name === name)?.id;
    return action.doAction({
        type: "ir.actions.act_window",
        name: _t("New Rule"),
        res_model: "process_intelligence.rule",
        views: [[false, "form"]],
        context: {
            default_definition_id: definitionId,
            default_kind: kind,
            default_name: other ? `${activity} → ${other}` : activity,
            default_activity_id: idOf(activity),
            default_other_activity_id: other ? idOf(other) : undefined,
            default_within_seconds: within_seconds,
        },
    });
}
