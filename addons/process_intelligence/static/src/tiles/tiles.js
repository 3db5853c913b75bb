import { useFocusView } from "@event_hub/focus_view/focus_view";
import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { count, duration, percent } from "../process_map/format";

const MODEL = "process_intelligence.analysis";
// word, shape and colour: none of them alone
const LOOKS = {
    faster: { icon: "fa-arrow-down", color: "text-success" },
    slower: { icon: "fa-arrow-up", color: "text-danger" },
    alike: { icon: "fa-arrows-h", color: "text-muted" },
};

/** The reader's favourite analyses, each with one number, whether it moved, and the cases of the last weeks. */
export class ProcessTiles extends Component {
    static template = "process_intelligence.ProcessTiles";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        useFocusView(".o_process_tiles .o_process_tile_open, .o_process_tiles .o_process_tiles_map");
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = { controlPanel: {} };
        this.count = count;
        this.state = useState({ tiles: [] });
        onWillStart(() => this.start());
    }

    async start() {
        this.mayRead = await user.hasGroup("process_intelligence.group_process_reader");
        if (this.mayRead) {
            await this.load();
        }
    }

    async load() {
        const tiles = await this.orm.call(MODEL, "tiles", []);
        this.state.tiles = tiles.map((tile) => ({ ...tile, ...wordsOf(tile.headline), bars: barsOf(tile.headline) }));
    }

    open(tile) {
        return this.action.doAction({
            type: "ir.actions.client",
            tag: "process_intelligence.process_map",
            name: _t("Process Map"),
            path: "process-map",
            params: { saved: tile },
        });
    }

    openMap() {
        return this.action.doAction("process_intelligence.process_map_action");
    }

    async unstar(tile) {
        await this.orm.call(MODEL, "toggle_favourite", [[tile.id]]);
        await this.load();
    }
}

function wordsOf(headline) {
    if (!headline) {
        return {};
    }
    if (!headline.cases) {
        return { value: _t("No case"), unit: _t("passes the filters, or none that you may see") };
    }
    if (headline.median_seconds === false) {
        return { value: count(headline.cases), unit: _t("cases, of which none ended in the last 30 days"), look: null };
    }
    return {
        value: duration(headline.median_seconds),
        unit: _t("is the usual time of the %s cases that ended in the last 30 days", count(headline.ended)),
        look: headline.change && LOOKS[headline.change.word],
        change: changeOf(headline),
    };
}

function changeOf({ change, ended_before: ended, median_seconds_before: before }) {
    if (!change) {
        return ended ? _t("too few cases to compare with the 30 days before") : _t("no case ended in the 30 days before");
    }
    const words = { share: percent(Math.abs(change.share), 1), before: duration(before) };
    if (change.word === "faster") {
        return _t("%(share)s less than in the 30 days before (%(before)s)", words);
    }
    if (change.word === "slower") {
        return _t("%(share)s more than in the 30 days before (%(before)s)", words);
    }
    return _t("as in the 30 days before (%(before)s)", words);
}

function barsOf(headline) {
    const weeks = headline ? headline.weeks : [];
    const most = Math.max(1, ...weeks);
    return {
        label: _t("Cases begun in each of the last %(weeks)s weeks: %(counts)s", { weeks: weeks.length, counts: weeks.join(", ") }),
        items: weeks.map((begun, index) => ({ x: index * 10, height: (30 * begun) / most, begun })),
        width: weeks.length * 10,
    };
}

registry.category("actions").add("process_intelligence.tiles", ProcessTiles);
