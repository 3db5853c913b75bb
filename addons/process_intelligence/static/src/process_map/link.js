import { browser } from "@web/core/browser/browser";

/** @returns {string|undefined} an object as a link tells it; nothing for an empty one */
export function textOfFilters(filters) {
    return filters && Object.keys(filters).length ? JSON.stringify(filters) : undefined;
}

/** @returns {Object} the filters of a link; none where it was cut */
export function filtersOf(text) {
    try {
        const filters = JSON.parse(text || "{}");
        return filters && typeof filters === "object" && !Array.isArray(filters) ? filters : {};
    } catch (error) {
        if (error instanceof SyntaxError) {
            return {};
        }
        throw error;
    }
}

/** @returns {string|undefined} what the reader chose of the sliders, such as "40-75"; nothing where they stand by themselves */
export function textOfSliders({ activities, paths } = {}) {
    return isShare(activities) || isShare(paths) ? `${activities ?? ""}-${paths ?? ""}` : undefined;
}

/** @returns {{activities: number|null, paths: number|null}} percent; null where nobody chose */
export function slidersOf(text) {
    const [activities, paths] = String(text || "").split("-").map((part) => (/^\d+$/.test(part) ? Number(part) : null));
    return { activities: isShare(activities) ? activities : null, paths: isShare(paths) ? paths : null };
}

function isShare(value) {
    return Number.isInteger(value) && value >= 0 && value <= 100;
}

/** @returns {string} the address of the map with these values, those that are undefined left out */
export function addressOf(values) {
    const told = Object.entries(values).filter(([_key, value]) => value !== undefined);
    return `${browser.location.origin}/odoo/process-map?${new URLSearchParams(told)}`;
}
