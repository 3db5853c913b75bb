import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { listView } from "@web/views/list/list_view";
import { ListRenderer } from "@web/views/list/list_renderer";

/** What waits for the user, in one sentence. */
export class ApprovalInboxSentence extends Component {
    static template = "approval_engine.InboxSentence";
    static props = { count: Number };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ sentence: "" });
        onWillStart(() => this.load());
        onWillUpdateProps((next) => next.count !== this.props.count && this.load());
    }

    async load() {
        this.state.sentence = await this.orm.call("approval_engine.request", "inbox_sentence", []);
    }
}

export class ApprovalInboxRenderer extends ListRenderer {
    static template = "approval_engine.InboxRenderer";
    static components = { ...ListRenderer.components, ApprovalInboxSentence };
}

registry.category("views").add("approval_inbox", { ...listView, Renderer: ApprovalInboxRenderer });
