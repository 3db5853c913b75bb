import { Component, onWillUpdateProps, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** How complete the data of a process are, in words; asked for only when its page is opened. */
export class QualityCard extends Component {
    static template = "process_intelligence.QualityCard";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ words: null });
        this.keepLast = new KeepLast();
        this.load(this.props.record.resId); // the form does not wait for it
        onWillUpdateProps((next) => {
            if (next.record.resId !== this.props.record.resId) {
                this.load(next.record.resId);
            }
        });
    }

    async load(id) {
        this.state.words = null;
        const asked = id ? this.orm.call("process_intelligence.definition", "quality", [[id]]) : false;
        const answer = await this.keepLast.add(Promise.resolve(asked));
        this.state.words = answer && answer.counts.time[1] ? answer.words : [];
    }
}

registry.category("view_widgets").add("process_quality", {
    component: QualityCard,
});
