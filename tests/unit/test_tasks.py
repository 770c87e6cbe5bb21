from __future__ import annotations

import pytest
from pydantic import BaseModel

from trajectory.errors import InvalidTask
from trajectory.tasks import Schedule, registered, task


class Params(BaseModel):
    rows: int


def test_a_task_takes_its_schema_and_words_from_the_function():
    @task("unit.described", max_retries=7, timeout=2.5, retry_backoff_max=30, commit="each")
    def described(params: Params) -> int:
        """Count rows."""
        return params.rows

    known = registered()["unit.described"]

    assert known.description == "Count rows."
    assert known.params_schema()["required"] == ["rows"]
    assert (known.retry.max_retries, known.retry.retry_backoff_max, known.timeout_seconds) == (7, 30, 2.5)
    assert known.commit == "each"
    assert described(Params(rows=3), run=None) == 3


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"timeout": 0}, "timeout"),
        ({"retry_backoff_max": 90}, "retry_backoff_max"),
        ({"max_running": 0}, "max_running"),
        *(({"rate": rate}, "rate") for rate in ("5/d", "quick", "0/s", -1, "inf", "nan/s")),
    ],
)
def test_wrong_words_are_refused_with_the_name_of_the_task(wrong, says):
    with pytest.raises(InvalidTask, match=f"'unit.wrong'.*{says}"):

        @task("unit.wrong", **wrong)
        def wrong_task(params: Params) -> None: ...


@pytest.mark.parametrize(("rate", "per_second"), [("5/s", 5), ("90/m", 1.5), ("1800/h", 0.5), ("3", 3), (0.25, 0.25)])
def test_a_rate_has_celerys_words(rate, per_second):
    @task("unit.rated", rate=rate, max_running=5)
    def rated(params: Params) -> None: ...

    assert rated.rate_per_second == pytest.approx(per_second)
    assert (rated.announced()["rate_per_second"], rated.announced()["max_running"]) == (rated.rate_per_second, 5)


def test_params_must_be_a_pydantic_model():
    with pytest.raises(InvalidTask, match="annotate 'rows' with a pydantic model"):

        @task("unit.untyped")
        def untyped(rows: int) -> None: ...


def test_a_task_without_params_is_refused():
    with pytest.raises(InvalidTask, match="must take its params"):

        @task("unit.none")
        def none() -> None: ...


def test_schedules_beside_a_task_take_its_name_unless_they_have_one():
    @task(
        "unit.scheduled",
        schedules=[
            Schedule(cron="0 3 * * *", params={"rows": 1}),
            Schedule(name="again", cron="0 4 * * *", params={"rows": 2}),
        ],
    )
    def scheduled(params: Params) -> None: ...

    declared = registered()["unit.scheduled"].schedules
    assert [(one.name, one.task, one.params) for one in declared] == [
        ("unit.scheduled", "unit.scheduled", {"rows": 1}),
        ("again", "unit.scheduled", {"rows": 2}),
    ]


@pytest.mark.parametrize(
    ("schedules", "says"),
    [
        ([Schedule(cron="0 3 * * *")], "rows"),
        ([Schedule(cron="0 3 * * *", params={"rows": 1})] * 2, "give it a `name`"),
    ],
)
def test_a_declared_schedule_whose_params_do_not_fit_or_whose_name_is_taken_is_refused(schedules, says):
    with pytest.raises(InvalidTask, match=says):

        @task("unit.wrongly_scheduled", schedules=schedules)
        def wrongly_scheduled(params: Params) -> None: ...
