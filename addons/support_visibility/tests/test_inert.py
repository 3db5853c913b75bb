"""What strangers and colleagues write is text wherever it is shown: a browser looks at every screen, nothing fires."""

import json
import re
from email.message import EmailMessage
from unittest.mock import patch

from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.mail.models.mail_mail import MailMail

MARK = "InertMark"
FIRE = "top.__xss=(top.__xss||[]).concat(location.pathname)"
BAD = (
    f"{MARK}<img src=x onerror={FIRE}><script>{FIRE}</script>\"'><svg onload={FIRE}>"
    f"<a href=javascript:{FIRE}>x</a>{{{{7*7}}}}"
)
TICKET = "support_visibility.ticket"

# One browser shows all of it: views one after the other, pages and mails in frames. The first frame proves that what
# would fire is seen to fire.
WALK = """
(async () => {
    const {views, pages, mails, mark} = %s;
    const pause = (ms) => new Promise((done) => setTimeout(done, ms));
    const fail = (words) => { throw new Error(`inert: ${words}`); };
    const check = (where) => window.__xss && fail(`fired in ${where}: ${window.__xss}`);
    async function until(is, where) {
        for (let i = 0; i < 150; i++) {
            if (is()) return;
            await pause(100);
        }
        fail(`${where} does not show the text`);
    }
    async function frame(where, set, mustShow = true) {
        const frame = document.createElement("iframe");
        const loaded = new Promise((done) => frame.addEventListener("load", done));
        set(frame);
        document.body.append(frame);
        await loaded;
        const text = () => frame.contentDocument.documentElement.outerHTML;
        if (mustShow) await until(() => text().includes(mark), where);
        await pause(150);
        frame.remove();
        check(where);
    }
    try {
        await frame("control", (f) => { f.srcdoc = "<img src=x onerror='top.__control=1'>"; }, false);
        await until(() => window.__control, "the control");
        for (const mail of mails) await frame("a mail", (f) => { f.srcdoc = mail; });
        for (const page of pages) await frame(page, (f) => { f.src = page; });
        const {action, orm} = odoo.__WOWL_DEBUG__.root.env.services;
        for (const [name, view, model] of views) {
            const where = `${name} ${view}`;
            const options = {clearBreadcrumbs: true, viewType: view || undefined};
            if (view === "form") {
                const ids = await orm.search(model, [["id", "in", %s[model] || []]], {limit: 5});
                if (!ids.length) fail(`${where} has no record`);
                options.props = {resId: ids[0]};
            }
            await action.doAction(name, options);
            const shown = () => document.querySelector(".o_action_manager").outerHTML;
            const kind = view ? `.o_${view}_view` : ".o_action, .o_support_manager";
            // The manager's view is figures: nobody's words need to be in it.
            const said = () => name.includes("manager") || shown().includes(mark);
            await until(() => document.querySelector(kind) && said(), where);
            await pause(name.includes("manager") ? 2000 : 250);
            check(where);
        }
        console.log("test successful");
    } catch (error) {
        console.error(String(error));
    }
})();
"""


@tagged("post_install", "-at_install")
class TestInert(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        env = cls.env(context={**cls.env.context, "tracking_disable": True})
        # A company of its own: the lists show what this test wrote.
        cls.company = env["res.company"].create({"name": f"{BAD} Ltd"})
        here = {"company_id": cls.company.id, "company_ids": [(6, 0, cls.company.ids)]}
        cls.lead = new_test_user(
            env, "inert_lead", "support_visibility.group_support_manager", **here
        )
        cls.anna = new_test_user(
            env, "inert_anna", "base.group_portal", email="anna@inert.example", **here
        )
        domain = env["mail.alias.domain"].create({"name": "desk.example"})
        cls.company.alias_domain_id = domain
        account = env["res.partner"].create({"name": BAD, "is_company": True})
        cls.anna.partner_id.write({"name": BAD, "parent_id": account.id})
        cls.team = env["support_visibility.team"].create(
            {
                "name": BAD,
                "company_id": cls.company.id,
                "member_ids": [(6, 0, cls.lead.ids)],
                "leader_id": cls.lead.id,
                "form_enabled": True,
                "form_slug": "inert",
                "alias_name": "inert",
                "alias_domain_id": domain.id,
            }
        )
        cls.category = env["support_visibility.category"].create(
            {"name": BAD, "code": "inert"}
        )
        cls.tag = env["support_visibility.tag"].create({"name": BAD})

    def _by_form(self, email, **more):
        page = self.url_open("/support/inert").text
        token = re.search(r'name="csrf_token" value="([^"]+)"', page).group(1)
        word = {"name": BAD, "subject": BAD, "said": BAD, "email": email}
        return self.url_open(
            "/support/inert",
            data={"csrf_token": token, **word, **more},
            files={"files": (f"{BAD}.html", BAD.encode(), "text/html")},
        )

    def _by_mail(self):
        message = EmailMessage()
        message["From"] = "Anna <anna@inert.example>"
        message["To"] = "inert@desk.example"
        message["Subject"] = BAD
        message["Message-ID"] = "<1@inert.example>"
        message.set_content(BAD)
        message.add_alternative(f"<p>{BAD}</p>", subtype="html")
        message.add_attachment(
            BAD.encode(),
            maintype="text",
            subtype="html",
            filename="a<svg onload=1>.html",
        )
        self.env["mail.thread"].message_process(False, message.as_bytes())

    def _doors(self):
        """Let strangers write by every public door, and colleagues answer.

        :return: the tickets, the first one is Anna's
        """
        self._by_form("anna@inert.example")
        self.team.unknown_sender = "quarantine"
        self._by_form("eve@else.example")
        self._by_mail()
        tickets = self.env[TICKET].search(
            [("company_id", "=", self.company.id)], order="id"
        )
        lines = self.env["support_visibility.intake"].search([])
        said = lines.mapped(lambda line: (line.channel, line.outcome, line.reason))
        self.assertEqual(len(tickets), 2, said)
        tickets.write(
            {
                "category_id": self.category.id,
                "tag_ids": [(6, 0, self.tag.ids)],
                "user_id": self.lead.id,
            }
        )
        tickets[0].with_user(self.lead).message_post(
            body=BAD, message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        return tickets

    def _mails(self, tickets):
        """:return: bodies of all mails about them: to the customer, and to who follows"""
        sent = []
        with patch.object(MailMail, "send", lambda mails, **_kw: sent.extend(mails)):
            for ticket in tickets:
                ticket._tell_customer("received", 0)
                ticket.action_solve()
                ticket._tell_customer("rate", ticket.reopen_count)
                ticket.action_reopen()
        mails = self.env["mail.mail"].search(
            [("model", "=", TICKET), ("res_id", "in", tickets.ids)]
        )
        return [mail.body_html for mail in mails if MARK in (mail.body_html or "")]

    def _articles(self):
        """Where the addon of articles is there, its screens are looked at, too."""
        if "support_visibility.article" not in self.env:
            return self.env[TICKET]
        article = self.env["support_visibility.article"].create(
            {
                "name": BAD[:250],
                "body": f"<p>{BAD}</p>",
                "keywords": BAD,
                "visibility": "public",
                "language": "en",
                "company_id": self.company.id,
                "category_id": self.category.id,
                "tag_ids": [(6, 0, self.tag.ids)],
            }
        )
        return article._write_guarded({"state": "published"}) and article

    def test_what_people_write_fires_nowhere(self):
        with mute_logger("odoo.addons.mail.models.mail_thread"):
            tickets = self._doors()
        article = self._articles()
        mails = self._mails(tickets)
        self.assertGreaterEqual(len(mails), 2)
        pages = ["/support/inert", self._portal(tickets[0])]
        sv = "support_visibility.support_visibility_"
        held = self.env["support_visibility.quarantine"].search(
            [("company_id", "=", self.company.id)]
        )
        records = {
            TICKET: tickets.ids,
            held._name: held.ids,
            self.team._name: self.team.ids,
        }
        views = [
            *((f"{sv}ticket_action", view, TICKET) for view in VIEWS),
            (f"{sv}team_action_overview", "kanban", ""),
            (f"{sv}team_action", "list", ""),
            (f"{sv}team_action", "form", self.team._name),
            (f"{sv}quarantine_action", "list", ""),
            (f"{sv}quarantine_action", "form", held._name),
            (f"{sv}intake_action", "list", ""),
            (f"{sv}category_action", "list", ""),
            (f"{sv}tag_action", "list", ""),
            (f"{sv}workspace_action", "", ""),
            (f"{sv}manager_action", "", ""),
        ]
        if article._name != TICKET:
            records[article._name] = article.ids
            action = "support_visibility_knowledge.support_visibility_article_action"
            views += [(action, view, article._name) for view in VIEWS]
            pages += ["/support/articles", article._reader_url()]
        shown = {"views": views, "pages": pages, "mails": mails, "mark": MARK}
        self.env.flush_all()
        self.browser_js(
            "/odoo",
            WALK % (_js(shown), _js(records)),
            ready="odoo.isReady === true",
            login="inert_lead",
            timeout=240,
        )

    def _portal(self, ticket):
        """:return: address of the customer's page, for who was sent it"""
        return ticket._portal_link().removeprefix(ticket.get_base_url())


VIEWS = ["list", "kanban", "form"]


def _js(value):
    return json.dumps(value).replace("</", "<\\/")
