"""This project: a worker, the dispatcher and, for the rows about HTTP, the API; all as they are deployed."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, Self

from bench.contest import PAYLOAD, SLOTS, Processes
from bench.web import answers
from local.servers import free_port
from local.steps import Refusal
from local.waiting import wait_until
from trajectory import lifecycle
from trajectory.keys import create_key
from trajectory.parts import parts
from trajectory.priorities import Priority
from trajectory.schemas import MAX_BATCH, Submission
from trajectory.settings import settings
from trajectory.states import JobState
from trajectory.store.fleet import slots_by_queue
from trajectory.store.schema import upgrade

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psutil

    from bench.contest import Place

# Jobs as a submission leaves them, made where they lie: a million take seconds.
_SEED = """
INSERT INTO jobs (id, task, params, max_retries, created_by, priority, run_at, state)
SELECT uuidv7(), 'bench.noop', jsonb_build_object('payload', %s::text), 3, 'bench', 1,
    clock_timestamp() + make_interval(days => %s), %s
FROM generate_series(1, %s)
"""

_COUNTED_SECONDS = 60


class Ours:
    def __init__(self, place: Place, task: str = "bench.noop") -> None:
        self.place = place
        self._task = task
        self._environment = {
            "DATABASE_URL": place.database_url("trajectory"),
            "REDIS_URL": place.redis_url(0),
            "TRAJECTORY_TASKS": "bench.work",
            "TRAJECTORY_ARTIFACTS": str(place.folder / "artifacts"),
            # Slots that are held for some seconds must not be taken for lost.
            "TRAJECTORY_LOST_AFTER": "600",
        }
        self._processes = Processes(place, self._environment)

    def __enter__(self) -> Self:
        # This process submits too, and reads its settings from the environment like any other.
        os.environ.update(self._environment)
        settings.cache_clear()
        parts.cache_clear()
        upgrade(parts().engine)
        self._execute("TRUNCATE jobs, workers, error_groups CASCADE")
        self._execute("TRUNCATE stats, stats_durations, stats_rolled, stats_durations_rolled")
        self.place.tally.forget_processes()
        self._processes.start("dispatcher", "-m", "workers.dispatcher")
        self._processes.start(
            "worker",
            *("-m", "celery", "-A", "workers.app", "worker", "-Q", "high,medium,low", "-c", str(SLOTS)),
            *("--without-mingle", "--without-gossip"),
            ready=self._slots_are_known,
        )
        # Who submits looks at the number of slots every two seconds; start with one who knows them.
        parts().close()
        parts.cache_clear()
        return self

    def __exit__(self, *_: object) -> None:
        self._processes.stop()
        parts().close()

    def enqueue(self, jobs: int) -> None:
        submission = Submission(task=self._task, params={"payload": PAYLOAD})
        for first in range(0, jobs, MAX_BATCH):
            lifecycle.submit_batch([submission] * min(MAX_BATCH, jobs - first))

    def seed(self, jobs: int, *, due_in_days: int = 0) -> None:
        """Enqueue very many jobs, and leave all as it soon would be: vacuumed, and counted in the statistics."""
        values = (PAYLOAD, due_in_days, JobState.SCHEDULED if due_in_days else JobState.QUEUED, jobs)
        # Not a statement of the service: the limit on those does not count.
        self._execute("SET statement_timeout = 0", (_SEED, values), "VACUUM ANALYZE jobs")
        if not wait_until(self._is_counted, _COUNTED_SECONDS):
            raise Refusal(f"the dispatcher did not count {jobs} jobs in {_COUNTED_SECONDS} s")
        parts().wake(Priority.MEDIUM, jobs=SLOTS)

    def is_recorded(self) -> bool:
        # Each by its index: a look at the whole table, beside millions of jobs, would slow what is being measured.
        statement = """
            SELECT (SELECT id FROM jobs WHERE state = 'queued' AND NOT held ORDER BY priority, run_at, id LIMIT 1)
                IS NOT NULL OR (SELECT claim FROM jobs WHERE state = 'running' ORDER BY claim LIMIT 1) IS NOT NULL
        """
        with parts().engine.connect() as connection:
            return not connection.exec_driver_sql(statement).scalar_one()

    def hold(self) -> None:
        self._processes.signal(signal.SIGSTOP, "worker")

    def release(self) -> None:
        self._processes.signal(signal.SIGCONT, "worker")

    def slot_bytes(self) -> list[int]:
        """The resident memory of each slot."""
        return [slot.memory_info().rss for slot in self._slots()]

    def start_api(self, **environment: str) -> str:
        """Start gunicorn: its address."""
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        # As `local/up` runs it: two processes on gevent. On threads it is a tenth slower or more.
        command = ["-m", "gunicorn", "--config", "functions/gunicorn.conf.py", "--bind", f"127.0.0.1:{port}"]
        self._processes.start("api", *command, ready=lambda: answers(f"{url}/health"), **environment)
        return url

    def key(self) -> str:
        return create_key(parts().engine, name="bench", role="admin")

    def _slots(self) -> Iterator[psutil.Process]:
        for process in self._processes.of("worker"):
            yield from process.children()

    def _slots_are_known(self) -> bool:
        with parts().engine.connect() as connection:
            return slots_by_queue(connection).get("medium", 0) == SLOTS

    def _is_counted(self) -> bool:
        """Whether the statistics have reached the newest job."""
        statement = """
            SELECT value::timestamptz > (SELECT created_at FROM jobs ORDER BY id DESC LIMIT 1)
            FROM instance WHERE name = 'counted_until'
        """
        with parts().engine.connect() as connection:
            return bool(connection.exec_driver_sql(statement).scalar_one_or_none())

    def _execute(self, *statements: str | tuple[str, tuple[object, ...]]) -> None:
        with parts().engine.connect() as connection:
            for statement in statements:
                text, values = statement if isinstance(statement, tuple) else (statement, None)
                connection.exec_driver_sql(text, values)
            connection.invalidate()  # with what was set on it
