"""Trajectory: a job service that keeps every job in PostgreSQL and lets Celery only wake its workers.

from trajectory import Run, Schedule, submit, task
"""

from trajectory.lifecycle import submit
from trajectory.priorities import Priority
from trajectory.run import Run
from trajectory.states import JobState
from trajectory.tasks import Schedule, task

__all__ = ["JobState", "Priority", "Run", "Schedule", "submit", "task"]
