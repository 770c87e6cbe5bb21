"""Jobs: submit, list, read, and what may be asked of one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated
from unicodedata import normalize
from urllib.parse import quote

from flask import Blueprint, Response, request
from pydantic import Field, TypeAdapter, model_validator

from functions.app import as_function
from functions.endpoint import caller, endpoint, idempotent_request, raw_body, read_body
from trajectory import acts, lifecycle, views
from trajectory.act_schemas import PriorityChange, Retry
from trajectory.errors import InvalidSubmission
from trajectory.facet_schemas import HistogramBy, JobFacets, JobHistogram
from trajectory.job_export import export_jobs
from trajectory.repeats import Fate
from trajectory.rows import MEDIA_TYPES, TextFormat
from trajectory.schemas import (
    MAX_BATCH,
    ArtifactList,
    AttemptList,
    BatchAccepted,
    Job,
    LogPage,
    Moment,
    Submission,
    SubmissionBatch,
    Waiting,
    Wire,
)
from trajectory.selection import JobCounts, JobPage, JobQuery

if TYPE_CHECKING:
    from uuid import UUID

blueprint = Blueprint("jobs", __name__, url_prefix="/api/v1/jobs")

BATCH_BODY_BYTES = 32 * 1024 * 1024
COUNTED_TO = 10_000
MOST_OF_A_HISTOGRAM = timedelta(days=366)
_FATES: dict[Fate, dict[str, str]] = {
    Fate.NEW: {},
    Fate.REPEATED: {"Idempotent-Replayed": "true"},
    Fate.KEPT: {"Unique-Replayed": "true"},
    Fate.REPLACED: {"Unique-Replaced": "true"},
}


class JobListQuery(JobQuery):
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[str | None, Field(description="`next_cursor` of the page before")] = None


class HistogramQuery(JobQuery):
    """The span (24 hours up to now if none is given) in place of when jobs were created."""

    start: Annotated[Moment | None, Field(alias="from")] = None
    end: Annotated[Moment | None, Field(alias="to")] = None
    by: HistogramBy = "state"

    @model_validator(mode="after")
    def _sensible(self) -> HistogramQuery:
        start, end = self.span()
        if start >= end:
            raise ValueError("`from` must be before `to`")
        if end - start > MOST_OF_A_HISTOGRAM:
            raise ValueError(f"a histogram covers at most {MOST_OF_A_HISTOGRAM.days} days")
        return self

    def span(self) -> tuple[datetime, datetime]:
        end = self.end or datetime.now(UTC)
        return self.start or end - timedelta(days=1), end


class ExportQuery(JobQuery):
    format: TextFormat


class LogQuery(Wire):
    after: Annotated[int, Field(ge=0, description="`next_after` of the answer before")] = 0
    limit: Annotated[int, Field(ge=1, le=1000)] = 1000


@blueprint.post("")
@endpoint(body=Submission, answer=Job, status=201)
def submit(body: Submission) -> tuple[Job, dict[str, str], int]:
    """Submit one job. 200 and a header that says why, when it made no new one."""
    job, fate = lifecycle.submit_request(body, created_by=caller().name, request=idempotent_request())
    return job, {"Location": f"/api/v1/jobs/{job.id}", **_FATES[fate]}, 201 if fate is Fate.NEW else 200


@blueprint.post("/batch")
@endpoint(body=None, answer=BatchAccepted, status=201, body_limit=BATCH_BODY_BYTES)
def submit_batch() -> tuple[BatchAccepted, dict[str, str], int]:
    """Submit up to 10,000 jobs, all or none: `{"jobs": [...]}`, or a job a line as application/x-ndjson."""
    jobs = _ndjson() if request.mimetype == "application/x-ndjson" else read_body(SubmissionBatch).jobs
    batch_id, ids, fate = lifecycle.submit_batch_request(jobs, created_by=caller().name, request=idempotent_request())
    accepted = BatchAccepted.model_construct(count=len(ids), ids=ids, batch_id=batch_id)
    return accepted, _FATES[fate], 201 if fate is Fate.NEW else 200


def _ndjson() -> list[Submission]:
    lines = [line for line in raw_body().splitlines() if line.strip()]
    if not 0 < len(lines) <= MAX_BATCH:
        raise InvalidSubmission(f"a batch is 1 to {MAX_BATCH} jobs, one a line; this has {len(lines)}")
    validate = TypeAdapter(Submission).validate_json
    return [lifecycle.parse(validate, line, f"/jobs/{index}") for index, line in enumerate(lines)]


@blueprint.get("")
@endpoint(query=JobListQuery, answer=JobPage)
def list_jobs(query: JobListQuery) -> JobPage:
    """Jobs that match, newest first."""
    return views.jobs(query.chosen(), limit=query.limit, cursor=query.cursor)


@blueprint.get("/counts")
@endpoint(query=JobQuery, answer=JobCounts)
def count_jobs(query: JobQuery) -> JobCounts:
    """How many jobs match in each state, counted no further than `counted_to`; a filter on state is left aside."""
    return views.job_counts(query.chosen(), up_to=COUNTED_TO)


@blueprint.get("/facets")
@endpoint(query=JobQuery, answer=JobFacets)
def facets(query: JobQuery) -> JobFacets:
    """The values of state, priority, task, source and tag among the jobs that match, with counts."""
    return views.facets(query.chosen())


@blueprint.get("/histogram")
@endpoint(query=HistogramQuery, answer=JobHistogram)
def histogram(query: HistogramQuery) -> JobHistogram:
    """When the jobs that match were created, by state or priority; `created_after` and `_before` are left aside."""
    start, end = query.span()
    return views.histogram(query.chosen(), start=start, end=end, by=query.by)


@blueprint.get("/export")
@endpoint(query=ExportQuery, answer=None, media_type="text/csv")
def export(query: ExportQuery) -> Response:
    """Every job that matches, newest first, as CSV or JSON Lines. Takes a ticket in place of a key."""
    response = Response(export_jobs(query.chosen(), query.format), content_type=MEDIA_TYPES[query.format])
    name = f"jobs-{datetime.now(UTC):%Y-%m-%d-%H%M%S}.{query.format}"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


@blueprint.get("/<uuid:job_id>")
@endpoint(answer=Job)
def get_job(job_id: UUID) -> Job:
    """One job, whole."""
    return views.job(job_id)


@blueprint.get("/<uuid:job_id>/waiting")
@endpoint(answer=Waiting)
def waiting(job_id: UUID) -> Waiting:
    """Why a job waits, its place, and when it may start. 409 `not_waiting` once it does not."""
    return views.waiting(job_id)


@blueprint.get("/<uuid:job_id>/attempts")
@endpoint(answer=AttemptList)
def list_attempts(job_id: UUID) -> AttemptList:
    """Every attempt of a job, oldest first."""
    return views.attempts(job_id)


@blueprint.get("/<uuid:job_id>/logs")
@endpoint(query=LogQuery, answer=LogPage)
def list_logs(job_id: UUID, query: LogQuery) -> LogPage:
    """Log lines after a number."""
    return views.log(job_id, after=query.after, limit=query.limit)


@blueprint.get("/<uuid:job_id>/artifacts")
@endpoint(answer=ArtifactList)
def list_artifacts(job_id: UUID) -> ArtifactList:
    """The files that a job left."""
    return views.artifacts(job_id)


@blueprint.get("/<uuid:job_id>/artifacts/<name>")
@endpoint(answer=None, media_type="application/octet-stream")
def artifact(job_id: UUID, name: str) -> Response:
    """One file. Takes a ticket in place of a key, so that a link can lead to it."""
    found, pieces = views.open_artifact(job_id, name)
    response = Response(pieces, content_type=found.media_type)
    response.headers["Content-Length"] = str(found.size_bytes)
    # Never shown in place: a file that a job made must not act with the rights of who looks at it.
    response.headers.set("Content-Disposition", "attachment", **_file_name(found.name))
    return response


def _file_name(name: str) -> dict[str, str]:
    """The name as a header may say it: with other letters than ASCII it is written twice (RFC 6266)."""
    if name.isascii():
        return {"filename": name}
    plain = normalize("NFKD", name).encode("ascii", "ignore").decode()
    return {"filename": plain, "filename*": f"UTF-8''{quote(name, safe='')}"}


@blueprint.post("/<uuid:job_id>/cancel")
@endpoint(answer=Job)
def cancel(job_id: UUID) -> Job:
    """Cancel a job: a waiting one at once; a running one is asked to stop, and killed when it does not."""
    return acts.cancel(job_id)


@blueprint.post("/<uuid:job_id>/retry")
@endpoint(body=Retry, body_is_optional=True, answer=Job)
def retry(job_id: UUID, body: Retry) -> Job:
    """Queue a failed or cancelled job again, changed if asked. 409 `unique_key_waits` while one of its key waits."""
    return acts.retry(job_id, params=body.params, priority=body.priority)


@blueprint.post("/<uuid:job_id>/run-now")
@endpoint(answer=Job)
def run_now(job_id: UUID) -> Job:
    """Queue a job that is due later."""
    return acts.run_now(job_id)


@blueprint.post("/<uuid:job_id>/priority")
@endpoint(body=PriorityChange, answer=Job)
def set_priority(job_id: UUID, body: PriorityChange) -> Job:
    """Give a waiting job another priority; a queued one goes to the end of its new queue."""
    return acts.set_priority(job_id, body.priority)


@blueprint.delete("/<uuid:job_id>")
@endpoint(answer=None, status=204)
def delete(job_id: UUID) -> None:
    """Forget a final job with its attempts, log and files."""
    acts.delete(job_id)


handler = as_function(blueprint)
