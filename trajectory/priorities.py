"""The three priorities, their order and the names of their queues. Pure."""

from __future__ import annotations

from enum import StrEnum


class Priority(StrEnum):
    """Each priority has one queue of the same name."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def rank(self) -> int:
        """0 for high, 2 for low: the order in which slots choose, and the number that the database keeps."""
        return RANKED.index(self)


RANKED: tuple[Priority, ...] = (Priority.HIGH, Priority.MEDIUM, Priority.LOW)
QUEUES: tuple[str, ...] = tuple(priority.value for priority in RANKED)


def of_rank(rank: int) -> Priority:
    """The priority that the database keeps as `rank`."""
    return RANKED[rank]
