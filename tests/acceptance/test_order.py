"""The order in which a backlog is drained, seen as a whole."""

from __future__ import annotations

import random
from itertools import pairwise

from local.waiting import wait_until
from trajectory.lifecycle import submit_batch
from trajectory.priorities import RANKED
from trajectory.schemas import Submission
from trajectory.states import JobState

# What a slot has claimed together runs 10 ms, or is given back after 50; the rest is room for a busy machine. The jobs
# of a priority take a second or more.
BATCH_SECONDS = 0.5


def test_a_mixed_backlog_is_drained_in_order_of_priority_with_no_overlap_beyond_a_batch(catalogue):
    system = catalogue
    chooser = random.Random(7)
    jobs = [
        Submission(
            task="test.note",
            params={"path": "/dev/null", "seconds": chooser.choice([0, 0, 0.001, 0.02])},
            priority=priority,
        )
        for priority in chooser.choices(RANKED, k=1500)
    ]
    submit_batch(jobs)
    system.start_worker(slots=2)
    system.start_dispatcher()
    assert wait_until(lambda: system.count(JobState.SUCCEEDED) == len(jobs), 60)

    with system.parts.engine.connect() as connection:
        spans = connection.exec_driver_sql(
            "SELECT priority, min(started_at), max(started_at) FROM jobs GROUP BY 1 ORDER BY 1"
        ).all()
    for (_, _, last_of_higher), (_, first_of_lower, _) in pairwise(spans):
        assert (last_of_higher - first_of_lower).total_seconds() < BATCH_SECONDS
