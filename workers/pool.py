"""The pool of slots: Celery's prefork pool, which a person may make larger or smaller while it works.

Celery's own shrink ends a process that looks idle because its acceptance of a wake-up has not been read yet: by then
it may run a job. Here a slot that is one too many leaves when it certainly has ended what it ran.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from celery.concurrency.asynpool import AsynPool
from celery.concurrency.prefork import TaskPool

if TYPE_CHECKING:
    from collections.abc import Callable


class _Slots(AsynPool):
    """All of it runs in the thread of the event loop."""

    surplus = 0
    on_resized: Callable[[int], None]

    def resize(self, slots: int) -> None:
        """Start what is missing; end what is too much, each slot as soon as it has nothing to do."""
        self.surplus = max(self._processes - slots, 0)
        missing = slots - self._processes
        if missing > 0:
            self.grow(missing)
            self.maintain_pool()
            self.on_resized(missing)
        for slot in list(self._pool):
            # One whose queue is not known here is still starting.
            if slot.inqW_fd in self._all_inqueues and slot.inqW_fd not in self._busy_workers:
                self._dismiss(slot)

    def on_job_ready(self, job: Any, i: Any, obj: Any, inqueue: int) -> None:
        """Celery's hook: a slot has ended what it ran, and has not been handed anything since."""
        super().on_job_ready(job, i, obj, inqueue)
        slot = self._fileno_to_inq.get(inqueue)
        if slot is not None:
            self._dismiss(slot)

    def _dismiss(self, slot: Any) -> None:
        """End an idle slot if there is one too many."""
        if not self.surplus:
            return
        self.surplus -= 1
        self._processes -= 1
        self._putlock.shrink()
        self._busy_workers.add(slot.inqW_fd)  # nothing is handed to it any more
        slot.terminate_controlled()
        self.on_resized(-1)


class SlotPool(TaskPool):
    """What `worker_pool` names: the pool with which the worker is started."""

    Pool = _Slots

    @property
    def size(self) -> int:
        """How many slots there are, or will be when those that are starting have started."""
        size: int = self.num_processes if self._pool else 0
        return size

    def resize(self, slots: int) -> None:
        """Aim at so many slots. Call it in the thread of the event loop."""
        self._pool.resize(slots)

    @property
    def on_resized(self) -> Callable[[int], None]:
        """What is told of every change of size: by how many slots."""
        told: Callable[[int], None] = self._pool.on_resized
        return told

    @on_resized.setter
    def on_resized(self, told: Callable[[int], None]) -> None:
        self._pool.on_resized = told
