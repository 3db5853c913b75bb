"""OCA's job queue as the executor of lanes and rules, in a server that runs no Scheduled Action."""

import contextlib
import json
import uuid
import zipfile

import pytest
from lib import config, download, machine, paths, postgres, server, template, webhooks
from street import eventually

pytestmark = pytest.mark.optional("OCA's queue_job, 0.4 MB from PyPI, 4 minutes")

WHEELS = (  # project, file, SHA-256
    (
        "odoo-addon-queue-job",
        "odoo_addon_queue_job-19.0.2.4.0.1-py3-none-any.whl",
        "7d4316aaea12a6d4eec92994ea701e94c0dcbe21643dd6d334377e2a44be93b2",
    ),
    (
        "openupgradelib",
        "openupgradelib-3.13.7-py2.py3-none-any.whl",
        "86910f551cf949f062863eb1de3bf1582af77cd2b2bcc3031e1ee523c442e35c",
    ),
)
GLUE = "event_hub_queue_job"
MESSAGES = 60
SET_UP = """
import json
service = env["res.users"].create({
    "name": "Queue", "login": "queue_service",
    "group_ids": [(6, 0, [env.ref("base.group_user").id, env.ref("event_hub.group_hub_service").id])]})
source = env["event_hub.source"].create({"code": "queued", "name": "Queued", "user_id": service.id})
account = env["res.partner"].create({"name": "Q", "is_company": True, "account_code": "Q-1"})
env["base.automation"].create({
    "name": "Counts", "model_id": env.ref("event_hub.model_event_hub_event").id, "trigger": "on_business_event",
    "event_pattern": "identity.login", "owner_id": env.ref("base.user_admin").id,
    "action_server_ids": [(0, 0, {
        "name": "Counts", "model_id": env.ref("event_hub.model_event_hub_event").id, "state": "code", "code": "pass",
        "usage": "base_automation"})]})
glue = env["ir.module.module"].search([("name", "=", "event_hub_queue_job")])
print("SECRET", json.dumps({"secret": source.action_rotate_secret()["secret"], "glue": glue.state}))
env.cr.commit()
"""


@pytest.fixture(scope="module")
def outside():
    """:return: folder with the addon of OCA and what it needs"""
    folder = paths.cache() / f"queue-job-{WHEELS[0][2][:12]}"
    if not folder.exists():
        part = folder.with_name(folder.name + ".part")
        for project, name, sha256 in WHEELS:
            url = download.wheel_url(project, name)
            with zipfile.ZipFile(download.fetch(url, sha256, project)) as wheel:
                wheel.extractall(part)
        part.replace(folder)
    return folder


@pytest.fixture(scope="module")
def site(outside, tmp_path_factory):
    """A server with queue_job whose own Scheduled Actions never run."""
    with contextlib.ExitStack() as stack:
        ready = stack.enter_context(machine.running("test", durable=False))
        source = template.build(ready, template.names(ready))
        database = stack.enter_context(template.clone(ready, source))
        port = config.free_port()
        ready.env["PYTHONPATH"] += f":{outside}"
        options = {
            "db_name": database,
            "dbfilter": f"^{database}$",
            "data_dir": str(template.data_dir()),
            "http_port": str(port),
            "gevent_port": str(config.free_port()),
            "max_cron_threads": "0",
            "server_wide_modules": "base,web,queue_job",
        }
        sections = {"queue_job": {"channels": "root:4", "host": "127.0.0.1"}}
        addons = [outside / "odoo" / "addons"]
        conf = ready.write_conf(f"queue-{database}", options, sections, addons)
        yield Site(conf, database, port, tmp_path_factory.mktemp("queue") / "odoo.log")


class Site:
    def __init__(self, conf, database, port, log):
        self.conf, self.database, self.port, self.log = conf, database, port, log

    def odoo(self, *args, text=""):
        command = self.conf.odoo_command(*args)
        done = self.conf.run(command, input=text, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-3000:]
        return done

    def install(self):
        """Nothing but the job queue is asked for: the glue comes by itself."""
        args = ("-d", self.database, "-i", "queue_job", "--stop-after-init")
        said = self.odoo(*args, "--no-http", "--log-level=warn").stderr
        done = self.odoo("shell", "-d", self.database, "--no-http", text=SET_UP)
        found = next(x for x in done.stdout.splitlines() if "SECRET" in x)
        return said, json.loads(found.partition("SECRET ")[2])

    def ask(self, sql):
        """:return: rows as tuples of texts"""
        lines = postgres.query(self.conf.env, sql, self.database).splitlines()
        return [tuple(line.split("|")) for line in lines]


@pytest.fixture(scope="module")
def installed(site):
    return site.install()


def test_the_glue_installs_itself_beside_the_job_queue(installed):
    said, told = installed
    assert told["glue"] == "installed"
    ours = [x for x in said.splitlines() if "event_hub" in x and " INFO " not in x]
    assert ours == []


def test_jobs_work_off_lanes_and_rules_without_any_scheduled_action(site, installed):
    running = server.Server(site.conf, site.port, site.log)
    try:
        running.wait_until_it_answers()
        sender = webhooks.Sender(
            f"http://127.0.0.1:{site.port}/hub/v1/events/queued", installed[1]["secret"]
        )
        ids = [uuid.uuid4().hex for _ in range(MESSAGES)]
        for number, id_ in enumerate(ids):
            status, answer = sender.send(id_, _event(id_, number))
            assert status == 202, answer
        eventually(lambda: _all_done(site), "all messages and their rule", 120)
    finally:
        running.stop()
    _check(site)


def _event(id_, number):
    return {
        "specversion": "1.0",
        "id": id_,
        "source": f"/q/{number % 7}",
        "type": "identity.login",
        "subject": "Q-1",
        "data": {"user": f"u{number}"},
    }


def _all_done(site):
    messages = dict(
        site.ask("SELECT state, count(*) FROM event_hub_message GROUP BY 1")
    )
    runs = dict(
        site.ask(
            "SELECT r.state, count(*) FROM event_hub_run r JOIN base_automation a ON a.id = r.automation_id"
            " WHERE a.name->>'en_US' = 'Counts' GROUP BY 1"
        )
    )
    done = {"processed": str(MESSAGES)}, {"done": str(MESSAGES)}
    observed = {"processed": str(MESSAGES)}, {"observed": str(MESSAGES)}
    return (messages, runs) in (done, observed)


def _check(site):
    jobs = site.ask("SELECT channel, state, count(*) FROM queue_job GROUP BY 1, 2")
    channels = {channel for channel, _state, _count in jobs}
    assert "root.event_hub.rules" in channels
    assert any(channel.startswith("root.event_hub.lane_") for channel in channels)
    assert {state for _channel, state, _count in jobs} <= {"done", "pending"}, jobs
    total = sum(int(count) for *_rest, count in jobs)
    assert total < MESSAGES, f"wake-ups are one job until it begins: {jobs}"
    log = site.log.read_text()
    assert " ERROR " not in log and "Traceback" not in log, log[-3000:]
