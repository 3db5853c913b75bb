import { formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";

import { count } from "./format";
import { wordOf } from "./measure";
import { PERIOD_MODES } from "./period";

const { DateTime } = luxon;

/**
 * @param {string} title name of the process
 * @param {{cases: number, events: number}} map
 * @param {number} total cases of the process
 * @param {string[]} chips labels of the filters but the period
 * @param {Object|undefined} period filter
 * @param {string} timeLabel
 * @returns {{title: string, lines: string[]}} what a picture of the map says above it
 */
export function pictureWords(title, map, total, chips, period, timeLabel) {
    const { mode, from, to } = period || {};
    const told = period ? [`${wordOf(PERIOD_MODES, mode)} ${from || "…"} ${_t("and")} ${to || "…"}`, ...chips] : chips;
    const counts = { cases: count(map.cases), total: count(total), steps: count(map.events) };
    return {
        title,
        lines: [
            _t("%(cases)s of %(total)s cases, %(steps)s steps", counts),
            told.length ? _t("Only: %s", told.join("; ")) : _t("All cases"),
            `${timeLabel} · ${formatDateTime(DateTime.now())}`,
        ],
    };
}
