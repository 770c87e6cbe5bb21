"""Tasks: how a Python function becomes a kind of work that can be submitted.

class Params(BaseModel):
    rows: int

@task("import_rows", max_retries=5, timeout=600)
def import_rows(params: Params, run: Run) -> dict:
    ...
"""

from __future__ import annotations

import importlib
import inspect
import typing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from celery.utils.time import rate as parsed_rate
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import from_json, to_json

from trajectory.errors import InvalidTask
from trajectory.retries import MAX_BACKOFF_SECONDS, RetryPolicy
from trajectory.schedule_schemas import Name, NewSchedule, Terms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Commit = Literal["batch", "each"]


class NoParams(BaseModel):
    """The params of a task that takes none."""

    model_config = ConfigDict(extra="forbid")


class Schedule(Terms):
    """A schedule that is declared beside its task: `@task(..., schedules=[Schedule(cron="0 3 * * *")])`."""

    name: Name | None = None  # by default the task's


@dataclass(frozen=True)
class Task:
    """A registered kind of work.

    `timeout_seconds`: how long one attempt may run, or None. `commit="each"`: every attempt is recorded before
    the slot starts another job, for work that must not be repeated after a crash; "batch" lets short jobs share
    a commit. `max_running`: at most so many of its jobs run at a time, on all workers together. `rate_per_second`:
    at most so many start. `schedules`: those that are declared beside it.
    """

    name: str
    function: Callable[..., Any]
    params_model: type[BaseModel]
    takes_run: bool
    retry: RetryPolicy
    timeout_seconds: float | None
    commit: Commit
    max_running: int | None = None
    rate_per_second: float | None = None
    schedules: tuple[NewSchedule, ...] = ()

    @property
    def description(self) -> str:
        return inspect.getdoc(self.function) or ""

    def params_schema(self) -> dict[str, Any]:
        """The JSON schema (2020-12) of this task's params."""
        return self.params_model.model_json_schema()

    def announced(self) -> dict[str, Any]:
        """What a worker writes to the catalogue."""
        return {
            "name": self.name,
            "description": self.description,
            "params_schema": self.params_schema(),
            "defaults": {
                "max_retries": self.retry.max_retries,
                "timeout_seconds": self.timeout_seconds,
                "retry_backoff_max_seconds": self.retry.retry_backoff_max,
            },
            "max_running": self.max_running,
            "rate_per_second": self.rate_per_second,
        }

    def __call__(self, params: Any, run: Any) -> Any:
        return self.function(params, run) if self.takes_run else self.function(params)


_registry: dict[str, Task] = {}


def task(
    name: str,
    *,
    autoretry_for: Iterable[type[BaseException]] = (Exception,),
    dont_autoretry_for: Iterable[type[BaseException]] = (),
    max_retries: int = 3,
    retry_backoff: bool | int = True,
    retry_backoff_max: int = MAX_BACKOFF_SECONDS,
    retry_jitter: bool = True,
    default_retry_delay: int = MAX_BACKOFF_SECONDS,
    timeout: float | None = None,
    commit: Commit = "batch",
    max_running: int | None = None,
    rate: str | float | None = None,
    schedules: Iterable[Schedule] = (),
) -> Callable[[Callable[..., Any]], Task]:
    """Register the function below as the task `name`.

    The function takes `(params)` or `(params, run)`, where `params` is annotated with a pydantic model, and returns
    something that JSON can hold. The retry words are Celery's; `timeout` is seconds. At most `max_running` of its jobs
    run at a time, and at most `rate` of them start, in Celery's words: "5/s", "100/m", "1000/h", or a number a second.
    Workers keep its `schedules` as they are declared here. Raises `InvalidTask`.
    """

    def register(function: Callable[..., Any]) -> Task:
        try:
            policy = RetryPolicy(
                tuple(autoretry_for),
                tuple(dont_autoretry_for),
                max_retries,
                retry_backoff,
                retry_backoff_max,
                retry_jitter,
                default_retry_delay,
            )
        except ValueError as error:
            raise InvalidTask(f"task {name!r}: {error}") from None
        if timeout is not None and timeout <= 0:
            raise InvalidTask(f"task {name!r}: timeout must be more than zero seconds")
        if max_running is not None and max_running < 1:
            raise InvalidTask(f"task {name!r}: max_running must be at least 1")
        model, takes_run = _signature(name, function)
        known = _registry.get(name)
        if known and known.function.__module__ != function.__module__:
            raise InvalidTask(
                f"task {name!r} is defined in {known.function.__module__} and again in {function.__module__}"
            )
        declared = tuple(_declared(name, model, schedule) for schedule in schedules)
        _refuse_same_names(name, declared)
        _registry[name] = Task(
            name,
            function,
            model,
            takes_run,
            policy,
            timeout,
            commit,
            max_running,
            _rate_per_second(name, rate),
            declared,
        )
        return _registry[name]

    return register


def _rate_per_second(name: str, rate: str | float | None) -> float | None:
    if rate is None:
        return None
    try:
        per_second = float(parsed_rate(rate))
    except (KeyError, ValueError):
        per_second = 0.0
    if not 0 < per_second < float("inf"):
        raise InvalidTask(f"task {name!r}: rate is a number and /s, /m or /h, for example '100/m', not {rate!r}")
    return per_second


def _declared(name: str, model: type[BaseModel], schedule: Schedule) -> NewSchedule:
    try:
        model.model_validate_json(to_json(schedule.params))
        terms = schedule.model_dump(exclude={"name", "params"})
        return NewSchedule(**terms, name=schedule.name or name, task=name, params=from_json(to_json(schedule.params)))
    except ValidationError as error:
        raise InvalidTask(f"task {name!r}: its schedule {schedule.name or schedule.cron!r}: {error}") from None


def _refuse_same_names(name: str, declared: Iterable[NewSchedule]) -> None:
    taken = {schedule.name: known.name for known in _registry.values() for schedule in known.schedules}
    taken = {schedule: owner for schedule, owner in taken.items() if owner != name}
    for schedule in declared:
        if owner := taken.get(schedule.name):
            raise InvalidTask(f"task {name!r}: task {owner!r} has a schedule named {schedule.name!r}: give it a `name`")
        taken[schedule.name] = name


def _signature(name: str, function: Callable[..., Any]) -> tuple[type[BaseModel], bool]:
    parameters = list(inspect.signature(function).parameters.values())
    if not parameters:
        raise InvalidTask(f"task {name!r} must take its params as first argument")
    if len(parameters) > len(("params", "run")):
        raise InvalidTask(f"task {name!r} takes (params) or (params, run), not {len(parameters)} arguments")
    name_of_params = parameters[0].name
    # Only this annotation is read: what the others name may be imported for the type checker alone.
    only = type("only", (), {"__annotations__": {name_of_params: parameters[0].annotation}})
    try:
        model = typing.get_type_hints(only, globalns=function.__globals__).get(name_of_params)
    except NameError as error:
        raise InvalidTask(f"task {name!r}: the annotation of {name_of_params!r} cannot be read: {error}") from None
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        raise InvalidTask(f"task {name!r}: annotate {name_of_params!r} with a pydantic model")
    return model, len(parameters) == 2


def load(modules: Iterable[str]) -> None:
    """Import the modules that define tasks."""
    for module in modules:
        importlib.import_module(module)


def registered() -> dict[str, Task]:
    """The tasks that this process can run, by name."""
    return dict(_registry)
