"""Celery alone, as its users write it: an application and a task. `celery -A bench.celery_work worker`."""

from __future__ import annotations

import os

from celery import Celery

from bench.tally import count

app = Celery("celery_alone", broker=os.environ["BENCH_CELERY_BROKER"])
app.conf.update(
    task_ignore_result=True,
    task_acks_late=False,
    worker_prefetch_multiplier=4,
    worker_send_task_events=False,
)


@app.task(name="noop", ignore_result=True)
def noop(_payload: str) -> None:
    count()
