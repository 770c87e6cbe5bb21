"""The questions: what handlers answer without changing anything. The verbs are in `lifecycle`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis import RedisError
from sqlalchemy.exc import SQLAlchemyError

from trajectory.artifacts import artifact_key
from trajectory.errors import NotFound
from trajectory.feed import read_events
from trajectory.parts import parts
from trajectory.schemas import (
    Artifact,
    ArtifactList,
    AttemptList,
    Events,
    Job,
    LogPage,
    Part,
    QueueList,
    Readiness,
    TaskList,
    Waiting,
    WorkerList,
)
from trajectory.selection import JobCounts, JobPage
from trajectory.store import reports
from trajectory.store.counting import count_jobs
from trajectory.store.dispatch import dispatcher_age_seconds
from trajectory.store.facets import read_facets
from trajectory.store.fleet import list_tasks, list_workers, slots_by_queue
from trajectory.store.histogram import read_histogram
from trajectory.store.jobs import get_job, list_artifacts, list_attempts, list_log_lines
from trajectory.store.lanes import read_lanes
from trajectory.store.listing import list_jobs
from trajectory.store.waiting import read_facts
from trajectory.waiting import COUNT_TO, explain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from uuid import UUID

    from trajectory.facet_schemas import HistogramBy, JobFacets, JobHistogram
    from trajectory.lane_schemas import Lanes
    from trajectory.stats_schemas import Stats
    from trajectory.store.filters import JobFilter

_GONE_WORKERS_SHOWN_SECONDS = 600.0
_DISPATCHER_FRESH_SECONDS = 15.0


def job(job_id: UUID) -> Job:
    with parts().engine.connect() as connection:
        found = get_job(connection, job_id)
    if found is None:
        raise NotFound(f"there is no job {job_id}")
    return found


def waiting(job_id: UUID) -> Waiting:
    """Why a job waits, and when it may start. Raises `NotFound` or `NotWaiting`."""
    ages_after = parts().settings.ages_after_seconds
    with parts().engine.connect() as connection:
        facts = read_facts(connection, job_id, count_to=COUNT_TO, ages_after=ages_after)
    if facts is None:
        raise NotFound(f"there is no job {job_id}")
    return explain(facts)


def jobs(chosen: JobFilter, *, limit: int, cursor: str | None) -> JobPage:
    with parts().engine.connect() as connection:
        page = list_jobs(connection, chosen, limit=limit, cursor=cursor)
    return JobPage(items=page.items, next_cursor=page.next_cursor, searched_to=page.searched_to)


def job_counts(chosen: JobFilter, *, up_to: int) -> JobCounts:
    with parts().engine.connect() as connection:
        counts, complete = count_jobs(connection, chosen, up_to=up_to)
    return JobCounts(counts=counts, counted_to=up_to, complete=complete)


def facets(chosen: JobFilter) -> JobFacets:
    with parts().engine.connect() as connection:
        return read_facets(connection, chosen)


def histogram(chosen: JobFilter, *, start: datetime, end: datetime, by: HistogramBy) -> JobHistogram:
    with parts().engine.connect() as connection:
        return read_histogram(connection, chosen, start=start, end=end, by=by)


def attempts(job_id: UUID) -> AttemptList:
    job(job_id)
    with parts().engine.connect() as connection:
        return AttemptList(items=list_attempts(connection, job_id))


def log(job_id: UUID, *, after: int, limit: int) -> LogPage:
    job(job_id)
    with parts().engine.connect() as connection:
        lines = list_log_lines(connection, job_id, after=after, limit=limit)
    return LogPage(items=lines, next_after=lines[-1].number if lines else after)


def artifacts(job_id: UUID) -> ArtifactList:
    job(job_id)
    with parts().engine.connect() as connection:
        return ArtifactList(items=list_artifacts(connection, job_id))


def open_artifact(job_id: UUID, name: str) -> tuple[Artifact, Iterator[bytes]]:
    """An artifact and its bytes in pieces. Raises `NotFound`."""
    for artifact in artifacts(job_id).items:
        if artifact.name == name:
            return artifact, parts().artifacts.read(artifact_key(job_id, artifact.attempt, name))
    raise NotFound(f"job {job_id} has no file {name!r}")


def tasks() -> TaskList:
    with parts().engine.connect() as connection:
        return TaskList(items=list_tasks(connection))


def queues() -> QueueList:
    with parts().engine.connect() as connection:
        return QueueList(items=reports.list_queues(connection))


def workers() -> WorkerList:
    with parts().engine.connect() as connection:
        return WorkerList(items=list_workers(connection, gone_for_seconds=_GONE_WORKERS_SHOWN_SECONDS))


def stats(*, start: datetime, end: datetime, bucket_seconds: int, by: reports.By) -> Stats:
    with parts().engine.connect() as connection:
        return reports.read_stats(connection, start=start, end=end, bucket_seconds=bucket_seconds, by=by)


def lanes(*, start: datetime, end: datetime) -> Lanes:
    with parts().engine.connect() as connection:
        return read_lanes(connection, start=start, end=end)


def totals() -> dict[str, dict[str, int]]:
    """What ever happened, by priority: submitted, succeeded, failed, cancelled, retried."""
    with parts().engine.connect() as connection:
        return reports.read_totals(connection)


def events(after: str | None, *, wait_seconds: float) -> Events:
    return read_events(parts().feed, parts().engine, after, wait_seconds=wait_seconds)


def readiness() -> Readiness:
    """Whether everything that is needed to take jobs and run them is there."""
    found = {"redis": _redis()}
    try:
        with parts().engine.connect() as connection:
            age = dispatcher_age_seconds(connection)
            slots = sum(slots_by_queue(connection).values())
    except SQLAlchemyError as error:
        found["postgresql"] = Part(state="down", detail=str(error).splitlines()[0])
    else:
        found["postgresql"] = Part(state="ok", detail="answers")
        alive = age is not None and age < _DISPATCHER_FRESH_SECONDS
        detail = "never seen" if age is None else f"seen {age:.0f} s ago"
        found["dispatcher"] = Part(state="ok" if alive else "down", detail=detail)
        found["worker"] = Part(state="ok" if slots else "down", detail="serves" if slots else "no worker lives")
    ready = all(part.state == "ok" for part in found.values())
    return Readiness(status="ready" if ready else "not ready", parts=found)


def _redis() -> Part:
    try:
        parts().feed.ping()
    except RedisError as error:
        return Part(state="down", detail=str(error))
    return Part(state="ok", detail="answers")
