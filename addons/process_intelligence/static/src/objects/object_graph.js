import { simplify, toGraph } from "../process_map/graph";

/**
 * All flows of `object_map` as one graph: an activity that several kinds share is one node, each kind has paths of
 * its own.
 *
 * @param {{types: Object[], activities: Object[], kinds: string[]}} map with the kinds that are shown
 */
export function objectGraph({ types, activities, kinds }) {
    const shown = types.filter((item) => kinds.includes(item.type));
    const nodes = activities
        .map((item) => ({ ...item, id: item.name, value: item.count, of: shown.filter(({ type }) => type in item.types) }))
        .filter((node) => node.of.length);
    const edges = shown.flatMap((kind) =>
        toGraph(kind).edges.map((edge) => ({
            ...edge,
            lane: shown.indexOf(kind),
            id: JSON.stringify([kind.type, edge.source, edge.target]),
            of: kind,
            value: edge.count,
            time: edge.kind === "step" ? edge.p50_seconds : null,
        }))
    );
    return { nodes, edges };
}

/** As `simplify`, so that the flow of each kind stays connected. */
export function simplifyObjects(graph, activityShare, pathShare) {
    const wanted = Math.max(1, Math.ceil(graph.nodes.length * activityShare));
    const frequent = new Set(graph.nodes.slice(0, wanted).map(({ id }) => id));
    const parts = [...new Set(graph.edges.map(({ of }) => of))].map((kind) => {
        const nodes = graph.nodes.filter(({ of }) => of.includes(kind));
        const edges = graph.edges.filter(({ of }) => of === kind);
        const share = nodes.filter(({ id }) => frequent.has(id)).length / nodes.length;
        return simplify({ nodes, edges }, share, pathShare);
    });
    const kept = new Set(parts.flatMap(({ nodes }) => nodes.map(({ id }) => id)));
    return {
        nodes: graph.nodes.filter(({ id }) => kept.has(id)),
        edges: parts.flatMap(({ edges }) => edges),
        candidates: parts.flatMap(({ candidates }) => candidates),
    };
}
