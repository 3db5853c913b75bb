import { useState } from "@odoo/owl";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";

import { FindingTab, number, time, words } from "../findings/finding_tab";
import { count } from "../process_map/format";
import { tabs } from "../process_map/tabs";
import { DotChart } from "./dot_chart";

const VIEWS = [
    ["date start", _t("by date, who began first on top")],
    ["since start", _t("by time since the start, who began first on top")],
    ["since duration", _t("by time since the start, the longest on top")],
    ["date duration", _t("by date, the longest on top")],
];
const ROWS = 50;

/** Every step of the cases as a dot, one line for each case; the same cases as a table below. */
export class DotsTab extends FindingTab {
    static method = "dots";
    static components = { DotChart };

    setup() {
        this.chosen = useState({ view: VIEWS[0][0] });
        super.setup();
    }

    kwargs(props) {
        return { filters: props.filters, by: this.chosen.view.split(" ")[1] };
    }

    get axis() {
        return this.chosen.view.split(" ")[0];
    }

    get choice() {
        return {
            label: _t("Show the steps"),
            options: VIEWS,
            value: this.chosen.view,
            onChange: (value) => {
                const before = JSON.stringify(this.kwargs(this.props));
                this.chosen.view = value;
                if (JSON.stringify(this.kwargs(this.props)) !== before) {
                    this.ask(this.props);
                }
            },
        };
    }

    get picture() {
        return "process_intelligence.DotsPicture";
    }

    get sentence() {
        const { cases, total } = this.answer;
        if (!total) {
            return _t("There is no case to draw.");
        }
        return cases < total
            ? _t("%(cases)s of %(total)s cases, evenly picked: each is a line, each step a dot.", {
                  cases: count(cases), total: count(total),
              })
            : _t("%s cases: each is a line, each step a dot.", count(total));
    }

    get sections() {
        const { lines, first } = this.answer;
        return [{
            title: lines.length > ROWS ? _t("The first %s of them as a table", ROWS) : _t("The same as a table"),
            columns: [_t("Case"), _t("First step"), _t("Last step"), _t("Steps"), _t("Took")],
            empty: _t("No case is chosen. Take a filter away, or import events first."),
            rows: lines.slice(0, ROWS).map(({ case: key, name, dots }) => ({
                key,
                cells: [
                    words(name), words(this.when(first, dots[0][1])), words(this.when(first, dots.at(-1)[1])),
                    number(dots.length), time(dots.at(-1)[1] - dots[0][1]),
                ],
                actions: [{ label: _t("Open"), run: () => this.open(key) }],
            })),
        }];
    }

    when(first, seconds) {
        return formatDateTime(deserializeDateTime(first.slice(0, 19).replace("T", " ")).plus({ seconds }));
    }

    get notes() {
        const { cut } = this.answer;
        return cut ? [_t("Of %s cases only the first 200 steps are shown.", count(cut))] : [];
    }

    open(key) {
        return this.run("open_case", [key]);
    }
}

tabs.add("dots", { label: _t("Dotted chart"), Component: DotsTab, explore: true }, { sequence: 45 });
