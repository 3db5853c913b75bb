import { markup } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { setElementContent } from "@web/core/utils/html";
import { Interaction } from "@web/public/interaction";

const REST_MS = 400; // after the last letter
const LEAST_CHARS = 3;

/** Articles that may answer a question while it is being written, so that some need no ticket. */
export class SuggestArticles extends Interaction {
    static selector = ".o_support_suggest";

    setup() {
        this.visit = crypto.randomUUID?.().replaceAll("-", "") || Math.random().toString(36).slice(2).padEnd(16, "0");
        this.asked = "";
        this.inputs = [...document.querySelectorAll(this.el.dataset.fields)];
        this.el.setAttribute("aria-live", "polite");
    }

    start() {
        const suggest = this.debounced(this.suggest, REST_MS);
        for (const input of this.inputs) {
            this.addListener(input, "input", suggest);
        }
    }

    async suggest() {
        const text = this.inputs.map((input) => input.value.trim()).join(" ").trim().slice(0, 500);
        if (text.length < LEAST_CHARS || text === this.asked) {
            return;
        }
        this.asked = text;
        const params = { text, visit: this.visit, channel: this.el.dataset.channel };
        const found = await this.waitFor(rpc("/support/articles/search", params, { silent: true }));
        if (text === this.asked) {
            this.show(found.articles);
        }
    }

    show(articles) {
        this.el.replaceChildren();
        if (!articles.length) {
            return;
        }
        const box = this.make("div", "border rounded p-3 mb-3 bg-body-tertiary");
        box.append(this.make("p", "fw-bold mb-2", _t("Does one of these answer it?")));
        for (const article of articles) {
            box.append(this.row(article));
        }
        this.el.append(box);
    }

    row(article) {
        const row = this.make("div", "border-top py-2");
        const link = this.make("a", "text-break", article.title);
        link.href = article.url;
        link.target = "_blank";
        const snippet = this.make("div", "small text-muted text-break");
        setElementContent(snippet, markup(article.snippet)); // escaped by the server
        const solved = this.make("button", "btn btn-outline-primary btn-sm mt-1", _t("This solved it"));
        solved.type = "button";
        this.addListener(solved, "click", () => this.leave(article));
        row.append(link, snippet, solved);
        return row;
    }

    make(tag, classes, text = "") {
        const element = document.createElement(tag);
        element.className = classes;
        element.textContent = text;
        return element;
    }

    /** Nothing is sent: the form makes room for a word of thanks. */
    async leave(article) {
        await this.waitFor(rpc("/support/articles/solved", { article_id: article.id, visit: this.visit }));
        const thanks = this.make("div", "alert alert-success o_support_solved", _t("Good to hear. Nothing was sent to us. "));
        thanks.setAttribute("role", "status");
        const more = this.make("a", "alert-link", _t("All articles"));
        more.href = "/support/articles";
        thanks.append(more);
        this.el.closest("form").replaceWith(thanks);
    }
}

registry.category("public.interactions").add("support_visibility_knowledge.suggest", SuggestArticles);
