"""How scripts/test shares the processors: order, output, failures and interrupts."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from lib import jobs, machine, testing

SLOTS = 2


@pytest.fixture(autouse=True)
def state(tmp_path, monkeypatch):
    monkeypatch.setenv("SAAS_STATE_DIR", str(tmp_path))


def job(name, seconds, work):
    return jobs.Job(name, seconds, work)


def test_the_longest_begins_first_and_no_more_than_the_slots_run_at_once():
    begun, running, most = [], set(), []
    pair = threading.Barrier(SLOTS)  # two must run side by side, or this times out

    def work(name, output):
        begun.append(name)
        running.add(name)
        most.append(len(running))
        pair.wait(10)
        running.discard(name)

    named = [job(str(n), n, lambda output, n=n: work(n, output)) for n in (1, 4, 2, 3)]
    jobs.Runner(SLOTS).run(named)
    assert set(begun[:2]) == {3, 4}
    assert sorted(begun) == [1, 2, 3, 4]
    assert max(most) <= SLOTS


def test_a_job_makes_others_possible():
    done = []
    first = job("first", 1, lambda output: [job("second", 1, done.append)])
    jobs.Runner(SLOTS).run([first])
    assert len(done) == 1


def test_the_output_of_jobs_is_not_mixed(capfd):
    runner = jobs.Runner(SLOTS)
    script = "import time\nfor n in range(5): print({!r}, flush=True); time.sleep(0.02)"

    def work(word, output):
        command = [sys.executable, "-c", script.format(word)]
        runner.call(subprocess.Popen, command, output)

    runner.run([job(w, 1, lambda output, w=w: work(w, output)) for w in ("a", "b")])
    lines = [line for line in capfd.readouterr().out.splitlines() if line in ("a", "b")]
    assert lines in (["a"] * 5 + ["b"] * 5, ["b"] * 5 + ["a"] * 5)


def test_an_exception_stops_the_commands_of_the_others(capfd):
    runner = jobs.Runner(SLOTS)
    waits = [
        sys.executable,
        "-c",
        "print('up', flush=True); import time; time.sleep(60)",
    ]
    codes = []

    def long(output):
        codes.append(runner.call(subprocess.Popen, waits, output))

    def broken(output):
        while not runner._children:
            time.sleep(0.01)
        raise ZeroDivisionError

    began = time.monotonic()
    with pytest.raises(ZeroDivisionError):
        runner.run([job("long", 2, long), job("broken", 1, broken)])
    assert time.monotonic() - began < 30
    assert codes[0] != 0


@pytest.fixture
def run(tmp_path):
    """Run files through the same two slots as layers; return the tally."""

    def start(**files):
        run = testing.Run([], full=False, slots=SLOTS)
        plain = machine.Machine(None, Path(sys.prefix), dict(os.environ))
        wanted = []
        for name, text in files.items():
            path = tmp_path / f"test_{name}.py"
            path.write_text(text)

            def work(output, path=path):
                return run._pytest(plain, "system", ["-p", "no:odoo", path], output)

            wanted.append(run._job("system", work))
        run._runner.run(wanted)
        return run.tally

    return start


def test_a_failure_beside_other_tests_is_shown_and_counted(run, capfd):
    tally = run(
        good="def test_good(): pass",
        bad="def test_bad():\n    said = 'the very reason'\n    assert said == ''",
    )
    assert "the very reason" in capfd.readouterr().out
    assert (tally.total("passed"), tally.total("failed")) == (1, 1)
    assert testing._conclude(tally, 1) == 1
    assert "TOTAL: 1 passed, 1 failed, 0 errors, 0 skipped" in capfd.readouterr().out


def test_a_test_process_that_dies_is_an_error(run, capfd):
    tally = run(
        good="def test_good(): pass",
        dead="import os\ndef test_dead(): os._exit(0)",
    )
    assert (tally.total("passed"), tally.total("error")) == (1, 1)
    assert testing._conclude(tally, 1) == 1


def test_a_skip_fails_the_run(run, capfd):
    tally = run(
        good="def test_good(): pass",
        skip="import pytest\ndef test_skip(): pytest.skip('no browser')",
    )
    assert testing._conclude(tally, 1) == 1
    assert "a skip counts as a failure" in capfd.readouterr().out


def test_a_setup_that_fails_beside_other_tests_is_an_error_of_its_layer(capfd):
    from lib.errors import SetupError

    run = testing.Run([], full=False, slots=SLOTS)

    def work(output):
        raise SetupError("Odoo cannot set up x", "see the log above")

    run._runner.run([run._job("template", work)])
    assert run.tally.layers["template"]["error"] == 1
    assert "Odoo cannot set up x" in capfd.readouterr().out
    assert testing._conclude(run.tally, 1) == 1


def test_portions_hold_every_file_once_and_weigh_about_the_same(tmp_path):
    names = []
    for number in range(1, 12):
        path = tmp_path / f"test_{number}.py"
        path.write_text("x" * number * 100)
        names.append(str(path))
    first, second = testing._portions(names, 2)
    assert sorted(first + second) == sorted(names)
    weights = [sum(map(testing._size, portion)) for portion in (first, second)]
    assert abs(weights[0] - weights[1]) <= 200
    assert testing._portions(names[:1], 2) == [names[:1]]
