from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.event_hub.policies.arguments import TEXT, one_of
from odoo.addons.event_hub.tools import gate
from odoo.addons.event_hub.tools.arguments import takes

from ..policies import languages, life
from .support_visibility_article_guard import CARRIED

MANAGER_GROUP = "support_visibility.group_support_manager"
REMINDER = "support_visibility_knowledge.activity_type_review"
MAX_WHY_CHARS = 500


class SupportVisibilityArticleLife(models.Model):
    """What people do with an article: each step is a method, and told to the ledger."""

    _inherit = "support_visibility.article"  # pylint: disable=consider-merging-classes-inherited

    can_publish = fields.Boolean(compute="_compute_can_publish")

    @api.depends("state", "version_ids")
    @api.depends_context("uid")
    def _compute_can_publish(self):
        for article in self:
            article.can_publish = (
                article.state in (life.REVIEW, life.OUTDATED)
                and self.env.user.has_group(MANAGER_GROUP)
                and article._may_publish()
            )

    # ------------------------------------------------------------------ steps

    def action_submit(self):
        """Ask somebody else to read it."""
        for article in self:
            if not article._plain_text().strip():
                raise UserError(
                    self.env._(
                        "%(article)s has no text yet. Write it, then send it to review.",
                        article=article.display_name,
                    )
                )
        return self._move(
            life.REVIEW, "support.article_submitted", "Article sent to review"
        )

    @takes(why=TEXT)
    def action_send_back(self, why):
        """:param why: what is missing, for who wrote it"""
        self._check_publisher()
        self._move(life.DRAFT, "support.article_sent_back", "Article sent back")
        self._say(self.env._("Sent back: %(why)s", why=why[:MAX_WHY_CHARS]))
        return True

    def action_take_back(self):
        """Write on: whoever asked for the review needs none for now."""
        return self._move(life.DRAFT, "support.article_sent_back", "Article taken back")

    def action_publish(self):
        """Let those it is for find it.

        :raises AccessError: only support managers publish
        :raises UserError: one's own words, while somebody else could review them
        """
        self._check_publisher()
        self._hold_articles()
        for article in self:
            if not article._may_publish():
                raise UserError(
                    self.env._(
                        "%(article)s: you wrote it, so another support manager has to read and publish it.",
                        article=article.display_name,
                    )
                )
        for article in self:
            if article.replaces_id:
                article._replace()
            else:
                article._go_public()
        return True

    def action_confirm(self):
        """It was read again and is still true."""
        self._check_publisher()
        for article in self:
            if article.state != life.PUBLISHED:
                article._raise_wrong_move(life.PUBLISHED)
        self._write_guarded({"review_due_at": self._next_review()})
        self._forget_reminders()
        self._emit("support.article_confirmed", activity="Article confirmed")
        return True

    @takes(why=TEXT)
    def action_outdate(self, why):
        """Nobody finds it any more.

        :param why: what is no longer true
        """
        self._move(life.OUTDATED, "support.article_outdated", "Article outdated")
        self._say(self.env._("Outdated: %(why)s", why=why[:MAX_WHY_CHARS]))
        self._forget_reminders()
        return True

    def action_mark_outdated(self):
        """The same from the form, without words."""
        return self.action_outdate(self.env._("no longer true"))

    def action_archive(self):
        """Put it away; its number stays its own."""
        self._move(life.ARCHIVED, "support.article_archived", "Article archived")
        self._forget_reminders()
        return True

    def action_restore(self):
        """Write on in an article that is outdated or was put away."""
        return self._move(life.DRAFT, "support.article_restored", "Article taken up")

    def action_revise(self):
        """Open a draft of the next version. Readers keep what was reviewed until it is published."""
        self.ensure_one()
        return self._draft_to_write()._open_form()

    @takes(language=one_of(*languages.LANGUAGES))
    def action_translate(self, language):
        """Open the article in another language: the one that is there, else a new draft.

        :param language: code, such as ``de``
        """
        self.ensure_one()
        self.check_access("read")
        first = self.translation_of_id or self
        found = (first | first.translation_ids).filtered(
            lambda article: article.language == language
        )
        if not found:
            kept = first._carried()
            birth = {**kept, "language": language, "translation_of_id": first.id}
            found = gate.admit_births(
                self.env["support_visibility.article"], [birth]
            ).create([birth])
        return found[:1]._open_form()

    # ------------------------------------------------------------------ how they are done

    def _move(self, state, event_type, activity, **more):
        self._hold_articles()
        for article in self:
            if not life.may_move(article.state, state):
                article._raise_wrong_move(state)
            article._check_right_to(state)
        self._write_guarded({"state": state, **more})
        for article in self:
            article._tell_article(event_type, activity)
        return True

    def _check_right_to(self, state):
        """Whoever takes something from readers answers for it."""
        if self.published_at and state in (life.OUTDATED, life.ARCHIVED):
            self._check_publisher()

    def _check_publisher(self):
        self.check_access("write")
        if not self.env.su and not self.env.user.has_group(MANAGER_GROUP):
            raise AccessError(
                self.env._(
                    "Support managers publish articles and take them back. Send it to review, or ask one of them."
                )
            )

    def _may_publish(self):
        if self.env.su:
            return True
        return life.may_publish(
            _person(self.env.user), self._authors(), self._reviewers()
        )

    def _authors(self):
        """:return: who wrote the words that are not public yet"""
        new = self.sudo().version_ids.filtered(
            lambda version: version.number > self.published_version
        )
        return {_person(user) for user in new.by_user_id.exists()}

    def _reviewers(self):
        group = self.env.ref(MANAGER_GROUP)
        domain = Domain("all_group_ids", "in", group.ids) & Domain("share", "=", False)
        if self.company_id:
            domain &= Domain("company_ids", "in", self.company_id.ids)
        machine = self.env.ref("base.user_root")
        people = self.env["res.users"].sudo().search(domain) - machine
        return {_person(user) for user in people}

    def _go_public(self):
        vals = {
            "state": life.PUBLISHED,
            "published_at": fields.Datetime.now(),
            "published_by_id": self.env.uid,
            "published_version": self.version,
            "review_due_at": self._next_review(),
        }
        if not life.may_move(self.state, life.PUBLISHED):
            self._raise_wrong_move(life.PUBLISHED)
        self._write_guarded(vals)
        self._tell_article("support.article_published", "Article published")

    def _replace(self):
        """The words of this draft become the next version of the article it was made of."""
        if self.state != life.REVIEW:
            self._raise_wrong_move(life.PUBLISHED)
        article = self.replaces_id
        article._hold_articles()
        if article.state not in (life.PUBLISHED, life.OUTDATED):
            article._raise_wrong_move(life.PUBLISHED)
        authors = ", ".join(self.sudo().version_ids.by_user_id.mapped("name"))
        article._write_guarded(self._carried())
        article._write_guarded({"tag_ids": [(6, 0, self.tag_ids.ids)]})
        article._write_guarded(
            {
                "state": life.PUBLISHED,
                "published_at": fields.Datetime.now(),
                "published_by_id": self.env.uid,
                "published_version": article.version,
                "review_due_at": self._next_review(),
            }
        )
        article._say(self.env._("New version, written by %(who)s.", who=authors))
        article._forget_reminders()
        article._tell_article("support.article_published", "Article published")
        self._write_guarded({"state": life.ARCHIVED})

    def _draft_to_write(self):
        """:return: where new words go: the article while it is a draft, else the draft of its next version"""
        self.check_access("write")
        if self.state == life.DRAFT:
            return self
        if self.state not in (life.PUBLISHED, life.OUTDATED):
            self._raise_wrong_move(life.DRAFT)
        open_ = self.revision_ids.filtered(
            lambda article: article.state in (life.DRAFT, life.REVIEW)
        )
        if open_:
            return open_[:1]
        birth = {**self._carried(), "replaces_id": self.id}
        draft = gate.admit_births(
            self.env["support_visibility.article"], [birth]
        ).create([birth])
        draft.tag_ids = self.tag_ids
        self._tell_article("support.article_revised", "Article being revised")
        return draft

    def _carried(self):
        """:return: what a version, a draft or a translation takes over"""
        vals = {name: self[name] for name in CARRIED}
        vals["category_id"] = self.category_id.id
        vals["component_id"] = self.component_id.id
        return {**vals, "company_id": self.company_id.id}

    @api.model
    def _next_review(self):
        return life.next_review(fields.Date.context_today(self))

    def _tell_article(self, event_type, activity):
        self._emit(
            event_type,
            activity=activity,
            number=self.number,
            version=self.version,
            language=self.language,
            visibility=self.visibility,
            category=self.category_id.code or "",
        )

    def _say(self, text):
        for article in self:
            article._message_log(body=text)

    def _open_form(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [[False, "form"]],
        }

    def action_open_tickets(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Answered with %(article)s", article=self.display_name),
            "res_model": "support_visibility.ticket",
            "views": [[False, "list"], [False, "form"]],
            "domain": [("article_ids", "in", self.ids)],
        }

    def _raise_wrong_move(self, state):
        labels = dict(self._fields["state"]._description_selection(self.env))
        raise UserError(
            self.env._(
                "%(article)s is %(state)s and cannot become %(target)s. From here: %(possible)s.",
                article=self.display_name,
                state=labels[self.state],
                target=labels[state],
                possible=", ".join(
                    labels[each] for each in sorted(life.MOVES[self.state])
                ),
            )
        )

    def _hold_articles(self):
        self.check_access("write")
        if self:
            self.env.execute_query(
                SQL(
                    "SELECT id FROM support_visibility_article WHERE id IN %s ORDER BY id FOR NO KEY UPDATE",
                    tuple(self.ids),
                )
            )

    # ------------------------------------------------------------------ reading again

    @api.model
    def _cron_remind_review(self):
        """Remind who looks after an article that it is time to read it again: once, until it is done."""
        reminder = self.env.ref(REMINDER)
        due = self.sudo().search(
            Domain("state", "=", life.PUBLISHED)
            & Domain("review_due_at", "<=", fields.Date.context_today(self))
            & Domain("owner_id.active", "=", True)
            & ~Domain("activity_ids", "any", [("activity_type_id", "=", reminder.id)])
        )
        quiet = {"mail_activity_quick_update": True}  # it shows in one's list; no mail
        for article in due.with_context(**quiet):
            article.activity_schedule(
                REMINDER,
                user_id=article.owner_id.id,
                date_deadline=article.review_due_at,
                summary=self.env._("Is it still true?"),
            )
        return len(due)

    def _forget_reminders(self):
        self.sudo().activity_unlink([REMINDER])


def _person(user):
    """:return: one name for all logins of a person"""
    return user.sudo().email_normalized or user.login
