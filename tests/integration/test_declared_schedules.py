"""What workers declare: schedules that follow the code."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from tests.work import noop
from trajectory import schedules
from trajectory.errors import DeclaredInCode
from trajectory.schedule_schemas import NewSchedule, ScheduleChange
from trajectory.tasks import Schedule, registered, task


@pytest.fixture
def system(catalogue):
    return catalogue


def execute(system, statement, **values):
    with system.parts.engine.connect() as connection:
        return connection.execute(text(statement), values)


def make(name):
    return schedules.create(NewSchedule(name=name, cron="* * * * *", task="test.noop"))


def declared(*given):
    """Two tasks, the first with these schedules, as a worker would declare them."""
    task("test.declares", schedules=given)(noop.function)
    return {name: registered()[name] for name in ("test.declares", "test.noop")}


def named():
    return {item.name: item for item in schedules.schedules().items}


def test_declared_schedules_follow_the_code(system):
    schedules.declare(declared(Schedule(name="a", cron="0 3 * * *"), Schedule(name="b", cron="0 4 * * *")))
    first = named()
    schedules.pause(first["a"].id)
    execute(system, "UPDATE schedules SET next_run_at = now() - interval '1 hour' WHERE name = 'b'")
    late = named()["b"].next_run_at
    schedules.declare(declared(Schedule(name="a", cron="0 5 * * *"), Schedule(name="b", cron="0 4 * * *", tags=["x"])))
    second = named()

    assert {name: item.id for name, item in first.items()} == {name: item.id for name, item in second.items()}
    assert (second["a"].cron, second["a"].paused_at is None, second["a"].next_run_at) == ("0 5 * * *", False, None)
    # The same time as before: what was missed meanwhile is still to be made up for.
    assert (second["b"].tags, second["b"].next_run_at, second["b"].declared) == (["x"], late, True)


def test_to_declare_the_same_again_changes_nothing(system):
    once = Schedule(name="a", cron="0 3 * * *", params={}, tags=["x"], max_retries=2, timeout_seconds=1.5)
    schedules.declare(declared(once))
    before = named()
    schedules.declare(declared(once))

    assert named() == before


def test_a_schedule_that_vanished_from_the_code_is_removed_and_no_other(system):
    made = make("by a person")
    schedules.declare(declared(Schedule(name="a", cron="0 3 * * *"), Schedule(name="b", cron="0 4 * * *")))
    schedules.declare(declared(Schedule(name="b", cron="0 4 * * *")))
    # A worker that does not know the task says nothing about its schedules.
    schedules.declare({"test.noop": registered()["test.noop"]})

    assert set(named()) == {made.name, "b"}


def test_workers_that_start_together_declare_each_schedule_once(system):
    tasks = declared(*(Schedule(name=f"s{number}", cron="0 3 * * *") for number in range(5)))
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: schedules.declare(tasks), range(6)))

    assert [item.version for item in named().values()] == [1] * 5


def test_a_declared_schedule_is_paused_and_run_by_people_but_changed_by_code_alone(system, claim):
    # A living worker announces the task.
    execute(system, "UPDATE workers SET tasks = '{test.declares}'")
    execute(
        system,
        "INSERT INTO tasks (name, description, params_schema, defaults)"
        " SELECT 'test.declares', description, params_schema, defaults FROM tasks WHERE name = 'test.noop'"
        " ON CONFLICT DO NOTHING",
    )
    schedules.declare(declared(Schedule(name="a", cron="0 3 * * *")))
    made = named()["a"]
    for act in (lambda: schedules.change(made.id, ScheduleChange(cron="* * * * *")), lambda: schedules.delete(made.id)):
        with pytest.raises(DeclaredInCode, match=r"declared beside the task 'test[.]declares'"):
            act()

    assert schedules.pause(made.id).paused_at
    assert schedules.resume(made.id).next_run_at == made.next_run_at
    assert schedules.run_now(made.id).source == "schedule:a"


def test_a_declared_schedule_of_a_task_that_no_worker_runs_any_more_may_be_deleted(system):
    schedules.declare(declared(Schedule(name="a", cron="0 3 * * *")))
    schedules.delete(named()["a"].id)

    assert named() == {}


def test_a_schedule_made_by_a_person_becomes_the_declared_one_of_its_name(system):
    made = make("a")
    schedules.declare(declared(Schedule(name="a", cron="0 3 * * *")))

    after = named()["a"]
    assert (after.id, after.declared, after.task, after.cron) == (made.id, True, "test.declares", "0 3 * * *")
