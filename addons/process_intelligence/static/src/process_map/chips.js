import { _t } from "@web/core/l10n/translation";
import { omit } from "@web/core/utils/objects";

import { duration } from "./format";
import { who } from "./who";

const WORDS = {
    has: _t("with"),
    has_not: _t("without"),
    follows: _t("with"),
    not_follows: _t("without"),
    variants: _t("way"),
    start: _t("starts with"),
    end: _t("ends with"),
};

/**
 * Filters in words, each with what is left when it is taken away.
 *
 * @param {Object} filters as policies/filters.py reads them
 * @returns {{id: string, label: string, without: Object}[]} the period is not among them: it has its own fields
 */
export function chipsOf(filters) {
    const { attributes = {}, throughput_s: took } = filters;
    const chips = Object.entries(WORDS).flatMap(([key, word]) =>
        listOf(filters[key]).map((value, index, values) => ({
            id: `${key}-${index}`,
            label: `${word} ${Array.isArray(value) ? value.join(" → ") : value}`,
            without: replaced(filters, key, values.filter((_value, position) => position !== index)),
        }))
    );
    for (const [name, values] of Object.entries(attributes)) {
        const others = omit(attributes, name);
        chips.push({
            id: `attribute-${name}`,
            label: `${attributeWord(name)}: ${[values].flat().map((value) => valueWord(value, name)).join(", ")}`,
            without: Object.keys(others).length ? { ...filters, attributes: others } : omit(filters, "attributes"),
        });
    }
    if (took) {
        chips.push({ id: "took", label: tookWords(took), without: omit(filters, "throughput_s") });
    }
    return chips;
}

/** Links may name one activity without a list. */
function listOf(value) {
    return typeof value === "string" ? [value] : value || [];
}

/** @returns {Object} filters with other values of one key */
export function replaced(filters, key, values) {
    return values.length ? { ...filters, [key]: values } : omit(filters, key);
}

export function attributeWord(name) {
    return name === "resource" ? _t("who") : name;
}

/** @param {string} name of the attribute */
export function valueWord(value, name) {
    if (value === null) {
        return _t("none");
    }
    return name === "resource" ? who(String(value)) : String(value);
}

function tookWords([low, high]) {
    if (high === null) {
        return _t("took %s or longer", duration(low));
    }
    return low ? _t("took %(low)s to %(high)s", { low: duration(low), high: duration(high) }) : _t("took up to %s", duration(high));
}
