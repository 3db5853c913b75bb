import { Component, onMounted, onWillUnmount, onWillUpdateProps, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** Who else has the ticket open; being shown tells the others that one has it open oneself. */
export class TicketViewers extends Component {
    static template = "support_visibility.TicketViewers";
    static props = { ticketId: [Number, Boolean] };

    setup() {
        this.presence = useService("support_visibility.presence");
        this.viewers = useState(this.presence.viewers);
        onMounted(() => this.enter(this.props.ticketId));
        onWillUpdateProps((next) => {
            if (next.ticketId !== this.props.ticketId) {
                this.leave(this.props.ticketId);
                this.enter(next.ticketId);
            }
        });
        onWillUnmount(() => this.leave(this.props.ticketId));
    }

    get others() {
        return this.viewers[this.props.ticketId] || [];
    }

    enter(ticketId) {
        if (ticketId) {
            this.presence.enter(ticketId);
        }
    }

    leave(ticketId) {
        if (ticketId) {
            this.presence.leave(ticketId);
        }
    }

    words(viewer) {
        return viewer.is_writing ? _t("%s is writing", viewer.name) : _t("%s is viewing", viewer.name);
    }

    avatar(viewer) {
        return `/web/image/res.users/${viewer.user_id}/avatar_128`;
    }
}

export class TicketViewersWidget extends Component {
    static template = "support_visibility.TicketViewersWidget";
    static components = { TicketViewers };
    static props = { ...standardWidgetProps };
}

registry.category("view_widgets").add("support_visibility_viewers", { component: TicketViewersWidget });
