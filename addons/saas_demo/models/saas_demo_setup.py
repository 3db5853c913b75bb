import base64
import hashlib
import hmac
import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import SQL, config

from odoo.addons.event_hub.tools import history

from ..const import (
    COMPANY_NAME,
    ECHO_PATH,
    PASSWORD_PARAM,
    SECTION,
    START_KEY_PARAM,
)
from ..policies.personas import PERSONAS, SOURCES
from ..tools import gate, past

#: Scheduled Actions of Odoo that talk to services outside, or send mail about the demo
OUTGOING_JOBS = (
    "mail.ir_cron_module_update_notification",
    "digest.ir_cron_digest_scheduler_action",
    "sms.ir_cron_sms_scheduler_action",
    "snailmail.snailmail_print",
)
FOUNDED = timedelta(days=89)  # before now: people and policies of the demo
METRICS_TOKEN_PARAM = "event_hub.metrics_token"
DOOR_PATH = "/hub/v1/events/"


class SaasDemoSetup(models.AbstractModel):
    """Makes a database a demo: who plays in it, which systems talk to it, what happened before."""

    _name = "saas_demo.setup"
    _description = "Set up the demo"

    @api.model
    def _provision(self, base_url=None):
        """Create or refresh the demo. Safe to call at every start.

        Passwords stay as long as the database lives; API keys and the start key are new each
        time. All of them are kept as hashes.

        :param str base_url: address of this server, such as http://127.0.0.1:8069; default: as in odoo.conf
        :return: ``{"metrics_token", "start_key", "users": {login: {"password", "api_key"}},
            "sources": {code: {"url", "secret"}}}``
        """
        if not gate.may_provision():
            raise UserError(
                self.env._(
                    "This server holds no demo. Set `enabled = 1` under [%(section)s] in odoo.conf and bind "
                    "http_interface to 127.0.0.1, or use scripts/serve.",
                    section=SECTION,
                )
            )
        base_url = (base_url or self._own_url()).rstrip("/")
        # Provisioning may run beside the server, in a shell: tell the server to forget what it remembers.
        self.env.cr.postcommit.add(self.env.registry.signal_changes)
        self._provision_company()
        self._keep_inside()
        users, sources = self._provision_cast()
        self._provision_echo(base_url)
        self.env["saas_demo.story"]._tell_once()
        return {
            "metrics_token": self._metrics_token(),
            "start_key": self._new_start_key(),
            "users": {user.login: self._credentials(user) for user in users},
            "sources": {
                source.code: {
                    "url": f"{base_url}{DOOR_PATH}{source.code}",
                    "secret": self._secret(source),
                }
                for source in sources
            },
        }

    @api.model
    def _provision_cast(self):
        """People, systems and policies: there before the story begins.

        :return: ``(users, sources)``
        """
        with history.telling(), past.telling(fields.Datetime.now() - FOUNDED):
            users = self._provision_users()
            sources = self._provision_sources()
            self.env["saas_demo.decisions"]._provision_routes()
            self.env["event_hub.event"]._flush_emitted()
        return users, sources

    @api.model
    def _own_url(self):
        """:return: where odoo.conf lets this server listen"""
        interface = config["http_interface"]
        host = f"[{interface}]" if ":" in interface else interface
        return f"http://{host}:{config['http_port']}"

    # ---------------------------------------------------------------- company and people

    @api.model
    def _provision_company(self):
        """Name the company and let it count in euros, as long as nothing was booked."""
        company = self.env.ref("base.main_company")
        if company.name == COMPANY_NAME:
            return
        values = {"name": COMPANY_NAME, "email": "hello@lumenta.example"}
        if "iap_enrich_auto_done" in company._fields:
            # Odoo would look the invented company up in a service on the internet.
            values["iap_enrich_auto_done"] = True
        if not self.env["account.move.line"].search_count(
            [("company_id", "=", company.id)], limit=1
        ):
            euro = self.env.ref("base.EUR")
            euro.active = True
            values["currency_id"] = euro.id
        company.write(values)

    @api.model
    def _keep_inside(self):
        """Switch off what Odoo does by itself that reaches beyond this machine: a demo reports to nobody."""
        for xmlid in OUTGOING_JOBS:
            job = self.env.ref(xmlid, raise_if_not_found=False)
            if job and job.active:
                job.active = False

    @api.model
    def _provision_users(self):
        """:return: the personas' users, in the order of PERSONAS"""
        users = self._users_of([persona.login for persona in PERSONAS])
        missing = [
            persona
            for persona in PERSONAS
            if persona.login not in users.mapped("login")
        ]
        users |= users.create([self._user_values(persona) for persona in missing])
        by_login = {user.login: user for user in users}
        for persona in PERSONAS:
            by_login[persona.login].write(self._membership(persona))
        return self.env["res.users"].concat(
            *(by_login[persona.login] for persona in PERSONAS)
        )

    @api.model
    def _users_of(self, logins):
        users = self.env["res.users"].with_context(
            active_test=False, no_reset_password=True, mail_create_nosubscribe=True
        )
        return users.search([("login", "in", logins)])

    @api.model
    def _user_values(self, persona):
        return {
            "login": persona.login,
            "name": persona.name,
            "email": f"{persona.login}@lumenta.example",
        }

    @api.model
    def _membership(self, persona):
        """Name, groups and the page a persona opens with. Messages go to the inbox: a demo sends no mail."""
        groups = [self.env.ref(group).id for group in persona.groups]
        values = {
            "name": persona.name,
            "active": True,
            "notification_type": "inbox",
            "tz": "Europe/Berlin",
            "action_id": self.env.ref("saas_demo.start_action").id,
            "group_ids": [Command.link(group) for group in groups],
        }
        if "odoobot_state" in self.env["res.users"]._fields:
            values["odoobot_state"] = "disabled"  # no tour of the chat beside ours
        if persona.login == "admin":
            values["email"] = "admin@lumenta.example"
        return values

    @api.model
    def _credentials(self, user):
        """:return: ``{"password", "api_key"}``; the key is new, earlier ones stop working"""
        password = self._password(user)
        keys = self.env["res.users.apikeys"].sudo()
        keys.search([("user_id", "=", user.id), ("name", "=", "Demo")])._remove()
        api_key = keys.with_user(user).sudo()._generate("rpc", "Demo", None)
        return {"password": password, "api_key": api_key}

    @api.model
    def _password(self, user):
        """:return: the password of this user, the same as long as the database lives

        Odoo keeps its hash. Hashing takes most of a second, so it is done again only if
        somebody changed the password meanwhile.
        """
        parameters = self.env["ir.config_parameter"].sudo()
        secret = parameters.get_param("database.secret").encode()
        mac = hmac.new(secret, f"saas_demo {user.login}".encode(), hashlib.sha256)
        password = base64.urlsafe_b64encode(mac.digest()[:18]).decode()
        ours = PASSWORD_PARAM + user.login
        if self._password_mark(user) != parameters.get_param(ours):
            user.password = password
            parameters.set_param(ours, self._password_mark(user))
        return password

    @api.model
    def _password_mark(self, user):
        """:return: tells whether the stored hash is still the one we set"""
        user.flush_recordset(["password"])
        query = SQL("SELECT password FROM res_users WHERE id = %s", user.id)
        [(stored,)] = self.env.execute_query(query)
        return hashlib.sha256((stored or "").encode()).hexdigest()

    @api.model
    def _new_start_key(self):
        key = secrets.token_urlsafe(24)
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param(START_KEY_PARAM, hashlib.sha256(key.encode()).hexdigest())
        return key

    @api.model
    def _metrics_token(self):
        """:return: what opens /hub/v1/metrics; made if there is none"""
        parameters = self.env["ir.config_parameter"].sudo()
        token = parameters.get_param(METRICS_TOKEN_PARAM)
        if not token:
            token = secrets.token_urlsafe(32)
            parameters.set_param(METRICS_TOKEN_PARAM, token)
        return token

    # ---------------------------------------------------------------- connected systems

    @api.model
    def _provision_sources(self):
        """:return: the event sources, in the order of SOURCES"""
        Source = self.env["event_hub.source"].with_context(active_test=False)
        known = Source.search([("code", "in", [entry.code for entry in SOURCES])])
        missing = [entry for entry in SOURCES if entry.code not in known.mapped("code")]
        known |= Source.create([self._source_values(entry) for entry in missing])
        return known.sorted(
            lambda source: [entry.code for entry in SOURCES].index(source.code)
        )

    @api.model
    def _source_values(self, entry):
        return {
            "code": entry.code,
            "name": entry.name,
            "user_id": self._service_user(entry).id,
            "owner_id": self.env.ref("base.user_admin").id,
            "adapter_ids": self._adapters(entry).ids,
        }

    @api.model
    def _adapters(self, entry):
        codes = ["standard", "stripe"] if entry.stripe else ["standard"]
        return self.env["event_hub.adapter"].search([("code", "in", codes)])

    @api.model
    def _service_user(self, entry):
        """The user whose rights the source's events are handled with. It cannot log in."""
        login = f"service_{entry.code}"
        user = self._users_of([login])
        if not user:
            user = user.create(
                {
                    "login": login,
                    "name": f"{entry.name} (service)",
                    "email": f"{login}@lumenta.example",
                    "notification_type": "inbox",
                    "group_ids": [Command.set([self.env.ref(entry.group).id])],
                }
            )
        return user

    @api.model
    def _secret(self, source):
        """The live signing secret of a source or endpoint; made if there is none."""
        return source.sudo().secret_current or source.action_rotate_secret()["secret"]

    @api.model
    def _provision_echo(self, base_url):
        """The endpoint that tells our own echo receiver about every decision."""
        Endpoint = self.env["event_hub.endpoint"].with_context(active_test=False)
        echo = Endpoint.search([("url", "=like", f"%{ECHO_PATH}")], limit=1)
        url = base_url + ECHO_PATH
        if not echo:
            echo = Endpoint.create(
                {
                    "name": "Echo",
                    "url": url,
                    "event_pattern": "approval.*",
                    "owner_id": self.env.ref("base.user_admin").id,
                }
            )
        elif echo.url != url:
            echo.url = url
        self._secret(echo)
        return echo
