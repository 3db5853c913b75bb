import { registry } from "@web/core/registry";

/** Somebody else answers the ticket while the person of the tour is writing. */
registry.category("web_tour.tours").add("support_visibility_workspace", {
    url: "/odoo/support-workspace",
    steps: () => [
        {
            content: "The page is there",
            trigger: ".o_support_empty button:contains(Show unassigned)",
        },
        {
            content: "The arrow leads from the buttons into the page",
            trigger: ".o_control_panel .o_support_as_list",
            run({ anchor }) {
                anchor.focus();
                anchor.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true, cancelable: true }));
            },
        },
        { content: "It is there", trigger: ".o_content :focus" },
        {
            content: "Nothing is mine: the next step is offered",
            trigger: ".o_support_empty button:contains(Show unassigned)",
            run: "click",
        },
        {
            content: "What nobody has, with the reason for its place",
            trigger: ".o_support_row:contains(Tour export fails):has(.o_support_reason:contains(Sev 1))",
            run: "click",
        },
        {
            content: "The customer and the figures stand beside",
            trigger: ".o_support_side [data-section=customer]:contains(Tour Ltd):contains(Strategic)",
        },
        {
            content: "What was asked is only text",
            trigger: ".o_support_asked:contains(<script>)",
        },
        {
            content: "Take it",
            trigger: ".o_support_moves button[data-move=take]",
            run: "click",
        },
        {
            content: "It is open",
            trigger: ".o_support_state[data-state=open]",
        },
        {
            content: "And mine",
            trigger: ".nav-link[data-tab=mine]:contains(1)",
            run: "click",
        },
        {
            trigger: ".o_support_row[aria-current=true]:contains(Tour export fails)",
        },
        {
            content: "The sentence says what waits",
            trigger: ".o_support_sentence:contains(1 ticket needs you)",
        },
        {
            content: "Answer in public",
            trigger: ".o_support_conversation .o-mail-Chatter-sendMessage",
            run: "click",
        },
        {
            content: "It says who reads it",
            trigger: ".o-mail-Composer-input[placeholder^='The customer reads this']",
            run: "edit We look into it",
        },
        {
            trigger: ".o-mail-Composer-send:enabled",
            run: "click",
        },
        {
            content: "Bo answered meanwhile: it is asked first",
            trigger: ".o_support_collision:contains(It is mended)",
        },
        {
            trigger: ".modal-title:contains(Bo Tour answered)",
        },
        {
            trigger: ".o_support_collision_read",
            run: "click",
        },
        {
            content: "The answer is there to read, and nothing was sent",
            trigger: "body:not(:has(.modal)) .o-mail-Message:contains(It is mended):has(.o_support_public)",
        },
        {
            trigger: ".o-mail-Composer-send:enabled",
            run: "click",
        },
        {
            content: "What was read is asked about only once",
            trigger: ".o-mail-Message:contains(We look into it):has(.o_support_public)",
        },
        {
            content: "A word among colleagues looks different",
            trigger: ".o_support_conversation .o-mail-Chatter-logNote",
            run: "click",
        },
        {
            trigger: ".o-mail-Composer.o-support-note .o-mail-Composer-input",
            run: "edit Ask Bo first",
        },
        {
            trigger: ".o-mail-Composer-send:enabled",
            run: "click",
        },
        {
            trigger: ".o-mail-Message:contains(Ask Bo first):has(.o_support_note)",
        },
        {
            content: "Solve it",
            trigger: ".o_support_moves button[data-move=solve]",
            run: "click",
        },
        {
            content: "It stays on the screen",
            trigger: ".o_support_state[data-state=solved]",
        },
        {
            content: "And can be taken back",
            trigger: ".o_support_more",
            run: "click",
        },
        {
            trigger: ".dropdown-item[data-move=undo]",
            run: "click",
        },
        {
            trigger: ".o_support_state[data-state=open]",
        },
        {
            content: "Open the whole ticket",
            trigger: ".o_support_open",
            run: "click",
        },
        {
            content: "Three buttons and the rest",
            trigger: ".o_form_view .o_statusbar_buttons .o_support_more",
            run: "click",
        },
        {
            trigger: ".dropdown-menu button[name=action_close]",
        },
        {
            trigger: ".dropdown-menu button:contains(Snooze)",
        },
        {
            content: "Back to the same place",
            trigger: ".breadcrumb-item a, .o_back_button",
            run: "click",
        },
        {
            trigger: ".o_support_row[aria-current=true]:contains(Tour export fails)",
        },
    ],
});

registry.category("web_tour.tours").add("support_visibility_workspace_phone", {
    url: "/odoo/support-workspace",
    steps: () => [
        {
            content: "One column: the queue",
            trigger: ".nav-link[data-tab=unassigned]",
            run: "click",
        },
        {
            trigger: ".o_support_row:contains(Tour export fails)",
            run: "click",
        },
        {
            content: "One column: the ticket",
            trigger: ".o_support_ticket:contains(Tour export fails)",
        },
        {
            trigger: "body:not(:has(.o_support_queue:visible)) .o_support_moves button[data-move=take]",
            run: "click",
        },
        {
            trigger: ".o_support_state[data-state=open]",
        },
        {
            content: "And back",
            trigger: ".o_support_back",
            run: "click",
        },
        {
            trigger: ".o_support_queue:visible",
        },
        {
            content: "Nothing is wider than the screen",
            trigger: ".o_support_workspace",
            run: () => {
                if (document.body.scrollWidth > window.innerWidth) {
                    throw new Error(`${document.body.scrollWidth} px on ${window.innerWidth}`);
                }
            },
        },
    ],
});
