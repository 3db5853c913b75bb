import { _t } from "@web/core/l10n/translation";

export const PERIOD_MODES = [
    ["intersecting", _t("active between")],
    ["contained", _t("started and ended between")],
    ["started", _t("started between")],
    ["ended", _t("ended between")],
];

const DAY_MS = 24 * 60 * 60 * 1000;

/** @returns {Object|null} the time before a period, as long as it lasts; null where it is open */
export function timeBefore({ mode, from, to }) {
    if (!isDay(from) || !isDay(to)) {
        return null;
    }
    const days = (Date.parse(to) - Date.parse(from)) / DAY_MS + 1;
    return { mode, from: dayBefore(from, days), to: dayBefore(from, 1) };
}

function isDay(text) {
    return /^\d{4}-\d\d-\d\d$/.test(text || "");
}

function dayBefore(day, days) {
    return new Date(Date.parse(day) - days * DAY_MS).toISOString().slice(0, 10);
}
