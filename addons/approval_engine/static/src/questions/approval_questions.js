import { Component, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useAutofocus, useService } from "@web/core/utils/hooks";
import { FileUploader } from "@web/views/fields/file_handler";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** One text, and a button that says it. */
export class ApprovalSayDialog extends Component {
    static template = "approval_engine.SayDialog";
    static components = { Dialog };
    static props = {
        close: Function,
        title: String,
        hint: { type: String, optional: true },
        placeholder: String,
        confirm: String,
        onSay: Function,
    };

    setup() {
        this.state = useState({ text: "", busy: false });
        useAutofocus({ refName: "text" });
    }

    async say() {
        this.state.busy = true;
        try {
            await this.props.onSay(this.state.text);
            this.props.close();
        } finally {
            this.state.busy = false;
        }
    }
}

/** What was asked about a request, what was answered, and where to answer. */
export class ApprovalQuestions extends Component {
    static template = "approval_engine.Questions";
    static components = { FileUploader };
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.notification = useService("notification");
        this.state = useState({ texts: {}, files: {}, busy: false });
    }

    get data() {
        return this.props.record.data[this.props.name] || { items: [] };
    }

    when(text) {
        return formatDateTime(deserializeDateTime(text.replace("T", " ").replace("Z", "")));
    }

    files(question) {
        return this.state.files[question.id] || [];
    }

    async addFile(question, { name, data }) {
        const [id] = await this.orm.create("ir.attachment", [
            { name, datas: data, res_model: "mail.compose.message", res_id: 0 },
        ]);
        this.state.files[question.id] = [...this.files(question), { id, name }];
    }

    async answer(question) {
        const { record } = this.props;
        this.state.busy = true;
        try {
            await this.orm.call(record.resModel, "action_answer", [[record.resId]], {
                answer: this.state.texts[question.id] || "",
                question_id: question.id,
                attachment_ids: this.files(question).map((file) => file.id),
            });
            this.notification.add(_t("Answered."), { type: "success" });
        } finally {
            this.state.busy = false;
            await record.load();
        }
    }
}

registry.category("fields").add("approval_questions", {
    component: ApprovalQuestions,
    supportedTypes: ["json"],
});
