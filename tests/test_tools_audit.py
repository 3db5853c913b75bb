"""scripts/verify_audit before it asks Odoo: which file, which database, and where a new database begins."""

import json

import pytest
from lib import verify_audit
from lib.errors import SetupError


@pytest.fixture(autouse=True)
def state(tmp_path, monkeypatch):
    monkeypatch.setenv("SAAS_STATE_DIR", str(tmp_path))


def write(text):
    target = verify_audit.heads_file()
    target.parent.mkdir()
    target.write_text(text)
    return target


def test_a_new_database_of_an_old_name_begins_anew():
    target = write('{"db":"saas","sequence":1,"hash":"a"}\n')
    verify_audit.begin("saas")
    head, begins = target.read_text().splitlines()
    assert json.loads(begins)["db"] == "saas"
    assert json.loads(begins)["begins"].endswith("Z")


def test_a_line_torn_by_a_crash_is_ended_first():
    target = write('{"db":"saas","sequ')
    verify_audit.begin("saas")
    torn, begins = target.read_text().splitlines()
    assert torn == '{"db":"saas","sequ'
    assert json.loads(begins)["db"] == "saas"


def test_without_a_file_nothing_has_to_begin():
    verify_audit.begin("saas")
    assert not verify_audit.heads_file().exists()


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(SetupError, match="there is no file"):
        verify_audit.main(["--db", "saas", "--head", str(tmp_path / "none.jsonl")])
