"""What one round measures: each figure by a function, each with contestants that it starts and stops itself."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import psycopg

from bench.celery_alone import CeleryAlone
from bench.contest import PAYLOAD, drain, wait_for, warm_up
from bench.history import ask
from bench.history import seed as seed_history
from bench.ours import Ours
from bench.pgqueuer_peer import Pgqueuer
from bench.site import measure_site
from bench.web import posts_per_second
from local.steps import Refusal
from local.waiting import wait_until
from trajectory import bulk, lifecycle
from trajectory.selection import BulkRequest, JobQuery
from trajectory.states import JobState

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.contest import Contestant, Place
    from bench.rows import Figures

JOBS = 20_000
DRAINS = 5
MANY = 1_000_000
WINDOW = 100_000
PICKUPS = 500
IDLE_SECONDS = 0.02
BATCH = 10_000
_ACT_SECONDS = 600

_SUBMISSION = {"task": "bench.noop", "params": {"payload": PAYLOAD}}


def measure_celery(place: Place) -> Figures:
    with CeleryAlone(place) as celery:
        return {"celery": drain(celery.start_worker(), JOBS)}


def measure_drain(place: Place) -> Figures:
    with Ours(place) as ours:
        return {"ours": drain(ours, JOBS, times=DRAINS)}


def measure_pgqueuer(place: Place) -> Figures:
    with Pgqueuer(place) as pgqueuer:
        return {"pgqueuer": drain(pgqueuer, JOBS, times=DRAINS)}


def measure_each(place: Place) -> Figures:
    with Ours(place, "bench.noop_each") as ours:
        return {"ours each": drain(ours, JOBS)}


def measure_backlog(place: Place) -> Figures:
    """100,000 of a million jobs, beside 100,000 that came 20,000 at a time: both in stretches of 20,000.

    A long stretch is slower than a short one whatever waits behind it, and the ratio is to say what the million does.
    """
    figures = {}
    for name, waiting in (("20,000", JOBS), ("million", MANY)):
        with Ours(place) as ours:
            warm_up(ours)
            seconds = 0.0
            for stretch in range(WINDOW // JOBS):
                ours.hold()
                if stretch == 0 or waiting == JOBS:
                    ours.seed(waiting)
                place.tally.reset()
                ours.release()
                # Whether all is recorded cannot be asked of a part; what is not yet is at most two claims.
                seconds += _ran_at(ours, JOBS) - place.tally.first_at()
                if waiting == JOBS:
                    wait_for(ours, JOBS)
            figures[name] = WINDOW / seconds
    return figures


def _ran_at(contestant: Contestant, jobs: int) -> float:
    tally = contestant.place.tally
    while tally.count() < jobs:
        time.sleep(0.002)
    return time.monotonic()


def measure_history(place: Place) -> Figures:
    """A drain beside nothing, then beside five million jobs that are over, and every question beside those."""
    with Ours(place) as ours:
        beside_none = drain(ours, JOBS, times=DRAINS)
        seed_history()
        beside_them = drain(ours, JOBS, times=DRAINS)
        slowest = max(ask().values())
    return {"beside none": beside_none, "beside 5 million": beside_them, "slowest question": slowest}


def measure_http(place: Place) -> Figures:
    """One job a request. Ours has a worker, whose wake-ups it keeps topped up, but the worker is held."""
    with Ours(place) as ours:
        url = ours.start_api()
        ours.hold()
        return {
            "http": posts_per_second(f"{url}/api/v1/jobs", _SUBMISSION, folder=place.folder, key=ours.key()),
        }


def measure_flask(place: Place) -> Figures:
    with CeleryAlone(place) as celery:
        return {"flask": posts_per_second(celery.start_api(), _SUBMISSION, folder=place.folder)}


def measure_batch(place: Place) -> Figures:
    """10,000 jobs a request. Which of the two processes gets a connection is chance: two might go to one.

    Many connections, so that neither has too few; long, because what is under way at the end is not counted.
    """
    with Ours(place) as ours:
        url = f"{ours.start_api()}/api/v1/jobs/batch"
        ours.hold()
        body = {"jobs": [_SUBMISSION] * BATCH}
        rate = posts_per_second(url, body, folder=place.folder, key=ours.key(), connections=16, seconds=30)
        return {"batch": rate * BATCH}


def measure_pickup(place: Place) -> Figures:
    with Ours(place) as ours:
        p50, p99 = _pickup(ours, _submit)
    return {"p50": p50, "p99": p99}


def measure_celery_pickup(place: Place) -> Figures:
    with CeleryAlone(place) as celery:
        p50, p99 = _pickup(celery.start_worker(), celery.submit)
    return {"celery p50": p50, "celery p99": p99}


def measure_committed_pickup(place: Place) -> Figures:
    """Celery as those use it who may not lose a job: its row is committed first, and then it is sent."""
    with (
        psycopg.connect(place.postgres.url, autocommit=True) as connection,
        CeleryAlone(place) as celery,
    ):
        connection.execute("CREATE TABLE IF NOT EXISTS sent (id uuid PRIMARY KEY, params text NOT NULL)")

        def submit() -> None:
            connection.execute("INSERT INTO sent VALUES (uuidv7(), %s)", (PAYLOAD,), prepare=True)
            celery.submit()

        p50, p99 = _pickup(celery.start_worker(), submit)
    return {"committed p50": p50, "committed p99": p99}


def _submit() -> None:
    lifecycle.submit("bench.noop", {"payload": PAYLOAD})


def _pickup(contestant: Contestant, submit: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds from just before a submission to the first line of its task, p50 and p99, one job at a time."""
    warm_up(contestant)
    tally = contestant.place.tally
    waits = []
    for number in range(PICKUPS):
        time.sleep(IDLE_SECONDS)
        submitted_at = time.monotonic()
        submit()
        wait_for(contestant, number + 1)
        waits.append(1000 * (tally.last_at() - submitted_at))
    waits.sort()
    return waits[len(waits) // 2], waits[len(waits) * 99 // 100]


def measure_bulk(place: Place) -> Figures:
    """One act cancels a million jobs: how fast, and how long jobs that come meanwhile wait, beside none."""
    with Ours(place) as ours:
        p50, _ = _pickup(ours, _submit)
        ours.seed(MANY, due_in_days=1)
        began_at = time.monotonic()
        begun = bulk.start(
            BulkRequest(action="cancel", filter=JobQuery(state=(JobState.SCHEDULED,))), created_by="bench"
        )
        beside_p50, beside_p99 = _pickup(ours, _submit)
        if bulk.act(begun.id).finished_at:
            raise Refusal("the act had ended before the last pick-up was measured")
        if not wait_until(lambda: bulk.act(begun.id).finished_at, _ACT_SECONDS, every=0.1):
            raise Refusal(f"the act had not ended after {_ACT_SECONDS} s")
        seconds = time.monotonic() - began_at
        if (ended := bulk.act(begun.id)).done != MANY:
            raise Refusal(f"of {MANY} jobs {ended.done} were cancelled: {ended.error}")
    return {"p50 alone": p50, "p50 beside an act": beside_p50, "p99 beside an act": beside_p99, "acted": MANY / seconds}


def measure_memory(place: Place) -> Figures:
    """By how much the slot that grows most grows from 20,000 jobs to 120,000."""
    with Ours(place) as ours:
        ours.enqueue(JOBS)
        wait_for(ours, JOBS)
        before = ours.slot_bytes()
        ours.enqueue(WINDOW)
        wait_for(ours, JOBS + WINDOW)
        after = ours.slot_bytes()
    return {
        "after 20,000": max(before) / 1e6,
        "after 120,000": max(after) / 1e6,
        "growth": max(late - early for early, late in zip(before, after, strict=True)) / 1e6,
    }


MEASURES: dict[str, tuple[Callable[[Place], Figures], ...]] = {
    "drain": (measure_drain, measure_celery, measure_pgqueuer),
    "each": (measure_each, measure_celery),
    "backlog": (measure_backlog,),
    "history": (measure_history,),
    "http": (measure_http, measure_flask),
    "batch": (measure_http, measure_batch),
    "pickup": (measure_pickup, measure_celery_pickup, measure_committed_pickup),
    "bulk": (measure_bulk,),
    "memory": (measure_memory,),
    "site": (measure_site,),
}
"""What each group of rows needs. One that two groups need is measured once a round."""
