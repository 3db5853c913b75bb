import { Composer } from "@mail/core/common/composer";
import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Dialog } from "@web/core/dialog/dialog";
import { patch } from "@web/core/utils/patch";
import { TICKET } from "./presence_service";

/** What happened to a ticket while one was writing: read it, or send one's answer all the same. */
export class CollisionDialog extends Component {
    static template = "support_visibility.CollisionDialog";
    static components = { Dialog };
    static props = { news: Object, onRead: Function, onSend: Function, close: Function };

    get title() {
        const [answer] = this.props.news.answers;
        return answer
            ? _t("%(author)s answered %(span)s ago", { author: answer.author, span: this.span(answer) })
            : _t("The ticket moved while you were writing");
    }

    span({ seconds }) {
        if (seconds < 90) {
            return _t("%s s", seconds);
        }
        const minutes = Math.round(seconds / 60);
        return minutes < 90 ? _t("%s min", minutes) : _t("%s h", Math.round(minutes / 60));
    }

    read() {
        this.props.onRead();
        this.props.close();
    }

    send() {
        this.props.onSend();
        this.props.close();
    }
}

/** The newest message that whoever writes can have seen: what comes after it is news to them. */
function newestSeen(thread) {
    const ids = (thread?.messages || []).map((message) => message.id).filter(Number.isInteger);
    return Math.max(0, ...ids);
}

patch(Composer.prototype, {
    setup() {
        super.setup();
        this.supportSeen = this.isTicketReply ? newestSeen(this.thread) : 0;
    },

    get isTicketReply() {
        return this.thread?.model === TICKET && !this.props.composer.message;
    },

    onInput(ev) {
        super.onInput(ev);
        if (this.isTicketReply) {
            this.env.services["support_visibility.presence"].write(this.thread.id);
        }
    },

    async sendMessage() {
        const isPublic = this.isTicketReply && this.props.type !== "note";
        if (isPublic && this.canProcessMessage && !(await this.supportMaySend())) {
            return;
        }
        await super.sendMessage();
        if (this.isTicketReply) {
            this.env.services["support_visibility.presence"].write(this.thread.id, false);
        }
    },

    /** @returns {Promise<boolean>} whether nothing happened since the composer was opened, or one sends anyway */
    async supportMaySend() {
        const { orm, dialog } = this.env.services;
        const thread = this.thread;
        if (!this.supportSeen) {
            // the messages came after the composer: those shown by now were seen
            this.supportSeen = newestSeen(thread);
        }
        const news = await orm.call(TICKET, "answers_since", [[thread.id], this.supportSeen]);
        if (!news.answers.length && !news.moves.length) {
            return true;
        }
        return new Promise((resolve) => {
            const onRead = () => {
                this.supportSeen = news.last_id;
                thread.fetchNewMessages();
                resolve(false);
            };
            const onSend = () => resolve(true);
            dialog.add(CollisionDialog, { news, onRead, onSend }, { onClose: () => resolve(false) });
        });
    },
});
