import { Component, onWillStart, useState } from "@odoo/owl";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { Dialog } from "@web/core/dialog/dialog";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { _t } from "@web/core/l10n/translation";
import { useAutofocus, useService } from "@web/core/utils/hooks";

const MODEL = "process_intelligence.analysis";
const FIELDS = ["name", "definition_id", "filters", "other", "measure", "shown", "tab", "shared", "is_favourite", "is_mine"];

/** Asks for the name of a saved analysis, and who may see it. */
class SaveDialog extends Component {
    static template = "process_intelligence.SaveDialog";
    static components = { Dialog };
    static props = { title: String, name: String, shared: Boolean, onSave: Function, onDelete: { type: Function, optional: true }, close: Function };

    setup() {
        this.state = useState({ name: this.props.name, shared: this.props.shared });
        useAutofocus();
    }

    async save() {
        const name = this.state.name.trim();
        if (name) {
            await this.props.onSave({ name, shared: this.state.shared });
            this.props.close();
        }
    }

    remove() {
        this.props.close();
        this.props.onDelete();
    }
}

function starLabel({ is_favourite: isFavourite, name }) {
    return isFavourite ? _t("%s: no favourite any more", name) : _t("%s: make it a favourite", name);
}

/** The saved analyses: favourites first, then those of the process shown. */
export class SavedAnalyses extends Component {
    static template = "process_intelligence.SavedAnalyses";
    static components = { Dropdown, DropdownItem };
    static props = {
        definitionId: Number,
        values: Object, // { filters, other, measure, shown, tab } as they are now
        isManager: Boolean,
        mayKeep: Boolean, // else they are opened and no more
        onOpen: Function, // (analysis)
        onShare: Function,
    };

    setup() {
        this.orm = useService("orm");
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.state = useState({ analyses: [] });
        onWillStart(() => this.load());
    }

    async load() {
        this.state.analyses = await this.orm.searchRead(MODEL, [], FIELDS);
    }

    get items() {
        const rank = (item) => [!item.is_favourite, item.definition_id[0] !== this.props.definitionId].map(Number).join("");
        return this.state.analyses
            .map((item) => ({ ...item, label: this.labelOf(item), starLabel: starLabel(item) }))
            .toSorted((a, b) => rank(a).localeCompare(rank(b)) || a.name.localeCompare(b.name));
    }

    labelOf(item) {
        return item.definition_id[0] === this.props.definitionId ? item.name : `${item.name} · ${item.definition_id[1]}`;
    }

    mayChange(item) {
        return item.is_mine || (item.shared && this.props.isManager);
    }

    saveNew() {
        this.dialog.add(SaveDialog, {
            title: _t("Save this analysis"),
            name: "",
            shared: false,
            onSave: async (values) => {
                await this.orm.create(MODEL, [{ ...values, ...this.props.values, definition_id: this.props.definitionId }]);
                await this.load();
                this.notification.add(_t("Saved. It stands under Saved, with what is counted whenever you open it."), { type: "success" });
            },
        });
    }

    change(item) {
        this.dialog.add(SaveDialog, {
            title: _t("Rename or share"),
            name: item.name,
            shared: item.shared,
            onSave: async (values) => {
                await this.orm.write(MODEL, [item.id], values);
                await this.load();
            },
            onDelete: () => this.remove(item),
        });
    }

    remove(item) {
        this.dialog.add(ConfirmationDialog, {
            title: _t("Delete %s?", item.name),
            body: item.shared ? _t("Everyone who uses it loses it. The cases stay as they are.") : _t("The cases stay as they are."),
            confirmLabel: _t("Delete"),
            confirm: async () => {
                await this.orm.unlink(MODEL, [item.id]);
                await this.load();
            },
            cancel: () => {},
        });
    }

    async toggleFavourite(item) {
        await this.orm.call(MODEL, "toggle_favourite", [[item.id]]);
        await this.load();
    }
}
