import { Component, onWillUpdateProps, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { RPCError } from "@web/core/network/rpc";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";

import { count, duration, exactDuration, percent } from "../process_map/format";
import { makeRule } from "../process_map/make_rule";
import { pathKey, tabProps } from "../process_map/tabs";

const REFUSED = "odoo.exceptions.ValidationError"; // says what the process lacks, in words

/** @returns {{text: string}} */
export function words(text) {
    return { text };
}

/** @returns {{text: string, end: true}} a whole number */
export function number(value) {
    return { text: count(value), end: true };
}

/** @returns {{text: string, title: string, end: true}} seconds, or nothing where there are none */
export function time(seconds) {
    return seconds === false || seconds === null
        ? { text: "", end: true }
        : { text: duration(seconds), title: exactDuration(seconds), end: true };
}

/** @returns {{text: string, bar: number, end: true}} a share from 0 to 1, with a bar */
export function share(value) {
    return value === false ? { text: "", end: true } : { text: percent(value, 1), bar: 100 * value, end: true };
}

/**
 * A tab that asks one question: its answer in a sentence, then tables whose rows lead to the map, the cases, a rule.
 *
 * A subclass gives `method`, `kwargs(props)`, `sentence` and `sections`: `[{ title, columns: [text], rows: [{ key,
 * cells, select, actions: [{ label, run }] }], empty }]`; a cell is what `words`, `number`, `time` and `share` give.
 */
export class FindingTab extends Component {
    static template = "process_intelligence.FindingTab";
    static props = tabProps;
    static method = "";

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.keepLast = new KeepLast();
        this.question = useState({ answer: null, problem: "", loading: true });
        this.ask(this.props);
        onWillUpdateProps((next) => {
            if (this.keyOf(next) !== this.keyOf(this.props)) {
                this.ask(next);
            }
        });
    }

    kwargs(props) {
        return { filters: props.filters };
    }

    keyOf(props) {
        return JSON.stringify([props.definitionId, props.answer.total_cases, this.kwargs(props)]);
    }

    async ask(props) {
        const { question } = this;
        question.loading = true;
        try {
            const { method } = this.constructor;
            const call = this.orm.call(
                "process_intelligence.definition", method, [[props.definitionId]], this.kwargs(props)
            );
            Object.assign(question, { answer: await this.keepLast.add(call), problem: "" });
        } catch (error) {
            if (!(error instanceof RPCError) || error.exceptionName !== REFUSED) {
                throw error;
            }
            Object.assign(question, { answer: null, problem: error.data.message });
        } finally {
            question.loading = false;
        }
    }

    get answer() {
        return this.question.answer;
    }

    /** A choice above the answer: `{ label, options: [[value, text]], value, onChange }`. */
    get choice() {
        return null;
    }

    /** The template of a picture between the sentence and the tables. */
    get picture() {
        return "";
    }

    /** Where a manager goes on from an empty answer: `{ label, run }`. */
    get lead() {
        return null;
    }

    get notes() {
        return [];
    }

    // ------------------------------------------------------------------ where a row leads

    onMap(source, target) {
        return { label: _t("Show on the map"), run: () => this.props.onSelect(target ? pathKey(source, target) : source) };
    }

    cases(...wanted) {
        return { label: _t("See cases"), run: () => this.props.onCases(...wanted) };
    }

    /** Of a case of the ledger, whose key is model and id; an imported case is no record. */
    record(key) {
        if (this.props.definition.source !== "ledger") {
            return [];
        }
        const at = key.lastIndexOf(",");
        const run = () =>
            this.action.doAction({
                type: "ir.actions.act_window",
                res_model: key.slice(0, at),
                res_id: Number(key.slice(at + 1)),
                views: [[false, "form"]],
            });
        return [{ label: _t("Open"), run }];
    }

    only(key, value) {
        return { label: _t("Only these"), run: () => this.props.onFilter(key, value) };
    }

    rule(wanted) {
        const run = () => makeRule(this, this.props.definitionId, wanted);
        return this.props.isManager ? [{ label: _t("Make a rule"), run }] : [];
    }

    /** Call a method of the process that gives an action, and do it. */
    async run(method, args = [], kwargs = {}) {
        const found = await this.orm.call(
            "process_intelligence.definition", method, [[this.props.definitionId], ...args], kwargs
        );
        return this.action.doAction(found);
    }

    /** Where a manager says what the answer lacks, such as the ends of its cases. */
    openProcess() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "process_intelligence.definition",
            res_id: this.props.definitionId,
            views: [[false, "form"]],
        });
    }

    async share() {
        await browser.navigator.clipboard.writeText(this.props.linkOf());
        this.notification.add(_t("The link is in the clipboard."), { type: "success" });
    }
}
