import { _t } from "@web/core/l10n/translation";

export const FREQUENCIES = [
    ["count", _t("how often")],
    ["cases", _t("in how many cases")],
    ["max_repetition", _t("most often in one case")],
];

export const TIMES = [
    ["median", _t("median")],
    ["mean", _t("mean")],
    ["p90", _t("9 of 10 within")],
    ["p95", _t("95 of 100 within")],
    ["min", _t("shortest")],
    ["max", _t("longest")],
    ["sum", _t("sum")],
];

export const CLOCKS = [
    ["seconds", _t("time between steps")],
    ["business_seconds", _t("working time between steps")],
];

export const USUAL = { frequency: "count", time: "median", clock: "seconds" };

/** Whether the short answer of `explore` is enough. */
export function isUsual(measure) {
    return Object.keys(USUAL).every((key) => measure[key] === USUAL[key]);
}

/**
 * The map with what is shown of it: `value` of nodes and edges, `time` (s, or null) of edges.
 *
 * @param {Object} map of `explore`
 * @param {Object|null} statistics needed unless the measure is the usual one
 * @param {{frequency: string, time: string, clock: string}} measure
 */
export function measured(map, statistics, measure) {
    if (isUsual(measure) || !statistics) {
        return {
            ...map,
            activities: map.activities.map((item) => ({ ...item, value: item.count })),
            transitions: map.transitions.map((item) => ({ ...item, value: item.count, time: item.p50_seconds })),
        };
    }
    return {
        ...statistics,
        activities: statistics.activities.map((item) => ({ ...item, value: item[measure.frequency] })),
        transitions: statistics.transitions.map((item) => ({
            ...item,
            value: item[measure.frequency],
            time: item[measure.clock] ? item[measure.clock][measure.time] : null,
        })),
    };
}

/**
 * @param {Object[]|null} stays of the question `stays`
 * @returns {Object|null} by activity `{time, kind}`, time in seconds of the chosen clock
 */
export function staysOf(stays, measure) {
    if (!stays) {
        return null;
    }
    const key = measure.clock === "seconds" ? "median_seconds" : "business_median_seconds";
    return Object.fromEntries(stays.map((stay) => [stay.name, { time: stay[key] === false ? null : stay[key], kind: stay.kind }]));
}

function known(list, value, usual) {
    return list.some(([key]) => key === value) ? value : usual;
}

/** From the text of a link, with the usual in place of what is not known. */
export function measureOf(text) {
    const [frequency, time, clock] = String(text || "").split("-");
    return {
        frequency: known(FREQUENCIES, frequency, USUAL.frequency),
        time: known(TIMES, time, USUAL.time),
        clock: known(CLOCKS, clock, USUAL.clock),
    };
}

/** @returns {string|undefined} for the link */
export function textOf(measure) {
    return isUsual(measure) ? undefined : [measure.frequency, measure.time, measure.clock].join("-");
}

/** @returns {string} what a key is called in a list of `[key, word]` */
export function wordOf(list, key) {
    return list.find((item) => item[0] === key)[1];
}
