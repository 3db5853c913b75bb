import { onWillUpdateProps, useComponent, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";

/**
 * The tabs below the map. A tab is `{ label, Component, sequence }`, and `countOf(answer)` where its label tells
 * a number; its component takes `tabProps`.
 */
export const tabs = registry.category("process_intelligence.tabs");

export const tabProps = {
    definitionId: Number,
    filters: Object,
    answer: Object, // of `explore`
    selected: { type: [String, { value: null }] }, // name of an activity, or JSON of [source, target]
    onFilter: Function, // (key, value): one more filter
    onAsk: Function, // (filters): these filters instead
    onCases: Function, // (key, value): open the records
    onSelect: Function, // (name or JSON of [source, target])
};

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
