import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import psutil
import pytest

from local.child import Child, ChildDied
from local.ports import refuse_taken_port
from local.servers import free_port
from local.steps import Refusal
from local.supervisor import FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS, StopAsked, Supervisor, Watched
from local.waiting import wait_until

ROOT = Path(__file__).parents[2]

POLITE = """
    import signal, sys, time
    def stop(*_):
        print("stopped at", time.monotonic())
        sys.exit(0)
    signal.signal(signal.SIGTERM, stop)
    print("ready")
    while True:
        signal.pause()
"""
DEAF = """
    import signal
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    print("ready")
    while True:
        signal.pause()
"""
PARENT = """
    import signal, subprocess, sys
    other = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
    print(other.pid, "ready")
    signal.pause()
"""


@pytest.fixture
def run(tmp_path):
    def child(name, code, **more):
        command = [sys.executable, "-u", "-c", textwrap.dedent(code)]
        made = Child(name, command, tmp_path / "logs" / f"{name}.log", **more)
        made.is_ready = lambda: "ready" in made.output()
        return made

    return child


@pytest.fixture
def told():
    return []


@pytest.fixture
def supervisor(told):
    with Supervisor(told.append) as opened:
        yield opened


def start(supervisor, *children):
    supervisor.start(*children)
    for child in children:
        child.wait_until_ready(10)


def test_the_last_group_is_stopped_first(supervisor, run):
    first, last = run("first", POLITE), run("last", POLITE)
    start(supervisor, first)
    start(supervisor, last)

    supervisor.stop()

    ends = [float(child.output().split()[-1]) for child in (last, first)]
    assert ends == sorted(ends)
    assert not first.is_running()


def test_one_that_does_not_listen_is_killed_when_its_patience_is_over(supervisor, run):
    child = run("deaf", DEAF, patience_seconds=0.3)
    start(supervisor, child)

    supervisor.stop()

    assert child.exit_code() == "signal SIGKILL"


def test_a_second_signal_ends_the_patience(supervisor, run):
    child = run("deaf", DEAF, patience_seconds=60)
    start(supervisor, child)
    supervisor.asked = 2
    before = time.monotonic()

    supervisor.stop()

    assert time.monotonic() - before < 10
    assert not child.is_running()


def test_what_a_child_started_ends_with_it(supervisor, run):
    child = run("parent", PARENT)
    start(supervisor, child)
    other = psutil.Process(int(child.output().split()[0]))

    supervisor.stop()

    assert wait_until(lambda: not other.is_running() or other.status() == psutil.STATUS_ZOMBIE, 10)


def test_one_that_dies_while_starting_is_an_error_with_its_last_words(run):
    child = run("broken", "raise SystemExit('no such table')")
    child.start()

    with pytest.raises(ChildDied, match="broken ended with exit code 1 while starting") as died:
        child.wait_until_ready(10)

    assert died.value.output.strip() == "no such table"


def test_one_that_is_never_ready_is_an_error_after_the_time_given(supervisor, run):
    child = run("slow", "import signal; signal.pause()")
    supervisor.start(child)

    with pytest.raises(ChildDied, match="slow was not ready after 0 s"):
        child.wait_until_ready(0.2)


def test_only_what_a_child_wrote_since_its_start_is_its_output(supervisor, run):
    child = run("again", POLITE)
    start(supervisor, child)
    child.stop()
    child.start()
    child.wait_until_ready(10)

    assert child.output() == "ready\n"
    assert child.log.read_text().count("ready") == 2


def test_one_that_ends_is_started_again_after_a_pause_and_said_so_in_one_line(supervisor, run, told):
    child = run("worker", POLITE)
    start(supervisor, child)
    child.process.kill()
    child.process.wait()
    now = time.monotonic()

    supervisor.look(now)
    supervisor.look(now + 0.9 * FIRST_PAUSE_SECONDS)
    assert not child.is_running()
    supervisor.look(now + 1.1 * FIRST_PAUSE_SECONDS)

    assert child.is_running()
    [line] = told
    assert line.startswith("! worker ended with signal SIGKILL, starts again in 0.5 s")


def test_the_pause_doubles_to_its_limit_and_a_long_run_forgives():
    watched = Watched(child=None, started_at=0.0)

    assert [watched.note_end(now=1.0) for _ in range(9)] == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]
    assert watched.note_end(now=LONGEST_PAUSE_SECONDS + 1) == 0.5


@pytest.mark.usefixtures("supervisor")
def test_a_signal_while_starting_ends_the_start():
    with pytest.raises(StopAsked):
        os.kill(os.getpid(), signal.SIGTERM)


def test_a_signal_while_watching_returns_and_everything_stops(told, run):
    child = run("worker", POLITE)
    with Supervisor(told.append) as supervisor:
        start(supervisor, child)
        timer = "import os, signal, sys; os.kill(int(sys.argv[1]), signal.SIGTERM)"
        with subprocess.Popen([sys.executable, "-c", timer, str(os.getpid())]):
            supervisor.watch()

    assert not child.is_running()
    assert told == []


def test_the_terminals_interrupt_does_not_reach_a_child(supervisor, run):
    child = run("worker", POLITE)
    start(supervisor, child)

    assert os.getpgid(child.process.pid) == child.process.pid != os.getpgrp()


def test_no_child_outlives_a_killed_supervisor(tmp_path):
    script = """
        import signal, sys
        from pathlib import Path
        from local.child import Child
        from local.supervisor import Supervisor
        with Supervisor() as supervisor:
            child = Child("deaf", ["sleep", "600"], Path(sys.argv[1]))
            supervisor.start(child)
            print(child.process.pid, flush=True)
            supervisor.watch()
    """
    command = [sys.executable, "-c", textwrap.dedent(script), str(tmp_path / "log")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as parent:
        child = psutil.Process(int(parent.stdout.readline()))
        parent.kill()

    assert wait_until(lambda: not child.is_running(), 10)


def test_a_taken_port_is_refused_in_one_line_that_names_who_has_it():
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        with pytest.raises(Refusal, match=rf"port {port} is taken by \S+ \(pid {os.getpid()}\)"):
            refuse_taken_port(port)


def test_a_free_port_is_not_refused():
    refuse_taken_port(free_port())
