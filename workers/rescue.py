"""The rule for jobs whose slot or worker went away: they are given back, and wake another slot.

Who notices: a worker's parent process notices a dead slot at once (`membership`); the dispatcher notices a worker that
is silent (`dispatcher.lost`). What becomes of the job is decided by `states.state_after`.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import structlog

from trajectory.parts import parts
from trajectory.priorities import RANKED, of_rank
from trajectory.store.claims import record_finished
from workers.outcomes import given_back

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trajectory.states import Outcome
    from trajectory.store.fleet import Held

log = structlog.get_logger(__name__)


def give_back(held: Sequence[Held], outcome: Outcome) -> int:
    """End the attempts of these jobs with `outcome`: how many still were where they were thought to be."""
    if not held:
        return 0
    by_claim = defaultdict(list)
    for job in held:
        by_claim[job.claim].append(given_back(job, outcome))
    moved: set[str] = set()
    with parts().engine.connect() as connection:
        for claim, ends in by_claim.items():
            moved |= record_finished(connection, claim, ends)
    parts().announcer.add(moved)
    for priority in RANKED:
        if jobs := sum(job.id in moved and of_rank(job.priority) is priority for job in held):
            parts().wake(priority, jobs=jobs)
    log.warning("jobs were given back", outcome=outcome, jobs=sorted(moved))
    return len(moved)
