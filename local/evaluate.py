"""`./local/evaluate`: the acceptance scenarios against a running system; also the smoke test after a deployment.

Without `--url` it starts a system of its own in a temporary folder. On another's system it cancels what it submitted
and still waits; the jobs that ran stay in its history with the tag `evaluation`.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from contextlib import contextmanager, redirect_stdout
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import httpx
from simple_websocket import Client

from local.child import ChildDied
from local.servers import temporary_data
from local.steps import Refusal, refuse, say, write_any_letter
from local.system import Options, running_system
from local.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

TAG = "evaluation"
WAIT_SECONDS = 60
FINAL = ("succeeded", "failed", "cancelled")


class Api:
    """The system under evaluation, and the jobs that were submitted to it here."""

    def __init__(self, url: str, key: str) -> None:
        headers = {"Authorization": f"Bearer {key}"}
        self.http = httpx.Client(base_url=url, headers=headers, timeout=40)
        self.submitted: list[str] = []

    def submit(self, priority: str = "medium", **params: Any) -> str:
        body = {"task": "demo.sleep", "params": params, "priority": priority, "tags": [TAG]}
        job_id = str(self.http.post("/api/v1/jobs", json=body).raise_for_status().json()["id"])
        self.submitted.append(job_id)
        return job_id

    def get(self, path: str, **query: Any) -> Any:
        return self.http.get(f"/api/v1{path}", params=query).raise_for_status().json()

    def job(self, job_id: str) -> dict[str, Any]:
        return dict(self.get(f"/jobs/{job_id}"))

    def wait(self, job_id: str, states: tuple[str, ...] = FINAL) -> dict[str, Any]:
        """The job once it is in one of these states. Raises `AssertionError` when it does not get there."""
        reached = wait_until(lambda: self.job(job_id)["state"] in states, WAIT_SECONDS, every=0.1)
        job = self.job(job_id)
        expect(reached or job["state"] in states, f"job {job_id} is still {job['state']}")
        return job

    def tidy(self) -> None:
        for job_id in self.submitted:
            if "cancel" in self.job(job_id)["allowed_actions"]:
                self.http.post(f"/api/v1/jobs/{job_id}/cancel")
        self.http.close()


def expect(holds: object, message: str) -> None:
    if not holds:
        raise AssertionError(message)


def ten_low_and_one_high(api: Api) -> str:
    """Enough low jobs to keep every slot busy and ten waiting; then a high one, which must start before any of them."""
    slots = sum(len(worker["slots"]) for worker in api.get("/workers")["items"] if worker["state"] == "online")
    low = [api.submit("low", seconds=1.0, steps=4) for _ in range(10 + slots)]
    expect(wait_until(lambda: any(api.job(one)["state"] == "running" for one in low), WAIT_SECONDS), "nothing started")
    high = api.submit("high", seconds=0.1, steps=1)
    sent_at = max(moment(api.job(high)["created_at"]), moment(api.job(high)["run_at"]))
    started_at = moment(api.wait(high)["started_at"])
    jobs = [api.job(one) for one in low]
    between = [job for job in jobs if job["started_at"] and sent_at < moment(job["started_at"]) < started_at]
    waiting = sum(job["state"] == "queued" for job in jobs)
    expect(not between, f"{len(between)} low jobs started before the high one")
    expect(waiting, "no low job was overtaken")
    return f"the high job waited {(started_at - sent_at).total_seconds():.2f} s and overtook {waiting} low ones"


def a_failure_is_shown(api: Api) -> str:
    body = {
        "task": "demo.sleep",
        "params": {"seconds": 0, "steps": 1, "fail_times": 9},
        "max_retries": 0,
        "tags": [TAG],
    }
    job = api.wait(api.http.post("/api/v1/jobs", json=body).raise_for_status().json()["id"])
    error = job["error"]
    expect(job["state"] == "failed" and error, f"the job is {job['state']}")
    expect("Traceback" in error["traceback"] and error["message"], "there is no traceback or message")
    return f"{error['type']}: {error['message']}"


def retries_grow(api: Api) -> str:
    job_id = api.submit(seconds=0, steps=1, fail_times=3)
    retrying = api.wait(job_id, ("retrying",))
    expect(retrying["run_at"] and retrying["error"], "a retrying job shows no time or error")
    job = api.wait(job_id)
    attempts = api.get(f"/jobs/{job_id}/attempts")["items"]
    delays = [
        (moment(attempt["retry_at"]) - moment(attempt["finished_at"])).total_seconds() for attempt in attempts[:-1]
    ]
    expect(job["state"] == "succeeded" and len(attempts) == 4, f"{job['state']} after {len(attempts)} attempts")
    expect(all(a < b <= 60.5 for a, b in pairwise(delays)), f"the delays are {delays}")
    return f"delays {', '.join(f'{delay:.1f} s' for delay in delays)}, then {job['state']}"


def progress_by_socket(api: Api) -> str:
    ticket = api.http.post("/api/v1/ticket").raise_for_status().json()["ticket"]
    address = f"{str(api.http.base_url).rstrip('/').replace('http', 'ws', 1)}/ws?ticket={ticket}"
    socket = Client.connect(address)
    try:
        job_id = api.submit(seconds=1.5, steps=15)
        events: list[dict[str, Any]] = []
        deadline = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < deadline and "succeeded" not in states(job_id, events):
            message = json.loads(socket.receive(timeout=5) or "{}")
            events += message.get("events", [])
    finally:
        socket.close()
    return moved(job_id, events)


def progress_by_polling(api: Api) -> str:
    cursor = api.get("/events")["cursor"]
    job_id = api.submit(seconds=1.5, steps=15)
    events: list[dict[str, Any]] = []
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline and "succeeded" not in states(job_id, events):
        page = api.get("/events", after=cursor, wait=10)
        cursor = page["cursor"]
        events += page["events"]
    return moved(job_id, events)


def states(job_id: str, events: list[dict[str, Any]]) -> list[str]:
    return [str(event["job"]["state"]) for event in events if event["kind"] == "job" and event["job"]["id"] == job_id]


def moved(job_id: str, events: list[dict[str, Any]]) -> str:
    jobs = [event["job"] for event in events if event["kind"] == "job" and event["job"]["id"] == job_id]
    done = [job["progress"]["done"] for job in jobs if job["progress"]]
    expect(states(job_id, events)[-1:] == ["succeeded"], "the end was not told")
    expect(done == sorted(done) and len(set(done)) >= 3, f"progress was told as {done}")
    return f"progress {' '.join(f'{value:g}' for value in done)}, then succeeded"


def a_wrong_submission_is_refused(api: Api) -> str:
    before = api.get("/jobs", limit=1, tag="refused")["items"]
    body = {"task": "demo.sleep", "params": {"seconds": "long"}, "priority": "urgent", "tags": ["refused"]}
    shape = api.http.post("/api/v1/jobs", json=body)
    params = api.http.post("/api/v1/jobs", json={**body, "priority": "low"})
    pointers = [error["pointer"] for answer in (shape, params) for error in answer.json()["errors"]]
    expect(shape.status_code == params.status_code == 422, f"it answered {shape.status_code}, {params.status_code}")
    expect(pointers == ["/priority", "/params/seconds"], f"it named {pointers}")
    expect(api.get("/jobs", limit=1, tag="refused")["items"] == before, "something was stored")
    keyless = httpx.post(api.http.base_url.join("/api/v1/jobs"), json=body, timeout=10)
    expect(keyless.status_code == 401, f"without a key it answered {keyless.status_code}")
    return f"422 names {' and '.join(pointers)}; 401 without a key"


SCENARIOS: dict[str, Callable[[Api], str]] = {
    "ten low jobs and one high": ten_low_and_one_high,
    "a failure is shown in full": a_failure_is_shown,
    "retries with growing delays": retries_grow,
    "live progress by socket": progress_by_socket,
    "live progress by polling": progress_by_polling,
    "a wrong submission is refused": a_wrong_submission_is_refused,
}


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def attempt(name: str, scenario: Callable[[], str], tell: Callable[[str], None]) -> dict[str, Any]:
    """Run one scenario: what it measured, or what went wrong."""
    started = time.monotonic()
    try:
        passed, measured = True, scenario()
    except (AssertionError, httpx.HTTPError, OSError, KeyError, ValueError) as error:
        passed, measured = False, f"{type(error).__name__}: {error}"
    seconds = round(time.monotonic() - started, 1)
    tell(f"{'pass' if passed else 'FAIL'}  {name:<32}{seconds:6.1f} s  {measured}")
    return {"scenario": name, "passed": passed, "measured": measured, "seconds": seconds}


def evaluate(url: str, key: str, tell: Callable[[str], None]) -> list[dict[str, Any]]:
    api = Api(url, key)
    try:
        return [attempt(name, partial(scenario, api), tell) for name, scenario in SCENARIOS.items()]
    finally:
        api.tidy()


def evaluate_own(tell: Callable[[str], None]) -> list[dict[str, Any]]:
    """A system of our own, started twice on the same data: its history must survive."""
    with temporary_data() as data:
        with own_system(data) as (url, key):
            results = evaluate(url, key, tell)
            before = history(url, key)
        with own_system(data) as (url, key):
            return [*results, attempt("history is kept over a restart", lambda: same(before, history(url, key)), tell)]


@contextmanager
def own_system(data: Path) -> Iterator[tuple[str, str]]:
    said = redirect_stdout(sys.stderr)
    with said, running_system(replace(Options(), data=data, port=0)) as system, redirect_stdout(sys.__stdout__):
        yield system.url, system.key


def history(url: str, key: str) -> dict[str, str]:
    api = Api(url, key)
    with api.http:
        return {job["id"]: job["state"] for job in api.get("/jobs", limit=200)["items"]}


def same(before: dict[str, str], after: dict[str, str]) -> str:
    lost = set(before) - set(after)
    expect(not lost, f"{len(lost)} jobs are gone")
    changed = [one for one, state in before.items() if state in FINAL and after[one] != state]
    expect(not changed, f"{len(changed)} jobs are not what they were")
    return f"{len(before)} jobs are as they were"


def main(arguments: list[str]) -> int:
    write_any_letter()
    parser = argparse.ArgumentParser("local/evaluate", description=__doc__)
    parser.add_argument("--url", help="of a running system; without it one is started")
    parser.add_argument("--key", help="that opens it")
    parser.add_argument("--json", action="store_true", help="print the results as JSON")
    asked = parser.parse_args(arguments)
    if bool(asked.url) != bool(asked.key):
        return refuse("local/evaluate", Refusal("give --url and --key together"))
    tell = (lambda _: None) if asked.json else say
    try:
        results = evaluate(asked.url, asked.key, tell) if asked.url else evaluate_own(tell)
    except Refusal as refusal:
        return refuse("local/evaluate", refusal)
    except (ChildDied, httpx.HTTPError) as error:
        return refuse("local/evaluate", Refusal(str(error)))
    if asked.json:
        say(json.dumps(results, indent=2))
    return 0 if all(result["passed"] for result in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
