"""`./local/evaluate --url` on a running system: it finds nothing wrong and leaves nothing behind, however it ends."""

from __future__ import annotations

import json

import pytest

from local import evaluate
from trajectory import error_groups
from trajectory.error_schemas import ErrorQuery
from trajectory.store.filters import JobFilter
from trajectory.views import jobs as list_jobs


@pytest.fixture
def deployed(system):
    """Its address and a key, as arguments."""
    system.start_worker(slots=2)
    system.start_dispatcher()
    return ["--url", system.start_api(), "--key", system.key()]


@pytest.fixture
def only(monkeypatch):
    """Have one scenario in place of all."""
    return lambda scenario: monkeypatch.setattr(evaluate, "SCENARIOS", {"the only one": scenario})


def job_ids():
    return [job.id for job in list_jobs(JobFilter(), limit=200, cursor=None).items]


def groups():
    return error_groups.groups(ErrorQuery(), limit=50, cursor=None).items


def fails(api):
    return api.wait(api.post({"params": {"seconds": 0, "fail_times": 9}, "max_retries": 0}))["state"]


def test_all_scenarios_pass_and_leave_no_job_and_no_open_error(deployed, capsys):
    assert evaluate.main([*deployed, "--json"]) == 0

    results = json.loads(capsys.readouterr().out)
    assert [result["scenario"] for result in results] == [*evaluate.SCENARIOS, "nothing is left behind"]
    assert job_ids() == []
    assert [(group.task, group.status, group.count) for group in groups()] == [("demo.sleep", "resolved", 4)]


def test_what_waits_runs_and_failed_goes_when_it_is_interrupted(deployed, only):
    def interrupted(api):
        fails(api)
        api.wait(api.submit(seconds=600, steps=6000), ("running",))
        api.submit(seconds=600, steps=6000)
        api.submit("low", seconds=600)
        # The answer to this one did not come.
        api.made.remove(api.submit("low"))
        raise KeyboardInterrupt

    only(interrupted)
    assert evaluate.main(deployed) == evaluate.INTERRUPTED

    assert job_ids() == []
    assert [group.status for group in groups()] == ["resolved"]


def test_it_keeps_its_hands_off_the_jobs_and_errors_of_others(deployed, only, system):
    def of_another():
        return system.wait(system.submit("demo.sleep", {"seconds": 0, "fail_times": 9}, max_retries=0)).id

    before = of_another()
    only(fails)
    assert evaluate.main(deployed) == 0
    assert job_ids() == [before]
    [group] = groups()
    assert (group.status, group.count) == ("open", 2)

    error_groups.act(group.fingerprint, "resolve", by="ann")
    meanwhile = []
    only(lambda api: (meanwhile.append(of_another()), fails(api)))
    assert evaluate.main(deployed) == 0
    assert job_ids() == [*meanwhile, before]
    assert [group.status for group in groups()] == ["open"]

    error_groups.act(group.fingerprint, "resolve", by="ann")
    only(fails)
    assert evaluate.main(deployed) == 0
    assert [group.status for group in groups()] == ["resolved"]


def test_what_cannot_be_tidied_up_is_told_and_is_a_failure(deployed, only, capsys):
    made = []

    def locked_out(api):
        made.append(api.submit(seconds=0))
        api.http.headers["Authorization"] = "Bearer no-more"
        return "nothing"

    only(locked_out)
    assert evaluate.main(deployed) == 1

    assert "FAIL  nothing is left behind" in (said := capsys.readouterr().out)
    assert f"DELETE /jobs/{made[0]} answered 401" in said


def test_a_system_that_is_not_there_is_refused_before_anything_is_made(capsys):
    assert evaluate.main(["--url", "http://127.0.0.1:9", "--key", "any"]) == 2
    assert "refused" in capsys.readouterr().err.lower()
