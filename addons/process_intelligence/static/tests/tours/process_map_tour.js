import { downloadFile } from "@web/core/network/download";
import { registry } from "@web/core/registry";

const CSV = `case,activity,time,resource
T1,Open,2026-03-02 09:00:00,ann
T1,Ask,2026-03-02 09:10:00,bob
T1,Close,2026-03-03 09:10:00,ann
T2,Open,2026-03-04 08:00:00,ann
T2,Close,2026-03-04 10:00:00,?
T3,Open,2026-03-05 08:00:00,bob
T3,Close,2026-03-06 08:00:00,bob
T3,Close,2026-03-06 08:00:00,bob
`;

const saved = [];

function savedBytes(kind, begin) {
    return {
        content: `It is saved as ${kind}`,
        trigger: ".o_process_picture",
        async run() {
            for (let turn = 0; turn < 50 && !saved.length; turn++) {
                await new Promise((resolve) => setTimeout(resolve, 100));
            }
            const { data, name } = saved.pop();
            const bytes = new Uint8Array(await data.arrayBuffer());
            if (!begin.every((byte, index) => bytes[index] === byte) || name !== `Tour tickets.${kind}`) {
                throw new Error(`${name} begins with ${bytes.slice(0, 8)}`);
            }
            const text = new TextDecoder("latin1").decode(bytes);
            if (kind === "pdf" && !(text.includes("/DCTDecode") && text.trimEnd().endsWith("%%EOF"))) {
                throw new Error("The PDF is not whole");
            }
            if (kind === "svg" && !["Tour tickets", "All cases", "Close"].every((word) => text.includes(word))) {
                throw new Error("The drawing lacks its words");
            }
        },
    };
}

function press(key, target = document.activeElement) {
    target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
}

function expectFocus(name) {
    const { name: found } = document.activeElement.dataset;
    if (found !== name) {
        throw new Error(`The focus is on ${found}, not on ${name}`);
    }
}

registry.category("web_tour.tours").add("process_intelligence_import", {
    steps: () => [
        { content: "Open the import", trigger: "button:contains(Import a file)", run: "click" },
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
        { content: "A finding says so in words", trigger: ".o_process_finding[data-question=rework]:contains(1 of 3 cases):contains(Close)" },
        { content: "A box tells how long cases stay", trigger: '.o_process_node[data-name="Ask"] .o_process_count:contains(1 · 24 h)' },
        {
            content: "From step to step by keyboard",
            trigger: ".o_process_canvas",
            run({ anchor }) {
                anchor.focus();
                press("Enter");
                const first = document.activeElement.dataset.name;
                const [from, to] = ["Open", "Close"].map((name) => document.querySelector(`.o_process_node[data-name=${name}]`).getBoundingClientRect());
                if (!["Open", "Close"].includes(first)) {
                    throw new Error(`Enter goes to ${first}`);
                }
                document.querySelector('.o_process_node[data-name="Open"]').focus();
                const across = Math.abs(to.x - from.x) > Math.abs(to.y - from.y);
                press(across ? "ArrowRight" : "ArrowDown");
                if (document.activeElement.dataset.name === "Open") {
                    throw new Error("The arrow leads nowhere");
                }
                document.querySelector('.o_process_node[data-name="Ask"]').focus();
                expectFocus("Ask");
                press("Enter");
            },
        },
        { content: "Enter opened it", trigger: ".o_process_panel h4:contains(Ask)" },
        { content: "Who is there", trigger: ".o_process_place:contains(bob)" },
        { content: "The way through it", trigger: ".o_process_place_way:contains(Open → Ask → Close)" },
        { content: "Escape closes it", trigger: '.o_process_node[data-name="Ask"]', run: ({ anchor }) => press("Escape", anchor) },
        { content: "It is closed", trigger: ".o_process_map:not(:has(.o_process_panel))" },
        { content: "One segment", trigger: ".o_process_segment", run({ anchor }) {
            anchor.value = JSON.stringify(["resource", "bob"]);
            anchor.dispatchEvent(new Event("change", { bubbles: true }));
        } },
        { content: "It is a chip", trigger: ".o_process_chip:contains(who: bob)" },
        { content: "The map shows its cases", trigger: ".o_process_answer:contains(2 cases):contains(of 3)" },
        { content: "Drop the segment", trigger: ".o_process_chip .btn-close", run: "click" },
        { content: "All are back", trigger: ".o_process_answer:contains(3 cases):not(:contains(of 3))" },
        { content: "Choose an activity", trigger: '.o_process_node[data-name="Ask"]', run: "click" },
        { content: "Its figures stand beside the map", trigger: ".o_process_panel:contains(Ask):contains(1 times)" },
        { content: "Keep only its cases", trigger: ".o_process_panel button:contains(Only with this)", run: "click" },
        { content: "The map is filtered", trigger: ".o_process_answer:contains(1 cases):contains(of 3)" },
        { content: "Drop the filter", trigger: ".o_process_chip .btn-close", run: "click" },
        { content: "All cases are back", trigger: ".o_process_answer:contains(3 cases)" },
        { content: "Its cases only", trigger: ".o_process_panel button:contains(Only with this)", run: "click" },
        { content: "The map is filtered again", trigger: ".o_process_answer:contains(1 cases):contains(of 3)" },
        { content: "Open what is saved", trigger: ".o_process_saved", run: "click" },
        { content: "Save this one", trigger: ".o_process_save_new", run: "click" },
        { content: "Name it", trigger: ".modal #o_process_save_name", run: "edit Asked back" },
        { content: "Save", trigger: ".modal .o_process_save_confirm", run: "click" },
        { content: "It is counted", trigger: "body:not(:has(.modal)) .o_process_saved:contains((1))" },
        { content: "Drop the filter once more", trigger: ".o_process_chip .btn-close", run: "click" },
        { content: "All cases again", trigger: ".o_process_answer:contains(3 cases):not(:contains(of 3))" },
        { content: "Open the list", trigger: ".o_process_saved", run: "click" },
        { content: "Mark it", trigger: ".o_process_saved_item button[aria-pressed=false]", run: "click" },
        { content: "It is a favourite", trigger: ".o_process_saved_item button[aria-pressed=true]" },
        { content: "Open it", trigger: ".o_process_saved_item .dropdown-item:contains(Asked back)", run: "click" },
        { content: "Its filter is back", trigger: ".o_process_chip:contains(with Ask)" },
        { content: "And its cases", trigger: ".o_process_answer:contains(1 cases):contains(of 3)" },
        { content: "Open the list to delete", trigger: ".o_process_saved", run: "click" },
        { content: "Change it", trigger: ".o_process_saved_change", run: "click" },
        { content: "Delete it", trigger: ".modal .o_process_save_delete", run: "click" },
        { content: "Yes", trigger: ".modal .modal-footer button:contains(Delete)", run: "click" },
        { content: "It is gone", trigger: "body:not(:has(.modal)) .o_process_saved:not(:contains((1)))" },
        { content: "Without filter", trigger: ".o_process_chip .btn-close", run: "click" },
        { content: "All are there", trigger: ".o_process_answer:contains(3 cases):not(:contains(of 3))" },
        { content: "Catch what is saved", trigger: ".o_process_picture", run() {
            downloadFile._download = (data, name) => saved.push({ data, name });
        } },
        ...[["png", [0x89, 0x50, 0x4e, 0x47]], ["svg", [0x3c, 0x73, 0x76, 0x67]], ["pdf", [0x25, 0x50, 0x44, 0x46]]].flatMap(([kind, begin]) => [
            { content: "Save the map", trigger: ".o_process_picture", run: "click" },
            { content: `As ${kind}`, trigger: `.o_process_${kind}`, run: "click" },
            savedBytes(kind, begin),
        ]),
        { content: "Replay it", trigger: ".o_process_replay_toggle", run: "click" },
        { content: "Cases move", trigger: ".o_process_map_view:has(.o_process_tokens)" },
        { content: "Stop it, unless this browser wants no movement and it stands still anyway", trigger: ".o_process_play", run({ anchor }) {
            if (anchor.textContent.includes("Pause")) {
                anchor.click();
            }
        } },
        { content: "Go to the first hour", trigger: ".o_process_play:contains(Play)", run() {
            const scrub = document.querySelector("input[name=scrub]");
            scrub.value = 3600;
            scrub.dispatchEvent(new Event("input", { bubbles: true }));
        } },
        { content: "One case is on its way", trigger: ".o_process_replay:contains(On their way: 1)" },
        { content: "End it", trigger: ".o_process_replay .btn-close", run: "click" },
        { content: "No tokens are left", trigger: ".o_process_map_view:not(:has(.o_process_tokens))" },
        { content: "Width by cases", trigger: ".o_process_measures select[name=frequency]", run: "select cases" },
        { content: "Colour by the longest", trigger: ".o_process_measures select[name=time]", run: "select max" },
        { content: "The legend says so", trigger: ".o_process_legend:contains(longest)" },
        { content: "The link says so", trigger: "body", run() {
            if (!location.search.includes("measure=cases-max-seconds")) {
                throw new Error(`The link is ${location.search}`);
            }
        } },
        { content: "Open the cases", trigger: ".nav-link[data-tab=cases]", run: "click" },
        { content: "Open the steps of one", trigger: ".o_process_case:contains(T1)", run: "click" },
        { content: "They are listed", trigger: ".o_process_case_steps li:contains(Ask)" },
        { content: "Open how long cases take", trigger: ".nav-link[data-tab=throughput]", run: "click" },
        { content: "Keep the cases of the first bar", trigger: ".o_process_histogram_bar:enabled", run: "click" },
        { content: "It is a chip", trigger: ".o_process_chip:contains(took)" },
        { content: "Take it back", trigger: ".o_process_undo", run: "click" },
        { content: "All cases are there", trigger: ".o_process_answer:contains(3 cases):not(:contains(of 3))" },
        { content: "Back to the ways", trigger: ".nav-link[data-tab=variants]", run: "click" },
        { content: "Choose a way", trigger: ".o_process_variant:contains(×2)", run: "click" },
        { content: "The map shows its case only", trigger: ".o_process_answer:contains(1 cases):contains(3 steps)" },
        { content: "See the cases", trigger: ".o_process_answer button:contains(1 cases)", run: "click" },
        { content: "Its events are listed", trigger: ".o_list_view .o_group_name:contains(T3)" },
    ],
});
