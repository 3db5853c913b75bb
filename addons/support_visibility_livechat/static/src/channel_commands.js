import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";

let isAgent = false;
registry.category("services").add("support_visibility_livechat.agent", {
    async start() {
        isAgent = await user.hasGroup("support_visibility.group_support_user");
    },
});

registry.category("discuss.channel_commands").add("ticket", {
    condition: () => isAgent,
    help: _t("Open a support ticket (/ticket title)"),
    methodName: "execute_command_ticket",
});
