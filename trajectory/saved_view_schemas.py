"""Saved views: filters of the list of jobs under names. The wire shapes."""

from __future__ import annotations

from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field, model_validator

from trajectory.schemas import Text, Time, Wire
from trajectory.selection import JobQuery

Name = Annotated[Text, Field(min_length=1, max_length=100, pattern=r"\S")]


class NewSavedView(Wire):
    """A filter to be kept. `shared`: everybody sees it; else only whose key saved it."""

    name: Name
    filter: JobQuery
    shared: bool = False


class SavedViewChange(Wire):
    """What is to become different."""

    name: Name | None = None
    filter: JobQuery | None = None
    shared: bool | None = None

    @model_validator(mode="after")
    def _not_null(self) -> Self:
        if empty := [name for name in sorted(self.model_fields_set) if getattr(self, name) is None]:
            raise ValueError(f"{', '.join(empty)}: leave out what is to stay, null is no value")
        return self


class SavedView(Wire):
    """`owner`: the name of the key that saved it. `own`: it is the caller's, who alone may change it."""

    id: UUID
    name: str
    filter: Annotated[dict[str, Any], Field(description="As in GET /jobs; only what it sets")]
    shared: bool
    owner: str
    own: bool
    created_at: Time
    updated_at: Time


class SavedViewList(Wire):
    """The caller's own and those that others share, by name."""

    items: list[SavedView]
