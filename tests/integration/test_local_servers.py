import os
import signal
import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import psutil
import psycopg
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from local.postgres import start_postgres
from local.servers import OPEN_HOME, discard, free_port, temporary_data
from local.steps import Refusal
from local.valkey import start_valkey
from local.waiting import wait_until


@pytest.fixture
def data():
    with temporary_data() as folder:
        yield folder


@pytest.fixture
def postgres(data):
    with start_postgres(data) as server:
        yield server


def ask(server, query):
    with psycopg.connect(server.url) as connection:
        return connection.execute(query).fetchone()


def test_the_application_is_no_superuser_and_owns_its_database(postgres):
    is_superuser, owner = ask(
        postgres,
        "SELECT rolsuper, pg_get_userbyid(datdba) FROM pg_roles, pg_database "
        "WHERE rolname = current_user AND datname = current_database()",
    )

    assert not is_superuser
    assert owner == "trajectory"


def test_the_application_may_end_what_runs_in_its_databases_to_drop_them(postgres):
    assert ask(postgres, "SELECT pg_has_role('pg_signal_backend', 'USAGE'), pg_has_role('pg_monitor', 'USAGE')") == (
        True,
        False,
    )


@pytest.mark.parametrize("setting", ["fsync", "full_page_writes", "synchronous_commit"])
def test_nothing_that_keeps_data_safe_is_off(postgres, setting):
    assert ask(postgres, f"SHOW {setting}") == ("on",)


def test_a_wrong_password_and_the_superuser_are_kept_out(postgres):
    for user in ("trajectory", "postgres"):
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(postgres.url, user=user, password="guess")


def test_it_listens_on_this_machine_only(postgres):
    listening = [c.laddr.ip for c in psutil.net_connections("tcp") if c.pid == postgres.child.process.pid]

    assert set(listening) == {"127.0.0.1"}


def test_the_passwords_are_for_the_owner_alone(data, postgres):
    with start_valkey(data):
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in data.iterdir() if file.is_file()}

    assert modes == {"postgres.password": 0o600, "valkey.password": 0o600, "valkey.conf": 0o600}
    assert "password" not in " ".join(postgres.child.command)


def test_what_was_committed_is_there_after_a_kill(data):
    with start_postgres(data) as server, psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
        server.child.process.send_signal(signal.SIGKILL)
        server.child.process.wait()

    with start_postgres(data) as server:
        assert ask(server, "SELECT one FROM kept") == (1,)


def test_what_was_written_to_valkey_is_there_after_a_stop(data):
    with start_valkey(data) as server, redis.Redis.from_url(server.url) as client:
        client.set("kept", "1")

    with start_valkey(data) as server, redis.Redis.from_url(server.url) as client:
        assert client.get("kept") == b"1"


def test_valkey_asks_for_its_password(data):
    with start_valkey(data) as server:
        port = server.url.rpartition(":")[2].partition("/")[0]
        with (
            redis.Redis(port=int(port), retry=Retry(NoBackoff(), 0)) as client,
            pytest.raises(redis.AuthenticationError),
        ):
            client.ping()


def test_a_port_that_was_asked_for_is_the_port(data):
    port = free_port()
    with start_postgres(data, port) as server:
        assert f":{port}/" in server.url


@pytest.mark.parametrize("name", ["with space and 'quote' and \"two\"", "/".join(["a-long-folder-name"] * 20)])
def test_the_name_of_the_data_folder_does_not_matter(data, name):
    with start_postgres(data / name) as postgres, start_valkey(data / name) as valkey:
        assert ask(postgres, "SELECT 1") == (1,)
        with redis.Redis.from_url(valkey.url) as client:
            assert client.ping()


def test_data_of_another_major_version_is_refused_in_one_line(data):
    start_postgres(data).stop()
    (data / "postgres" / "PG_VERSION").write_text("15\n")

    with pytest.raises(Refusal, match=r"made by PostgreSQL 15, and this is 18") as refused:
        start_postgres(data)

    assert "\n" not in str(refused.value)


def test_an_interrupted_first_start_leaves_no_half_made_data(data, monkeypatch):
    def fail(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("local.postgres._initialise", fail)
        with pytest.raises(KeyboardInterrupt):
            start_postgres(data)

    assert [path.name for path in data.iterdir()] == ["postgres.password"]
    start_postgres(data).stop()


def test_a_data_folder_closed_to_others_works_and_is_discarded_whole():
    """Root's PostgreSQL runs as another user, so root's data moves to an open place; a user's own stays."""
    with temporary_data() as data:
        data.chmod(0o700)
        start_postgres(data).stop()
        real = (data / "postgres").resolve()

        assert real.is_relative_to(OPEN_HOME if os.geteuid() == 0 else data)
        with start_postgres(data) as server:
            assert ask(server, "SELECT 1") == (1,)
        discard(data)
        assert not real.parent.exists()


def test_no_server_outlives_a_killed_parent(data):
    script = textwrap.dedent("""
        import sys, signal
        from pathlib import Path
        from local.postgres import start_postgres
        from local.valkey import start_valkey
        servers = [start_postgres(Path(sys.argv[1])), start_valkey(Path(sys.argv[1]))]
        print(*(server.child.process.pid for server in servers), flush=True)
        signal.pause()
    """)
    parent = subprocess.Popen(
        [sys.executable, "-c", script, str(data)], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
    )
    pids = [int(pid) for pid in parent.stdout.readline().split()]
    families = [psutil.Process(pid) for pid in pids]
    families += [child for process in families for child in process.children(recursive=True)]

    parent.kill()
    parent.communicate()

    assert len(families) > 2
    assert wait_until(lambda: not any(process.is_running() for process in families), 10)
