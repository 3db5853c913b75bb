import { _t } from "@web/core/l10n/translation";
import { formatFloat, formatInteger } from "@web/views/fields/formatters";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MONTH = 30.44 * DAY; // mean length

// Blue to brick: apart for every common kind of colour blindness, and the words stand beside them.
export const PACES = [
    { upTo: HOUR, color: "#3b7dbf", label: _t("up to an hour") },
    { upTo: DAY, color: "#6fa8cf", label: _t("up to a day") },
    { upTo: 7 * DAY, color: "#b8901b", label: _t("up to a week") },
    { upTo: 30 * DAY, color: "#dd6f12", label: _t("up to a month") },
    { upTo: Infinity, color: "#9c2a0a", label: _t("longer") },
];

/** @param {number} seconds */
export function paceOf(seconds) {
    return PACES.find((pace) => seconds <= pace.upTo);
}

/** @param {number} value whole number */
export function count(value) {
    return formatInteger(value);
}

/** A share in percent; small shares keep a decimal so that they do not read as nothing. */
export function percent(part, whole) {
    const share = whole ? (100 * part) / whole : 0;
    return `${formatFloat(share, { digits: [0, share && share < 10 ? 1 : 0] })} %`;
}

/**
 * A duration as people say it: one unit, at most one decimal.
 *
 * @param {number} seconds
 */
export function duration(seconds) {
    if (seconds < 1) {
        return _t("at once");
    }
    if (seconds < 90) {
        return _t("%s s", Math.round(seconds));
    }
    if (seconds < 90 * MINUTE) {
        return _t("%s min", Math.round(seconds / MINUTE));
    }
    if (seconds < 36 * HOUR) {
        return _t("%s h", short(seconds / HOUR));
    }
    if (seconds < 90 * DAY) {
        return _t("%s days", short(seconds / DAY));
    }
    return _t("%s months", short(seconds / MONTH));
}

/** The same to the second, for tooltips. */
export function exactDuration(seconds) {
    const days = Math.floor(seconds / DAY);
    const rest = new Date((seconds % DAY) * 1000).toISOString().slice(11, 19);
    return days ? _t("%(days)s days %(rest)s", { days: count(days), rest }) : rest;
}

function short(value) {
    const rounded = value < 10 ? Math.round(value * 10) / 10 : Math.round(value);
    return formatFloat(rounded, { digits: [0, Number.isInteger(rounded) ? 0 : 1] });
}
