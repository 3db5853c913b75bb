import { onWillUpdateProps, useComponent, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";

/**
 * The tabs below the map: `tabs.add(id, { label, Component, countOf, explore, isShown }, { sequence })`.
 *
 * `label`: text; `Component`: Owl component with `static props = tabProps`; `countOf(answer)`: a number told in the
 * label; `explore: true`: statistics, listed apart behind the findings; `isShown(definition, answer)`: whether there
 * is such a tab at all. The last four may be left out.
 *
 * A component gets everything that it may know as props and asks the server by `useQuestion`. It changes the page
 * only by the functions among its props, so that filters, map, address bar and undo always say the same:
 *
 * - `onFilter(key, value)`: one more filter, such as `("follows", [a, b])` or `("has", name)`
 * - `onAsk(filters)`: these filters in place of all
 * - `onCases()`, `onCases(key, value)`, `onCases(filters)`: open the records of the filters, of one more, of others
 * - `onSelect(key)`: show an activity (its name) or a path (`pathKey(a, b)`) beside the map; null closes
 * - `onCompare(filters)`: the slice to compare with, which the tab `compare` gets as `other`; null for none
 * - `linkOf(filters, tabId)`: the address of this page with these filters (default: those of now) on this tab
 *
 * `makeRule` of make_rule.js opens the form of a new rule, filled in.
 */
export const tabs = registry.category("process_intelligence.tabs");

export const tabProps = {
    definitionId: Number,
    definition: Object, // { id, name, source: "log" | "ledger", calendar_id }
    isManager: Boolean, // may define rules and import
    filters: Object, // as policies/filters.py reads them
    measure: Object, // { frequency, time, clock }, see measure.js
    answer: Object, // of `explore`
    selected: { type: [String, { value: null }] },
    onFilter: Function,
    onAsk: Function,
    onCases: Function,
    onSelect: Function,
    onCompare: { type: Function, optional: true },
    other: { type: [Object, { value: null }], optional: true }, // filters of the slice to compare with
    linkOf: Function,
};

/** @returns {string} the key by which a path is selected */
export function pathKey(source, target) {
    return JSON.stringify([source, target]);
}

/**
 * What a question of the process answers, asked anew whenever process or filters change.
 *
 * @param {string} method of process_intelligence.definition
 * @param {(props: Object) => Object} kwargsOf its named arguments
 * @returns {{answer: Object|null, loading: boolean, ask: () => Promise}}
 */
export function useQuestion(method, kwargsOf) {
    const component = useComponent();
    const orm = useService("orm");
    const keepLast = new KeepLast();
    const question = useState({ answer: null, loading: true });
    const ask = async (props) => {
        question.loading = true;
        try {
            const call = orm.call("process_intelligence.definition", method, [[props.definitionId]], kwargsOf(props));
            question.answer = await keepLast.add(call);
        } finally {
            question.loading = false;
        }
    };
    const keyOf = (props) => JSON.stringify([props.definitionId, props.answer.total_cases, kwargsOf(props)]);
    ask(component.props);
    onWillUpdateProps((next) => {
        if (keyOf(next) !== keyOf(component.props)) {
            ask(next);
        }
    });
    question.ask = () => ask(component.props);
    return question;
}
