import { Composer } from "@mail/core/common/composer";
import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";
import { TICKET } from "../presence/presence_service";

/** On a ticket, who will read it is said where one writes it. */
patch(Composer.prototype, {
    get isTicketNote() {
        return this.thread?.model === TICKET && this.props.type === "note";
    },

    get placeholder() {
        if (this.thread?.model === TICKET && this.props.type === "message") {
            return _t("The customer reads this…");
        }
        return this.isTicketNote ? _t("Only colleagues read this…") : super.placeholder;
    },
});
