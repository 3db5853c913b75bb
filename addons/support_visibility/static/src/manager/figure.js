import { Component, markup } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

const VIEWS = {
    "support_visibility.ticket": ["list", "kanban", "form"],
    "support_visibility.incident": ["list", "form"],
    "event_hub.event": ["list", "form"],
};

/** Open exactly the records that a figure counts. */
export function openFigure(action, figure) {
    const views = VIEWS[figure.model] || ["list"];
    return action.doAction({
        type: "ir.actions.act_window",
        name: figure.label,
        res_model: figure.model,
        domain: figure.domain,
        views: views.map((view) => [false, view]),
        context: figure.context || {},
        help: markup`<p class="o_view_nocontent_smiling_face">${_t("Nothing here")}</p><p>${_t(
            "What was counted was none, or was done meanwhile. Go back to see what is left."
        )}</p>`,
    });
}

/** A number that opens the records behind it. */
export class Figure extends Component {
    static template = "support_visibility.Figure";
    static props = {
        figure: Object,
        open: Function,
        class: { type: String, optional: true },
    };
}
