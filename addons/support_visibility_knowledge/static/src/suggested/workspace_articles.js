import { registry } from "@web/core/registry";
import { SuggestedArticles } from "./suggested";

/** The same suggestions beside the conversation of the agent workspace. */
registry.category("support_visibility.workspace_side").add("articles", {
    Component: SuggestedArticles,
    isShown: (ticket) => ticket.moves.length > 0 && ticket.state !== "closed",
});
