"""The wire shapes of what is asked of a job or a worker that is there."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from trajectory.priorities import Priority
from trajectory.schemas import Wire

MAX_SLOTS = 64


class Retry(Wire):
    """What to change before a job is tried again; what is left out stays as it is."""

    params: dict[str, Any] | None = None
    priority: Priority | None = None


class PriorityChange(Wire):
    priority: Priority


class Resize(Wire):
    slots: Annotated[int, Field(ge=1, le=MAX_SLOTS)]
