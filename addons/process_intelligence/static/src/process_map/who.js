import { _t } from "@web/core/l10n/translation";

/**
 * Who did a step, as people say it; filters keep what the event says.
 *
 * @param {string|false|null} resource a login, or what an imported file says; `source:<code>` and `system` are programs
 */
export function who(resource) {
    if (resource === "system") {
        return _t("Odoo by itself");
    }
    return resource?.startsWith?.("source:") ? _t("%s (connected system)", resource.slice("source:".length)) : resource || "";
}
