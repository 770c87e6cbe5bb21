"""The Celery application of the workers: `celery -A workers.app worker -Q high,medium,low`."""

from __future__ import annotations

import os
import signal
import socket
from typing import TYPE_CHECKING, Any

import structlog
from billiard import active_children, current_process
from celery import signals
from uuid_utils.compat import uuid7

from trajectory.parts import parts
from trajectory.priorities import QUEUES, Priority
from trajectory.settings import settings
from trajectory.tasks import load
from trajectory.wakeups import DRAIN, celery_app
from workers.logs import configure_logs
from workers.membership import Membership
from workers.slot import Slot
from workers.tasks import BUILT_IN

if TYPE_CHECKING:
    from celery.worker import WorkController

app = celery_app(settings())
app.conf.worker_pool = "workers.pool:SlotPool"
load((*BUILT_IN, *settings().tasks))

log = structlog.get_logger(__name__)

# Made before the pool is forked, so that the slots know whose they are.
WORKER_ID = uuid7()


class _Process:
    """What this process is: the worker's parent has a membership, a slot has a slot."""

    membership: Membership | None = None
    slot: Slot | None = None


@app.task(name=DRAIN, ignore_result=True)
def drain() -> None:
    """Awake: run the best jobs there are."""
    slot = _this_slot()  # if this fails it holds nothing yet, and Celery logs it
    try:
        slot.drain(lambda priority: parts().wake(priority))
    except (KeyboardInterrupt, SystemExit):
        raise  # these end the process: the pool sees to it
    except BaseException:
        # What a task raises never comes here. Celery would log this and go on, and so would what the slot holds: it
        # would be `running` under the claim of a living process for ever, and nobody gives such a job back. A dead
        # process the heartbeat notices; what it held is `lost` and runs again. A job that is to blame then runs alone,
        # and fails after the third loss. At once, because on an orderly way out Python waits for threads of the task's.
        try:
            log.exception("a slot cannot go on; it ends, and what it holds is given back")
        finally:
            os._exit(1)


def _this_slot() -> Slot:
    if _Process.slot is None:
        index = getattr(current_process(), "index", 0)
        _Process.slot = Slot(settings(), worker_id=WORKER_ID, slot=index, queues=_served())
    return _Process.slot


def _served() -> list[Priority]:
    """The queues that this worker was told to serve, whatever their order on its command line."""
    return [Priority(name) for name in QUEUES if name in app.amqp.queues.consume_from]


@signals.setup_logging.connect
def _logging(**_: object) -> None:
    configure_logs(settings().log_level)


@signals.celeryd_after_setup.connect
def _join(instance: WorkController, **_: object) -> None:
    """Announce the worker and its tasks before its first slot claims."""
    _Process.membership = Membership(
        settings(),
        worker_id=WORKER_ID,
        name=instance.hostname,
        host=socket.gethostname(),
        queues=_served(),
        slots=instance.concurrency,
    )
    _Process.membership.join()


@signals.worker_ready.connect
def _begin_heartbeat(sender: Any, **_: object) -> None:
    assert _Process.membership is not None
    pool = sender.pool
    pool.on_resized = sender._update_prefetch_count
    _Process.membership.begin_heartbeat(
        # Not the pool's own list, which names a slot that has ended until Celery has cleaned up after it.
        living_pids=lambda: {slot.pid for slot in active_children()},
        slot_pids=lambda: {slot.index: slot.pid for slot in active_children() if hasattr(slot, "index")},
        count_slots=lambda: pool.size,
        resize=lambda slots: sender.hub.call_soon(pool.resize, slots),
    )


@signals.worker_process_init.connect
def _in_slot(**_: object) -> None:
    _Process.membership = None
    # Ctrl-C reaches the whole group; the parent decides what becomes of the slots.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@signals.worker_shutting_down.connect
def _shutting_down(how: str, **_: object) -> None:
    if _Process.membership is not None:
        _Process.membership.leave_within_grace() if how == "Warm" else _Process.membership.leave()


@signals.worker_shutdown.connect
def _left(**_: object) -> None:
    if _Process.membership is not None:
        _Process.membership.leave()
