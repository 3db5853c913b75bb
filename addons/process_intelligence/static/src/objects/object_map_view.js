import { _t } from "@web/core/l10n/translation";

import { inkOf } from "../dots/inks";
import { count } from "../process_map/format";
import { MapView } from "../process_map/map_view";
import { objectGraph, simplifyObjects } from "./object_graph";

const DASHES = ["", "9 4", "2 4", "12 4 2 4", "5 3", "2 2 8 2", "16 5", "1 5"];

/** @returns {{color: string, dash: string}} how the lines of a kind are drawn: each differs in both */
export function lineOf(kind) {
    return { color: inkOf(kind.colour - 1).color, dash: DASHES[(kind.colour - 1) % DASHES.length] };
}

/** The map with a flow for each kind of object; its `map` is the answer of `object_map` and `kinds`, those shown. */
export class ObjectMapView extends MapView {
    graphOf(map) {
        return objectGraph(map);
    }

    simplified() {
        return simplifyObjects(this.graph, this.state.activities / 100, this.state.paths / 100);
    }

    get legend() {
        return "process_intelligence.ObjectMapLegend";
    }

    get canvasLabel() {
        return _t("Map of all kinds of objects. Enter goes to its first step, from there arrow keys along the paths; Enter opens a step. The tables below tell the same.");
    }

    color(edge) {
        return lineOf(edge.of).color;
    }

    dash(edge) {
        return lineOf(edge.of).dash || "none";
    }

    nodeColor() {
        return "transparent";
    }

    nodeFigures(node) {
        return node.of.length > 1 ? _t("%s · shared", count(node.count)) : count(node.count);
    }

    edgeTitle(edge) {
        return _t("%(kind)s: %(source)s, then %(target)s: %(figures)s (%(label)s)", {
            kind: edge.of.label, source: edge.source, target: edge.target, figures: this.label(edge), label: this.props.timeLabel,
        });
    }

    nodeTitle(node) {
        const kinds = node.of.map(({ type, label }) => `${label}: ${count(node.types[type])}`).join(", ");
        return _t("%(name)s: %(count)s times (%(kinds)s)", { name: node.name, count: count(node.count), kinds });
    }

    endpointTitle(node) {
        return this.endpoints[0] === node ? _t("Objects start here") : _t("Objects end here");
    }
}
