import {
    Component,
    markup,
    onWillStart,
    onWillUpdateProps,
    useExternalListener,
    useState,
} from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const REST_MS = 500; // after the last letter
const TYPED = "[name=name], [name=description]";

function newVisit() {
    const id = crypto.randomUUID?.().replaceAll("-", "") || `${Date.now()}`.padEnd(16, "0");
    return { id, asked: null, answer: null };
}

/** Visits of the tickets seen since the page was loaded: a form that is drawn anew is no further look. */
const visits = new Map();

function visitOf(resId) {
    const visit = visits.get(resId) || newVisit();
    if (resId) {
        visits.set(resId, visit);
    }
    return visit;
}

/** Articles that may answer the ticket, also while it is being written; one press puts one into the answer. */
export class SuggestedArticles extends Component {
    static template = "support_visibility_knowledge.SuggestedArticles";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.resId = this.props.record.resId;
        this.visit = visitOf(this.resId);
        this.state = useState({ articles: [], open: true });
        this.typed = {};
        this.asked = null;
        this.ask = useDebounced(() => this.load(this.props.record), REST_MS);
        useExternalListener(document, "input", (ev) => this.onType(ev));
        onWillStart(() => this.load(this.props.record));
        onWillUpdateProps((next) => {
            this.follow(next.record.resId);
            return this.load(next.record);
        });
    }

    /** A new ticket that is saved stays the same one; another ticket is another visit. */
    follow(resId) {
        if (resId !== this.resId) {
            this.typed = {};
            if (this.resId) {
                this.visit = visitOf(resId);
            } else {
                visits.set(resId, this.visit);
            }
            this.resId = resId;
        }
    }

    onType(ev) {
        const field = ev.target.closest?.(".o_field_widget")?.matches(TYPED) && ev.target;
        if (field && field.closest(".o_form_view") && field.value !== undefined) {
            this.typed[field.closest(".o_field_widget").getAttribute("name")] = field.value;
            this.ask();
        }
    }

    async load(record) {
        const visit = this.visit;
        const { name, description, category_id: category } = { ...record.data, ...this.typed };
        const params = [name || "", `${description || ""}`, category ? category.id : false, visit.id];
        const asked = JSON.stringify(params);
        if (asked === this.asked) {
            return;
        }
        this.asked = asked;
        if (asked !== visit.asked) {
            visit.asked = asked;
            // Not the orm of this component: its answers end with it, and the next one waits for this one, too.
            visit.answer = name
                ? this.env.services.orm.silent.call(record.resModel, "suggest_articles", params)
                : Promise.resolve([]);
            visit.answer.catch(() => (visit.asked = null)); // the next look asks again
        }
        const found = await visit.answer;
        if (asked === this.asked) {
            this.state.articles = found.map((each) => ({ ...each, snippet: markup(each.snippet) }));
        }
    }

    async open(article) {
        const args = [[article.id], this.visit.id];
        this.action.doAction(
            await this.orm.call("support_visibility.article", "note_opened", args)
        );
    }

    /** Opens the answer with the article in it; nothing is sent before somebody presses Send. */
    async insert(article, how) {
        const record = this.props.record;
        if (!(await record.save())) {
            return;
        }
        const args = [[record.resId], article.id, how, this.visit.id];
        const action = await this.orm.call(record.resModel, "action_insert_article", args);
        await this.action.doAction(action, { onClose: () => record.load() });
    }
}

registry.category("view_widgets").add("support_visibility_articles", { component: SuggestedArticles });
