import { registry } from "@web/core/registry";

const CSV = `case,activity,time,who
T1,Open,2026-03-02 09:00:00,ann
T1,Ask,2026-03-02 09:10:00,bob
T1,Close,2026-03-03 09:10:00,ann
T2,Open,2026-03-04 08:00:00,ann
T2,Close,2026-03-04 10:00:00,?
T3,Open,2026-03-05 08:00:00,bob
T3,Close,2026-03-06 08:00:00,bob
T3,Close,2026-03-06 08:00:00,bob
`;

registry.category("web_tour.tours").add("process_intelligence_import", {
    steps: () => [
        { content: "Open the import", trigger: "button:contains(Import a CSV)", run: "click" },
        {
            content: "Choose a file",
            trigger: ".modal .o_field_binary input[type=file]:not(:visible)",
            run({ anchor }) {
                const files = new DataTransfer();
                files.items.add(new File([CSV], "tour_tickets.csv", { type: "text/csv" }));
                anchor.files = files.files;
                anchor.dispatchEvent(new Event("change", { bubbles: true }));
            },
        },
        { content: "Columns are guessed", trigger: ".modal .o_data_row:contains(time):contains(Time)" },
        { content: "The first rows are shown", trigger: ".modal td:contains(T1)" },
        { content: "Import", trigger: ".modal button[name=import_file]", run: "click" },
        { content: "The answer is in words", trigger: ".o_process_answer:contains(3 cases):contains(8 steps)" },
        { content: "Choose an activity", trigger: '.o_process_node[data-name="Ask"]', run: "click" },
        { content: "Its figures stand beside the map", trigger: ".o_process_panel:contains(Ask):contains(1 times)" },
        { content: "Keep only its cases", trigger: ".o_process_panel button:contains(Only with this)", run: "click" },
        { content: "The map is filtered", trigger: ".o_process_answer:contains(1 cases):contains(of 3)" },
        { content: "Drop the filter", trigger: ".o_process_chip .btn-close", run: "click" },
        { content: "All cases are back", trigger: ".o_process_answer:contains(3 cases)" },
        { content: "Choose a way", trigger: ".o_process_variant:contains(×2)", run: "click" },
        { content: "The map shows its case only", trigger: ".o_process_answer:contains(1 cases):contains(3 steps)" },
        { content: "See the cases", trigger: ".o_process_answer button:contains(1 cases)", run: "click" },
        { content: "Its events are listed", trigger: ".o_list_view .o_group_name:contains(T3)" },
    ],
});
