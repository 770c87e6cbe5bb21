"""Errors in groups: counted when a failure is recorded, and read without a look at the jobs.

A count is a statement of its own, after the failure is recorded. Many slots may fail with the same error at once and
all want the one row: whoever waits for it holds nothing that others want, and has it for as long as a statement takes,
because the commit does not wait for the disk. What that can cost is a count, when PostgreSQL crashes within the second.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

from trajectory.error_schemas import (
    STATUS_AFTER,
    ErrorAction,
    ErrorCounts,
    ErrorExample,
    ErrorGroup,
    ErrorHour,
    ErrorPage,
    ErrorRelease,
    WholeErrorGroup,
)
from trajectory.errors import InvalidCursor
from trajectory.store.filters import all_of, escape_like

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Row

    from trajectory.error_schemas import ErrorQuery, ErrorStatus
    from trajectory.fingerprints import Cause

_HOUR = timedelta(hours=1)
_HOURS_IN_LIST = 24
_HOURS_IN_GROUP = 7 * 24
_EXAMPLES = 10
_LOOKED_AT = 500
"""Of the jobs of a group, those that were queued again are no examples: so many are looked at."""


class Failure(NamedTuple):
    """One attempt that failed. `ago`: how many seconds."""

    cause: Cause
    ago: float
    message: str
    traceback: str | None


# Locks are taken in the order of fingerprints, hours before groups, by everyone who counts: nobody waits in a circle.
# A failure from before the group was resolved, which was only recorded after it, is no reason to open it again.
_COUNT = """
WITH failed AS MATERIALIZED (
    SELECT e.*, now() - e.last_ago * interval '1 second' AS last_at,
        now() - e.first_ago * interval '1 second' AS first_at
    FROM unnest(%(fingerprints)s::text[], %(tasks)s::text[], %(types)s::text[], %(shapes)s::text[], %(places)s::text[],
        %(counts)s::bigint[], %(first_ago)s::float8[], %(last_ago)s::float8[], %(messages)s::text[],
        %(tracebacks)s::text[]) AS e (fingerprint, task, error_type, shape, place, count, first_ago, last_ago, message,
        traceback),
        (SELECT set_config('synchronous_commit', 'off', true)) AS without_waiting (set)
    WHERE without_waiting.set IS NOT NULL
    ORDER BY e.fingerprint
), noted AS (
    INSERT INTO error_groups AS g (fingerprint, task, error_type, shape, place, count, first_seen_at, last_seen_at,
        sampled_at, sample_message, sample_traceback)
    SELECT fingerprint, task, error_type, shape, place, count, first_at, last_at, last_at, message, traceback
    FROM failed ORDER BY fingerprint
    ON CONFLICT (fingerprint) DO UPDATE SET
        count = g.count + excluded.count,
        first_seen_at = least(g.first_seen_at, excluded.first_seen_at),
        last_seen_at = greatest(g.last_seen_at, excluded.last_seen_at),
        status = CASE WHEN {regresses} THEN 'open' ELSE g.status END,
        regressed_at = CASE WHEN {regresses} THEN excluded.last_seen_at ELSE g.regressed_at END,
        sampled_at = CASE WHEN {is_old} THEN excluded.sampled_at ELSE g.sampled_at END,
        sample_message = CASE WHEN {is_old} THEN excluded.sample_message ELSE g.sample_message END,
        sample_traceback = CASE WHEN {is_old} THEN excluded.sample_traceback ELSE g.sample_traceback END
)
INSERT INTO error_hours AS h (fingerprint, hour, release, count)
SELECT fingerprint, date_trunc('hour', last_at), coalesce((
    SELECT workers.release FROM slots JOIN workers ON workers.id = slots.worker_id WHERE slots.claim = %(claim)s
), ''), count
FROM failed ORDER BY fingerprint
ON CONFLICT (fingerprint, hour, release) DO UPDATE SET count = h.count + excluded.count
""".format(
    regresses="g.status = 'resolved' AND excluded.last_seen_at > g.status_changed_at",
    is_old="g.sampled_at < excluded.sampled_at - interval '1 hour'"
    " OR g.status = 'resolved' AND excluded.last_seen_at > g.status_changed_at",
)


def count_failures(connection: Connection, claim: int, failures: Sequence[Failure]) -> None:
    """Count failures of the slot `claim`, which are recorded already."""
    in_order = sorted(failures, key=lambda failure: failure.cause.fingerprint)
    same = [list(group) for _, group in groupby(in_order, key=lambda failure: failure.cause.fingerprint)]
    latest = [min(group, key=attrgetter("ago")) for group in same]
    connection.exec_driver_sql(
        _COUNT,
        {
            "claim": claim,
            "fingerprints": [failure.cause.fingerprint for failure in latest],
            "tasks": [failure.cause.task for failure in latest],
            "types": [failure.cause.error_type for failure in latest],
            "shapes": [failure.cause.shape for failure in latest],
            "places": [failure.cause.place for failure in latest],
            "counts": [len(group) for group in same],
            "first_ago": [max(failure.ago for failure in group) for group in same],
            "last_ago": [failure.ago for failure in latest],
            "messages": [failure.message for failure in latest],
            "tracebacks": [failure.traceback for failure in latest],
        },
    )


def list_groups(connection: Connection, asked: ErrorQuery, *, limit: int, cursor: str | None) -> ErrorPage:
    """The last seen first, after the group that `cursor` names."""
    conditions, values = _where(asked)
    counted = connection.exec_driver_sql(
        f"SELECT status, count(*) AS groups FROM error_groups WHERE {all_of(conditions)} GROUP BY 1", values
    )
    counts = {"open": 0, "resolved": 0, "ignored": 0} | {row.status: row.groups for row in counted}
    if asked.status:
        conditions.append("status = ANY(%(statuses)s::text[])")
        values["statuses"] = list(asked.status)
    if cursor is not None:
        conditions.append("(last_seen_at, fingerprint) < (%(seen)s, %(after)s)")
        values["seen"], values["after"] = _parts_of(cursor)
    rows = connection.exec_driver_sql(
        f"""
        SELECT *, now() AS read_at FROM error_groups WHERE {all_of(conditions)}
        ORDER BY last_seen_at DESC, fingerprint DESC LIMIT %(limit)s
        """,
        {**values, "limit": limit + 1},
    ).all()
    page = rows[:limit]
    hours = _hours(connection, [row.fingerprint for row in page], _HOURS_IN_LIST)
    last = f"{page[-1].last_seen_at.isoformat()}_{page[-1].fingerprint}" if len(rows) > limit else None
    items = [ErrorGroup(**_fields(row, hours[row.fingerprint], _HOURS_IN_LIST)) for row in page]
    return ErrorPage(items=items, next_cursor=last, counts=ErrorCounts(**counts))


def get_group(connection: Connection, fingerprint: str) -> WholeErrorGroup | None:
    row = connection.exec_driver_sql(
        "SELECT *, now() AS read_at FROM error_groups WHERE fingerprint = %s", (fingerprint,)
    ).one_or_none()
    if row is None:
        return None
    examples = connection.exec_driver_sql(_EXAMPLES_OF, {"fingerprint": fingerprint}).all()
    hours = _hours(connection, [fingerprint], _HOURS_IN_GROUP)[fingerprint]
    latest = examples[0] if examples else None
    return WholeErrorGroup(
        **_fields(row, hours, _HOURS_IN_GROUP),
        sample_message=latest.error_message if latest else row.sample_message,
        traceback=latest.error_traceback if latest else row.sample_traceback,
        releases=_releases(connection, fingerprint),
        examples=[
            ErrorExample(
                job_id=one.job_id,
                attempt=one.attempt,
                failed_at=one.failed_at,
                message=one.error_message,
                state=one.state,
            )
            for one in examples
        ],
    )


def change_status(connection: Connection, fingerprint: str, status: ErrorStatus, *, changed_by: str | None) -> bool:
    """Whether there is such a group and it had another status."""
    statement = """
        UPDATE error_groups SET status = %(status)s, status_changed_at = now(), status_changed_by = %(by)s,
            regressed_at = NULL
        WHERE fingerprint = %(fingerprint)s AND status <> %(status)s
    """
    values = {"fingerprint": fingerprint, "status": status, "by": changed_by}
    return connection.exec_driver_sql(statement, values).rowcount == 1


# A failure that was followed by another attempt is in `attempts`, the others are in the jobs' own rows.
_EXAMPLES_OF = f"""
SELECT failed.*, jobs.state FROM (
    SELECT * FROM (
        (SELECT id AS job_id, attempt, finished_at AS failed_at, error_message, error_traceback FROM (
            SELECT * FROM jobs WHERE fingerprint = %(fingerprint)s ORDER BY id DESC LIMIT {_LOOKED_AT}
        ) AS newest WHERE outcome IS NOT NULL AND error_attempt = attempt)
        UNION ALL
        (SELECT job_id, attempt, finished_at, error_message, error_traceback FROM attempts
        WHERE fingerprint = %(fingerprint)s ORDER BY finished_at DESC LIMIT {_EXAMPLES})
    ) AS either ORDER BY failed_at DESC LIMIT {_EXAMPLES}
) AS failed JOIN jobs ON jobs.id = failed.job_id ORDER BY failed_at DESC
"""


def _releases(connection: Connection, fingerprint: str) -> list[ErrorRelease]:
    rows = connection.exec_driver_sql(
        """
        SELECT release, sum(count)::bigint AS count, min(hour) AS first_hour, max(hour) AS last_hour
        FROM error_hours WHERE fingerprint = %s AND release <> '' GROUP BY 1 ORDER BY 4 DESC, 3 DESC, 1 DESC
        """,
        (fingerprint,),
    ).mappings()
    return [ErrorRelease(**row) for row in rows]


def _hours(connection: Connection, fingerprints: Sequence[str], hours: int) -> dict[str, dict[datetime, int]]:
    """How many failures in each of the last hours, this one among them; hours without any are left out."""
    rows = connection.exec_driver_sql(
        """
        SELECT fingerprint, hour, sum(count)::bigint FROM error_hours
        WHERE fingerprint = ANY(%s::text[]) AND hour > now() - %s * interval '1 hour' GROUP BY 1, 2
        """,
        (list(fingerprints), hours),
    )
    found: dict[str, dict[datetime, int]] = defaultdict(dict)
    for fingerprint, hour, number in rows:
        found[fingerprint][hour] = number
    return found


def _fields(row: Row[Any], counts: dict[datetime, int], hours: int) -> dict[str, Any]:
    this_hour = row.read_at.replace(minute=0, second=0, microsecond=0)
    times = [this_hour - ago * _HOUR for ago in reversed(range(hours))]
    return {
        "fingerprint": row.fingerprint,
        "task": row.task,
        "type": row.error_type,
        "message": row.shape,
        "place": row.place,
        "status": row.status,
        "status_changed_at": row.status_changed_at,
        "status_changed_by": row.status_changed_by,
        "regressed_at": row.regressed_at,
        "count": row.count,
        "first_seen_at": row.first_seen_at,
        "last_seen_at": row.last_seen_at,
        "hours": [ErrorHour(at=at, count=counts.get(at, 0)) for at in times],
        "allowed_actions": [action for action in get_args(ErrorAction) if STATUS_AFTER[action] != row.status],
    }


def _where(asked: ErrorQuery) -> tuple[list[str], dict[str, Any]]:
    conditions: list[str] = []
    values: dict[str, Any] = {}
    if asked.task:
        conditions.append("task = ANY(%(tasks)s::text[])")
        values["tasks"] = list(asked.task)
    if asked.q is not None:
        conditions.append(
            "(error_type ILIKE %(like)s OR shape ILIKE %(like)s OR sample_message ILIKE %(like)s"
            " OR task ILIKE %(like)s OR place ILIKE %(like)s)"
        )
        values["like"] = f"%{escape_like(asked.q)}%"
    return conditions, values


def _parts_of(cursor: str) -> tuple[datetime, str]:
    seen, _, fingerprint = cursor.partition("_")
    try:
        return datetime.fromisoformat(seen), fingerprint
    except ValueError:
        raise InvalidCursor(f"{cursor!r} is not a cursor of this list") from None
