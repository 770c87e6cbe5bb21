"""Load: jobs of mixed priorities submitted at a steady rate, through the HTTP API or from Python, and the answers."""

from __future__ import annotations

import itertools
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Self

from trajectory import submit
from trajectory.priorities import RANKED

if TYPE_CHECKING:
    from concurrent.futures import Future

    from tests.chaos.api import Api
    from trajectory.priorities import Priority

RATE = 200
_SENDERS = 32


class Answer(NamedTuple):
    """What came of one submission. Monotonic times; `status` is 0 when nobody answered, for the reason `why`."""

    sent_at: float
    answered_at: float
    status: int
    job_id: str | None = None
    retry_after: str | None = None
    why: str = ""


@dataclass
class Load:
    """Submits while the block runs. Each sender has its turns at fixed times, and catches up when it was held up."""

    api: Api | None  # without it, from Python
    seconds: float = 0.002  # of each job
    rate: float = RATE
    answers: list[Answer] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)
    _senders: list[Future[None]] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._pool = ThreadPoolExecutor(_SENDERS)
        begins_at = time.monotonic()
        self._senders = [self._pool.submit(self._send, begins_at, number) for number in range(_SENDERS)]
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._pool.shutdown()
        for sender in self._senders:
            sender.result()

    def run_for(self, seconds: float) -> None:
        """Go on submitting for so long."""
        self._over.wait(seconds)

    def accepted(self) -> list[Answer]:
        return [answer for answer in self.answers if answer.status == 201]

    def refused(self) -> list[Answer]:
        return [answer for answer in self.answers if answer.status != 201]

    def slowest(self, share: float) -> float:
        """The percentile of the seconds that submissions took, from when they were sent."""
        ordered = sorted(answer.answered_at - answer.sent_at for answer in self.answers)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)]

    def _send(self, begins_at: float, number: int) -> None:
        for turn in itertools.count():
            planned_at = begins_at + (turn * _SENDERS + number) / self.rate
            if self._over.wait(max(0.0, planned_at - time.monotonic())):
                return
            priority = RANKED[(turn + number) % len(RANKED)]
            sent_at = time.monotonic()
            status, *rest = self._post(priority) if self.api else self._submit(priority)
            self.answers.append(Answer(sent_at, time.monotonic(), status, *rest))

    def _submit(self, priority: Priority) -> tuple[int, str]:
        return 201, str(submit("chaos.work", {"seconds": self.seconds}, priority=priority).id)

    def _post(self, priority: Priority) -> tuple[int, str | None, str | None, str]:
        body = {"task": "chaos.work", "params": {"seconds": self.seconds}, "priority": priority.value}
        answer = self.api.post("/api/v1/jobs", body)
        return answer.status, answer.body.get("id"), answer.retry_after, answer.why
