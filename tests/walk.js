// Opens every screen of the logged-in person's menu, and the first record of each list, without
// reloading the page. Gives [{name, where, trouble}] of what a person would stumble over.
async (phone) => {
    const OURS = /^(event_hub|process_intelligence|ai_assist|approval_engine|support_visibility(_knowledge)?|saas_risk|saas_demo)\./;
    const { env } = odoo.__WOWL_DEBUG__.root;
    const { action, menu, orm } = env.services;
    const found = [];
    const pause = (ms) => new Promise((done) => setTimeout(done, ms));
    const busy = ".o_loading_indicator, .o_view_nocontent_loading, .o_blockUI";
    const settle = async () => {
        await pause(60);
        for (let i = 0; i < 100 && document.querySelector(busy); i++) {
            await pause(50);
        }
    };
    const row = ".o_data_row, .o_kanban_record:not(.o_kanban_ghost), .o_group_header";
    const told = ".o_view_nocontent";
    const look = async (name, where) => {
        const trouble = [];
        const list = where === "screen" && document.querySelector(".o_list_view, .o_kanban_view");
        for (let i = 0; list && i < 60 && !document.querySelector(`${row}, ${told}`); i++) {
            await pause(50);
        }
        const dialog = document.querySelector(".o_error_dialog, .o_notification_bar.bg-danger");
        if (dialog) {
            trouble.push(`error: ${dialog.innerText.slice(0, 300)}`);
        }
        if (!document.querySelector(".o_action_manager > *")) {
            trouble.push("nothing is shown");
        }
        if (list && !document.querySelector(row) && !document.querySelector(told)?.innerText.trim()) {
            trouble.push("empty, and nothing says what belongs here");
        }
        if (phone && document.documentElement.scrollWidth > window.innerWidth + 1) {
            trouble.push(`wider than a phone: ${document.documentElement.scrollWidth}`);
        }
        found.push({ name, where, trouble });
        for (const button of document.querySelectorAll(".o_error_dialog .btn-close, .o_error_dialog footer button")) {
            button.click();
        }
    };
    const open = async (name, where, request) => {
        try {
            await action.doAction(request, { clearBreadcrumbs: true });
            await settle();
            await look(name, where);
        } catch (error) {
            found.push({ name, where, trouble: [`error: ${error.data?.message || error.message}`] });
        }
    };
    const leaves = (tree, path) =>
        tree.childrenTree.length
            ? tree.childrenTree.flatMap((child) => leaves(child, `${path} / ${child.name}`))
            : [[path, tree.actionID]];
    const ours = menu.getApps().filter((app) => OURS.test(app.xmlid));
    const models = new Set(); // one record of each is enough
    const screens = ours.flatMap((app) => leaves(menu.getMenuAsTree(app.id), app.name));
    for (const [name, id] of screens) {
        if (!id) {
            continue;
        }
        await open(name, "screen", id);
        const current = action.currentController?.action;
        if (current?.type !== "ir.actions.act_window" || current.target === "new") {
            continue;
        }
        if (models.has(current.res_model) || !current.views.some(([, type]) => type === "form")) {
            continue;
        }
        models.add(current.res_model);
        const [first] = await orm.search(current.res_model, [], { limit: 1 });
        if (first) {
            const view = current.views.find(([, type]) => type === "form");
            await open(name, "form", {
                type: "ir.actions.act_window",
                res_model: current.res_model,
                res_id: first,
                views: [view],
            });
        }
    }
    return found;
}
