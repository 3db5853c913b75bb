import { Component, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";

import { makeRule } from "./make_rule";
import { tabs } from "./tabs";

const FIRST = 3;

/** What `guide` says, three findings first; each leads to its cases, the map, a rule or a link. */
export class FindingList extends Component {
    static template = "process_intelligence.FindingList";
    static props = {
        findings: { type: [Array, { value: null }] }, // of `guide`, once they are there
        definitionId: Number,
        isManager: Boolean,
        transitions: Array,
        filters: Object,
        onAsk: Function,
        onCompare: Function,
        onTab: Function,
        linkOf: Function,
    };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.state = useState({ all: false });
    }

    get shown() {
        const told = this.props.findings || [];
        if (this.state.all) {
            return told;
        }
        const seen = new Set();
        const first = told.filter(({ question }) => !seen.has(question) && seen.add(question));
        return first.slice(0, FIRST);
    }

    filtersOf(finding) {
        return finding.link.arguments.filters || {};
    }

    /** Whether it leads to records: all that pass its filters, or those that break a rule. */
    hasCases(finding) {
        return ["open_cases", "open_violations"].includes(finding.link.method);
    }

    async seeCases({ link }) {
        const ids = [this.props.definitionId];
        const action = await this.orm.call("process_intelligence.definition", link.method, [ids], link.arguments);
        return this.action.doAction(action);
    }

    compare(finding) {
        this.props.onAsk(this.filtersOf(finding));
        this.props.onCompare(finding.link.arguments.other);
    }

    /** The tab that answers it in detail, if there is one. */
    tabOf(finding) {
        const { method } = finding.link;
        return method !== "compare" && tabs.contains(method) ? method : null;
    }

    canCompare(finding) {
        return finding.link.method === "compare" && tabs.contains("compare");
    }

    isNarrower(finding) {
        return JSON.stringify(this.filtersOf(finding)) !== JSON.stringify(this.props.filters);
    }

    /** A rule that says so: the step has to follow as fast as it does in 19 of 20 cases. */
    ruleOf(finding) {
        const pair = this.filtersOf(finding).follows?.at(-1);
        if (finding.question !== "time" || !pair || !this.props.isManager) {
            return null;
        }
        const [activity, other] = pair;
        const usual = this.props.transitions.find((item) => item.source === activity && item.target === other);
        return { kind: "within", activity, other, within_seconds: Math.round(usual?.p95_seconds || 0) };
    }

    makeRule(finding) {
        return makeRule(this, this.props.definitionId, this.ruleOf(finding));
    }

    async share(finding) {
        const link = this.props.linkOf(this.filtersOf(finding), this.tabOf(finding) || undefined);
        await browser.navigator.clipboard.writeText(link);
        this.notification.add(_t("The link is in the clipboard."), { type: "success" });
    }
}
