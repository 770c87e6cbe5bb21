"""`./local/evaluate`: the acceptance scenarios against a running system; also the smoke test after a deployment.

Without `--url` it starts a system of its own in a temporary folder, which goes with all that is in it. On another's
system it deletes every job it made, however it ends, and resolves the errors that only these jobs made: a group of
errors cannot be deleted, it is forgotten with its age. What stays is what was counted. While it runs its jobs have the
tag `evaluation` and one of this run alone; whatever could not be tidied up is told, and fails the evaluation.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import time
from collections import Counter
from contextlib import contextmanager, redirect_stdout
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx
from simple_websocket import Client, ConnectionClosed
from simple_websocket import ConnectionError as NoSocket

from local.child import ChildDied
from local.main import INTERRUPTED
from local.servers import temporary_data
from local.steps import Refusal, refuse, say, write_any_letter
from local.system import Options, running_system
from local.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path
    from types import FrameType

TAG = "evaluation"
TASK = "demo.sleep"
WAIT_SECONDS = 60
CLAIM = timedelta(seconds=0.1)
FINAL = ("succeeded", "failed", "cancelled")


class Api:
    """The system under evaluation, the jobs that were made on it here, and the errors it had before."""

    def __init__(self, url: str, key: str) -> None:
        headers = {"Authorization": f"Bearer {key}"}
        self.http = httpx.Client(base_url=url, headers=headers, timeout=40)
        self.run = f"{TAG}-{uuid4().hex[:12]}"
        self.tags = [TAG, self.run]
        self.made: list[str] = []
        self.errors_before: dict[str, dict[str, Any]] = {}

    def submit(self, priority: str = "medium", **params: Any) -> str:
        return self.post({"params": params, "priority": priority})

    def post(self, body: dict[str, Any]) -> str:
        answer = self.http.post("/api/v1/jobs", json={"task": TASK, "tags": self.tags, **body})
        return str(self.remember(answer).raise_for_status().json()["id"])

    def remember(self, answer: httpx.Response) -> httpx.Response:
        """Note the job that a submission made, if it made one."""
        if answer.is_success:
            self.made.append(str(answer.json()["id"]))
        return answer

    def note_errors(self) -> None:
        self.errors_before = {group["fingerprint"]: group for group in self.all("/errors", task=TASK)}

    def get(self, path: str, **query: Any) -> Any:
        return self.http.get(f"/api/v1{path}", params=query).raise_for_status().json()

    def all(self, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        page = self.get(path, limit=200, **query)
        yield from page["items"]
        while page["next_cursor"]:
            page = self.get(path, limit=200, cursor=page["next_cursor"], **query)
            yield from page["items"]

    def tagged(self, tag: str) -> list[str]:
        return [job["id"] for job in self.all("/jobs", tag=tag)]

    def ask(self, method: str, path: str, *expected: int) -> httpx.Response:
        """The answer, if it is well or has one of these statuses. Raises `AssertionError` with what it says."""
        answer = self.http.request(method, f"/api/v1{path}")
        fits = answer.is_success or answer.status_code in expected
        expect(fits, f"{method} {path} answered {answer.status_code}: {answer.text[:200]}")
        return answer

    def job(self, job_id: str) -> dict[str, Any]:
        return dict(self.get(f"/jobs/{job_id}"))

    def wait(self, job_id: str, states: tuple[str, ...] = FINAL) -> dict[str, Any]:
        """The job once it is in one of these states. Raises `AssertionError` when it does not get there."""
        reached = wait_until(lambda: self.job(job_id)["state"] in states, WAIT_SECONDS, every=0.1)
        job = self.job(job_id)
        expect(reached or job["state"] in states, f"job {job_id} is still {job['state']}")
        return job


def expect(holds: object, message: str) -> None:
    if not holds:
        raise AssertionError(message)


def ten_low_and_one_high(api: Api) -> str:
    """Enough low jobs to keep every slot busy and ten waiting; then a high one, which must start before any of them."""
    slots = sum(len(worker["slots"]) for worker in api.get("/workers")["items"] if worker["state"] == "online")
    low = [api.submit("low", seconds=1.0, steps=4) for _ in range(10 + slots)]
    expect(wait_until(lambda: any(api.job(one)["state"] == "running" for one in low), WAIT_SECONDS), "nothing started")
    began_at = time.monotonic()
    high = api.submit("high", seconds=0.1, steps=1)
    took = timedelta(seconds=time.monotonic() - began_at)
    # A claim that was under way when the submission was committed could not see it.
    sent_at = moment(api.job(high)["created_at"]) + took + CLAIM
    started_at = moment(api.wait(high)["started_at"])
    jobs = [api.job(one) for one in low]
    between = [job for job in jobs if job["started_at"] and sent_at < moment(job["started_at"]) < started_at]
    waiting = sum(job["state"] == "queued" for job in jobs)
    expect(not between, f"{len(between)} low jobs started before the high one")
    expect(waiting, "no low job was overtaken")
    return f"the high job waited {(started_at - sent_at).total_seconds():.2f} s and overtook {waiting} low ones"


def a_failure_is_shown(api: Api) -> str:
    job = api.wait(api.post({"params": {"seconds": 0, "steps": 1, "fail_times": 9}, "max_retries": 0}))
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
    before = api.tagged(api.run)
    body = {"task": TASK, "params": {"seconds": "long"}, "priority": "urgent", "tags": api.tags}
    # Remembered all the same: a system that is at fault may take them.
    shape = api.remember(api.http.post("/api/v1/jobs", json=body))
    params = api.remember(api.http.post("/api/v1/jobs", json={**body, "priority": "low"}))
    pointers = [error["pointer"] for answer in (shape, params) for error in answer.json()["errors"]]
    expect(shape.status_code == params.status_code == 422, f"it answered {shape.status_code}, {params.status_code}")
    expect(pointers == ["/priority", "/params/seconds"], f"it named {pointers}")
    expect(api.tagged(api.run) == before, "something was stored")
    keyless = api.remember(httpx.post(api.http.base_url.join("/api/v1/jobs"), json=body, timeout=10))
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
    except (AssertionError, httpx.HTTPError, OSError, KeyError, ValueError, NoSocket, ConnectionClosed) as error:
        passed, measured = False, f"{type(error).__name__}: {error}"
    seconds = round(time.monotonic() - started, 1)
    tell(f"{'pass' if passed else 'FAIL'}  {name:<32}{seconds:6.1f} s  {measured}")
    return {"scenario": name, "passed": passed, "measured": measured, "seconds": seconds}


def run_scenarios(api: Api, tell: Callable[[str], None]) -> list[dict[str, Any]]:
    return [attempt(name, partial(scenario, api), tell) for name, scenario in SCENARIOS.items()]


def evaluate(url: str, key: str, tell: Callable[[str], None]) -> list[dict[str, Any]]:
    """Another's system: leave nothing behind, whatever comes of the scenarios."""
    api = Api(url, key)
    results: list[dict[str, Any]] = []
    with api.http:
        api.note_errors()
        try:
            results += run_scenarios(api, tell)
        except KeyboardInterrupt:
            tell(f"  tidying up; once more leaves the jobs with the tag {api.run} where they are")
            raise
        finally:
            results.append(attempt("nothing is left behind", partial(tidy, api), tell))
    return results


def tidy(api: Api) -> str:
    """Delete the jobs made here and resolve their errors. One that cannot be tidied up keeps none of the others."""
    jobs = set(api.made)
    # By the tag, those whose answer did not come.
    faults = collected(lambda run: jobs.update(api.tagged(run)), [api.run])
    faults += collected(partial(cancel, api), jobs)
    until = time.monotonic() + WAIT_SECONDS
    # One that does not end in time is refused below, by its name.
    faults += collected(lambda one: wait_until(partial(is_over, api, one), until - time.monotonic(), every=0.1), jobs)
    failures: Counter[str] = Counter()
    faults += collected(lambda one: failures.update(failures_of(api, one)), jobs)
    faults += collected(lambda one: api.ask("DELETE", f"/jobs/{one}", 404), jobs)
    faults += collected(lambda one: resolve(api, one, failures[one]), failures)
    left: list[str] = []
    faults += collected(lambda run: left.extend(api.tagged(run)), [api.run])
    faults += [f"the job {one} is still there" for one in left]
    expect(not faults, f"{len(faults)} faults: {'; '.join(faults)}")
    return f"{len(jobs)} jobs deleted, {len(failures)} errors seen to"


def collected(act: Callable[[str], object], names: Iterable[str]) -> list[str]:
    """Do it with each, and return what went wrong."""
    faults = []
    for name in names:
        try:
            act(name)
        except (AssertionError, httpx.HTTPError, ValueError) as error:
            faults.append(str(error))
    return faults


def cancel(api: Api, job_id: str) -> None:
    # 409: it is over. 404, here and below: somebody else has deleted it.
    api.ask("POST", f"/jobs/{job_id}/cancel", 409, 404)


def is_over(api: Api, job_id: str) -> bool:
    answer = api.ask("GET", f"/jobs/{job_id}", 404)
    return answer.status_code == 404 or answer.json()["state"] in FINAL


def failures_of(api: Api, job_id: str) -> list[str]:
    """The fingerprint of each of its attempts that failed."""
    answer = api.ask("GET", f"/jobs/{job_id}/attempts", 404)
    attempts = [] if answer.status_code == 404 else answer.json()["items"]
    return [attempt["fingerprint"] for attempt in attempts if attempt["fingerprint"]]


def resolve(api: Api, fingerprint: str, failures: int) -> None:
    """Resolve a group of errors that these failures opened, unless it was open before or others failed so meanwhile."""
    # One that was not there is opened by a failure as one that was resolved is.
    before = api.errors_before.get(fingerprint, {"count": 0, "status": "resolved"})

    def more() -> int:
        answer = api.ask("GET", f"/errors/{fingerprint}", 404)
        return 0 if answer.status_code == 404 else int(answer.json()["count"]) - int(before["count"])

    # A failure is counted after it is recorded.
    counted = wait_until(lambda: more() >= failures, WAIT_SECONDS, every=0.1)
    expect(counted, f"the error {fingerprint} was counted {more()} times, not {failures}")
    group = api.get(f"/errors/{fingerprint}")
    if before["status"] == "resolved" and group["status"] == "open" and more() == failures:
        api.ask("POST", f"/errors/{fingerprint}/resolve")


def evaluate_own(tell: Callable[[str], None]) -> list[dict[str, Any]]:
    """A system of our own, started twice on the same data: its history must survive."""
    with temporary_data() as data:
        with own_system(data) as (url, key):
            api = Api(url, key)
            with api.http:
                results = run_scenarios(api, tell)
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
    tell = partial(print, file=sys.stderr, flush=True) if asked.json else say
    try:
        results = evaluate(asked.url, asked.key, tell) if asked.url else evaluate_own(tell)
    except Refusal as refusal:
        return refuse("local/evaluate", refusal)
    except (ChildDied, httpx.HTTPError, json.JSONDecodeError) as error:
        return refuse("local/evaluate", Refusal(str(error)))
    except KeyboardInterrupt:
        return INTERRUPTED
    if asked.json:
        say(json.dumps(results, indent=2))
    return 0 if all(result["passed"] for result in results) else 1


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt  # so that what was made is deleted then, too


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _interrupt)
    sys.exit(main(sys.argv[1:]))
