import { _t } from "@web/core/l10n/translation";
import { formatFloat, formatInteger } from "@web/views/fields/formatters";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** @param {{value: number, more: boolean}} number as the server tells it */
export function count(number) {
    const text = formatInteger(number.value);
    return number.more ? _t("over %s", text) : text;
}

/**
 * How long something waits, in one unit.
 *
 * @param {number} seconds
 */
export function age(seconds) {
    if (seconds < 1) {
        return _t("under 1 s");
    }
    if (seconds < 90) {
        return _t("%s s", Math.round(seconds));
    }
    if (seconds < 90 * MINUTE) {
        return _t("%s min", Math.round(seconds / MINUTE));
    }
    if (seconds < 36 * HOUR) {
        return _t("%s h", Math.round(seconds / HOUR));
    }
    return _t("%s days", Math.round(seconds / DAY));
}

/** A share in percent; never rounded up to all. */
export function percent(share) {
    const value = share < 1 ? Math.min(100 * share, 99.9) : 100;
    return `${formatFloat(value, { digits: [0, value % 1 ? 1 : 0] })} %`;
}
