"""An installation under test: settings, real processes, and ways to wait for what should happen."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import httpx

from local.child import Child
from local.servers import free_port
from local.waiting import wait_until
from trajectory import acts, lifecycle, views
from trajectory.keys import create_key
from trajectory.parts import Parts, parts
from trajectory.settings import settings
from trajectory.states import FINAL, JobState
from trajectory.store.filters import JobFilter
from trajectory.store.fleet import list_workers

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    import pytest

    from trajectory.schemas import Attempt, Job

ROOT = Path(__file__).parent.parent


@dataclass
class System:
    """Stop everything that was started when the block ends."""

    database_url: str
    redis_url: str
    folder: Path
    monkeypatch: pytest.MonkeyPatch
    broker_url: str = ""
    tasks: str = "tests.work"
    artifacts: str = ""  # a folder of this installation unless it is set
    children: list[Child] = field(default_factory=list)

    def __enter__(self) -> Self:
        self.renew()
        return self

    def __exit__(self, *_: object) -> None:
        for child in self.children:
            child.ask_to_stop()
        for child in self.children:
            child.finish()
        parts().close()
        self._forget()

    def renew(self) -> None:
        """Let this process see what was changed here."""
        for name, value in self.environment().items():
            self.monkeypatch.setenv(name, value)
        self._forget()

    def moment(self) -> tuple[datetime, int]:
        """The database's time, and how many claims are under way: they cannot see what has been committed since."""
        with parts().engine.connect() as connection:
            now, in_flight = connection.exec_driver_sql("""
                SELECT clock_timestamp(), count(*) FROM pg_stat_activity WHERE datname = current_database()
                    AND application_name = 'trajectory-slot' AND state = 'active' AND query LIKE '%%SKIP LOCKED%%'
            """).one()
            return now, in_flight

    def count(self, state: JobState) -> int:
        return views.job_counts(JobFilter(), up_to=1_000_000).counts[state]

    @staticmethod
    def _forget() -> None:
        parts.cache_clear()
        settings.cache_clear()

    def environment(self) -> dict[str, str]:
        return {
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            "BROKER_URL": self.broker_url,
            "TRAJECTORY_TASKS": self.tasks,
            "TRAJECTORY_ARTIFACTS": self.artifacts or str(self.folder / "artifacts"),
            "TRAJECTORY_GRACE": "5",
        }

    @property
    def parts(self) -> Parts:
        return parts()

    def start(self, name: str, *arguments: str, ready: Callable[[], bool], **environment: str) -> Child:
        """Start a Python process of the installation and wait until it is ready."""
        child = Child(
            name,
            [sys.executable, *arguments],
            self.folder / f"{name}-{len(self.children)}.log",
            env=os.environ | self.environment() | {"PYTHONPATH": str(ROOT)} | environment,
            cwd=ROOT,
            is_ready=ready,
            patience_seconds=15,
        )
        child.start()
        self.children.append(child)
        child.wait_until_ready(30)
        return child

    def start_worker(self, *more: str, slots: int = 1, queues: str = "high,medium,low", **environment: str) -> Child:
        before = self.living_workers()
        command = ["-m", "celery", "-A", "workers.app", "worker", "-Q", queues, "-c", str(slots)]
        quick = ["--without-mingle", "--without-gossip", "-n", f"{len(self.children)}@%h"]
        return self.start(
            "worker",
            *command,
            *quick,
            *more,
            ready=lambda: self.living_workers() > before,
            **environment,
        )

    def living_workers(self) -> int:
        with parts().engine.connect() as connection:
            return sum(worker.state == "online" for worker in list_workers(connection, gone_for_seconds=0))

    def start_dispatcher(self, **environment: str) -> Child:
        return self.start(
            "dispatcher",
            "-m",
            "workers.dispatcher",
            ready=lambda: views.readiness().parts["dispatcher"].state == "ok",
            **environment,
        )

    def start_api(self, *more: str, **environment: str) -> str:
        """Start gunicorn: its address."""
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        command = ["-m", "gunicorn", "--config", "functions/gunicorn.conf.py", "--bind", f"127.0.0.1:{port}", *more]
        self.start("api", *command, ready=lambda: _answers(f"{url}/health"), **environment)
        return url

    def key(self) -> str:
        return create_key(parts().engine, name="test", role="admin")

    def submit(self, task: str, params: dict[str, Any] | None = None, **how: Any) -> Job:
        return lifecycle.submit(task, params, **how)

    def job(self, job_id: Any) -> Job:
        return views.job(job_id)

    def attempts(self, job_id: Any) -> list[Attempt]:
        return views.attempts(job_id).items

    def retry(self, job_id: Any) -> Job:
        return acts.retry(job_id)

    def wait(self, job: Any, until: Callable[[Job], bool] | None = None, seconds: float = 30) -> Job:
        """The job when the condition holds (by default: when it is final). Fails when it does not in time."""
        job_id = getattr(job, "id", job)
        condition = until or (lambda now: now.state in FINAL)
        held: list[Job] = []

        def holds() -> bool:
            held[:] = [self.job(job_id)]
            return condition(held[0])

        assert wait_until(holds, seconds), f"it is still {held[0]!r}"
        return held[0]


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2).status_code == 200
    except httpx.HTTPError:
        return False
