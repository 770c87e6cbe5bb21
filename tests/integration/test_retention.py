"""What is forgotten, when, and what goes with it."""

from __future__ import annotations

from io import BytesIO

import boto3
import pytest
from moto import mock_aws
from sqlalchemy import text
from uuid_utils.compat import uuid7

from tests.integration.conftest import new_claim
from trajectory.artifacts import artifact_key, artifacts
from trajectory.errors import ArtifactsAway, NotFound
from trajectory.removal import Pruning, prune_past
from trajectory.settings import read_settings
from trajectory.states import JobState
from trajectory.store.engine import transaction
from workers.dispatcher.prune import Prune

DAY = 86_400


@pytest.fixture
def system(catalogue):
    return catalogue


def execute(system, statement, **values):
    with system.parts.engine.connect() as connection:
        return connection.execute(text(statement), values)


def ended(system, state, *, days_ago, file=None):
    job_id = system.submit("test.noop").id
    execute(
        system,
        "UPDATE jobs SET state = :state, attempt = 1, finished_at = now() - :days * interval '1 day' WHERE id = :id",
        state=state,
        days=days_ago,
        id=job_id,
    )
    if file:
        system.parts.artifacts.put(artifact_key(job_id, 1, file), BytesIO(b"x"))
        execute(
            system,
            "INSERT INTO artifacts (job_id, name, attempt, size_bytes, media_type) VALUES (:id, :name, 1, 1, 'a/b')",
            id=job_id,
            name=file,
        )
    return job_id


def prune(system):
    """One whole round, however long it takes."""
    with system.parts.engine.connect() as connection:
        Prune(clock=lambda: 0.0)(connection)


def kept(system):
    return set(execute(system, "SELECT id FROM jobs").scalars())


def test_each_final_state_is_kept_for_its_own_time(system):
    old = {
        ended(system, state, days_ago=days + 1)
        for state, days in (("succeeded", 30), ("failed", 90), ("cancelled", 30))
    }
    young = {
        ended(system, state, days_ago=days - 1)
        for state, days in (("succeeded", 30), ("failed", 90), ("cancelled", 30))
    }
    prune(system)

    assert kept(system) == young
    assert not old & young


def test_the_settings_say_how_long(system, monkeypatch):
    gone = ended(system, "succeeded", days_ago=2)
    failed = ended(system, "failed", days_ago=2)
    monkeypatch.setenv("TRAJECTORY_KEEP_SUCCEEDED", str(DAY))
    system.renew()
    prune(system)

    assert kept(system) == {failed}
    assert gone not in kept(system)


def test_a_job_that_is_not_final_is_never_forgotten(system):
    waiting = system.submit("test.noop").id
    execute(system, "UPDATE jobs SET created_at = now() - interval '9 years', run_at = now() - interval '9 years'")
    prune(system)

    assert kept(system) == {waiting}


def test_files_and_everything_else_of_a_job_go_with_it(system):
    job_id = ended(system, "succeeded", days_ago=31, file="a.txt")
    kept_id = ended(system, "succeeded", days_ago=1, file="b.txt")
    execute(system, "INSERT INTO attempts (job_id, attempt, outcome) VALUES (:id, 1, 'failed')", id=job_id)
    execute(system, "INSERT INTO job_logs VALUES (:id, 1000001, 1, now(), 'info', 'x')", id=job_id)
    prune(system)

    assert [path.name for path in (system.folder / "artifacts").iterdir()] == [str(kept_id)]
    for table in ("attempts", "job_logs", "artifacts"):
        assert set(execute(system, f"SELECT job_id FROM {table}").scalars()) <= {kept_id}


def test_a_pruning_that_dies_after_the_files_leaves_the_job_for_the_next(system, monkeypatch):
    job_id = ended(system, "failed", days_ago=91, file="a.txt")

    def die(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("trajectory.removal.delete_jobs", die)
        with pytest.raises(KeyboardInterrupt):
            prune(system)
    assert kept(system) == {job_id}
    assert not list((system.folder / "artifacts").iterdir())
    prune(system)
    assert kept(system) == set()


def block(system, job_id, file="a.txt"):
    """Make of a job's file what no unlink removes."""
    path = system.folder / "artifacts" / artifact_key(job_id, 1, file)
    path.unlink()
    path.mkdir()
    return path


def test_while_files_cannot_be_removed_their_jobs_stay_and_the_rest_is_pruned(system):
    stuck = ended(system, "failed", days_ago=91, file="a.txt")
    ended(system, "succeeded", days_ago=91)
    block(system, stuck)
    prune(system)

    assert kept(system) == {stuck}


def in_rounds(system):
    """Prune whenever its rest is over, as one dispatcher does."""
    now = [0.0]
    duty = Prune(clock=lambda: now[0])

    def do():
        with system.parts.engine.connect() as connection:
            duty(connection)
        now[0] += 61

    return do


@pytest.mark.parametrize("stuck_at", [1, 3])
def test_a_job_whose_files_cannot_be_removed_keeps_no_other_and_goes_when_they_can(system, stuck_at):
    jobs = [ended(system, "failed", days_ago=100 - i, file="a.txt") for i in range(5)]
    path = block(system, jobs[stuck_at])
    do = in_rounds(system)
    do()
    assert kept(system) == {jobs[stuck_at]}
    later = ended(system, "failed", days_ago=91, file="a.txt")
    do()
    assert later not in kept(system)
    path.rmdir()
    do()

    assert kept(system) == set()


def test_where_no_files_can_be_removed_a_round_tries_few_and_the_next_ones_lose_none(system, monkeypatch):
    jobs = {ended(system, "failed", days_ago=100, file="a.txt") for _ in range(10)}
    asked = []

    def refuse(keys):
        asked.append(keys)
        raise ArtifactsAway("no")

    do = in_rounds(system)
    with monkeypatch.context() as patched:
        patched.setattr(system.parts.artifacts, "remove", refuse)
        for number in range(1, 8):
            do()
            assert len(asked) <= 4 * number
    assert kept(system) == jobs
    do()
    assert kept(system) == set()


def test_a_step_looks_at_no_more_than_it_was_told_and_the_next_goes_on(system):
    """Of jobs that ended at one moment too, and whether or not they may go."""
    execute(
        system,
        """
        INSERT INTO jobs (id, task, params, max_retries, priority, state, finished_at)
        SELECT uuidv7(), 'test.noop', '{}', 3, 2, CASE WHEN i % 2 = 0 THEN 'failed' ELSE 'succeeded' END,
            now() - interval '40 days' FROM generate_series(1, 100) AS i
        """,
    )
    pruning = Pruning()
    left = []
    while pruning.step(JobState.SUCCEEDED, at_most=30):
        left.append(len(kept(system)))

    assert len(left) == 3
    assert all(before - after <= 30 for before, after in zip([100, *left], left, strict=False))
    assert execute(system, "SELECT state, count(*) FROM jobs GROUP BY 1").all() == [("failed", 50)]


def test_a_job_that_another_transaction_holds_is_not_waited_for(system):
    held, free = (ended(system, "succeeded", days_ago=31) for _ in range(2))
    with transaction(system.parts.engine) as holder:
        holder.execute(text("SELECT FROM jobs WHERE id = :id FOR UPDATE"), {"id": held})
        prune(system)
    assert kept(system) == {held}
    prune(system)
    assert free not in kept(system)


def test_statistics_workers_and_acts_are_forgotten_when_they_are_past(system):
    new_claim(system)
    new_claim(system)
    execute(
        system,
        "UPDATE workers SET stopped_at = now() - interval '91 days' WHERE id = (SELECT id FROM workers LIMIT 1)",
    )
    for days in (364, 366):
        moment = f"now() - interval '{days} days'"
        execute(system, f"INSERT INTO stats (minute, priority, task) VALUES ({moment}, 0, 'x')")
        execute(system, f"INSERT INTO queue_ages VALUES ({moment}, 0, 1)")
        execute(system, f"INSERT INTO stats_durations VALUES ({moment}, 0, 'x', 'wait', 1, 1)")
    for finished_at in ("NULL", "now() - interval '91 days'", "now() - interval '89 days'"):
        execute(
            system,
            f"""
            INSERT INTO bulk_acts (id, action, arguments, last_id, matched, finished_at)
            VALUES (:id, 'cancel', '{{}}', :id, 0, {finished_at})
            """,
            id=uuid7(),
        )
    while prune_past(at_most=1):
        pass

    counts = {
        table: execute(system, f"SELECT count(*) FROM {table}").scalar_one()
        for table in ("workers", "slots", "stats", "stats_durations", "queue_ages", "bulk_acts")
    }
    assert counts == {"workers": 1, "slots": 1, "stats": 1, "stats_durations": 1, "queue_ages": 1, "bulk_acts": 2}


def test_a_worker_that_is_on_record_as_holding_a_job_is_kept(system):
    claim = new_claim(system)
    job_id = system.submit("test.noop").id
    execute(system, "UPDATE jobs SET state = 'running', claim = :claim WHERE id = :id", claim=claim, id=job_id)
    execute(system, "UPDATE workers SET lost_at = now() - interval '1 year'")
    prune_past(at_most=10)

    assert execute(system, "SELECT count(*) FROM workers").scalar_one() == 1


@mock_aws
def test_files_in_a_bucket_are_removed_and_a_fault_is_told(monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    boto3.session.Session().client("s3").create_bucket(Bucket="files")
    environment = {
        "DATABASE_URL": "postgresql://x",
        "REDIS_URL": "redis://x",
        "TRAJECTORY_ARTIFACTS": "s3://files/prefix",
    }
    store = artifacts(read_settings(environment))
    keys = [artifact_key(uuid7(), 1, "a.txt") for _ in range(3)]
    for key in keys:
        store.put(key, BytesIO(b"x"))
    store.remove([*keys[:2], "never/1/there"])

    assert b"".join(store.read(keys[2])) == b"x"
    for key in keys[:2]:
        with pytest.raises(NotFound):
            store.read(key)
    environment["TRAJECTORY_ARTIFACTS"] = "s3://another"
    with pytest.raises(ArtifactsAway, match="NoSuchBucket"):
        artifacts(read_settings(environment)).remove(keys)
