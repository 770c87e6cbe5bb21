"""A worker kills no slot for what the slot could not record while the database was away."""

from __future__ import annotations

import threading
from contextlib import nullcontext
from types import SimpleNamespace

import psycopg
import pytest
from sqlalchemy.exc import OperationalError
from uuid_utils.compat import uuid7

from workers import control
from workers.control import Control

TO_RECORD = 8


class Looks:
    """Looks of a worker at a database that finds the same job overdue each time it is asked."""

    def __init__(self, monkeypatch):
        self.now = 100.0
        self.kills = 0
        self.away = None
        self.answer_takes = 0
        monkeypatch.setattr(control, "parts", lambda: SimpleNamespace(engine=SimpleNamespace(connect=nullcontext)))
        monkeypatch.setattr(control, "read_orders", lambda *_: SimpleNamespace(wanted_slots=None, stop=False))
        monkeypatch.setattr(control, "overdue_jobs", self._overdue)
        monkeypatch.setattr(control, "kill_slots", self._kill)
        self._control = Control(
            SimpleNamespace(kill_grace_seconds=10.0),
            worker_id=uuid7(),
            left=threading.Event(),
            living_pids=lambda: [1],
            resize=lambda _: None,
            clock=lambda: self.now,
        )

    def _overdue(self, *_, **__):
        self.now += self.answer_takes
        if self.away:
            raise self.away
        return ["overdue"]

    def _kill(self, overdue, **_):
        self.kills += len(overdue)

    def look(self, *, after=1.0):
        self.now += after
        before = self.kills
        self._control._try_to_look()
        return self.kills > before


@pytest.fixture
def looks(monkeypatch):
    return Looks(monkeypatch)


def test_looks_that_follow_each_other_kill_at_once(looks):
    assert [looks.look() for _ in range(3)] == [True] * 3


@pytest.mark.parametrize(
    "error", [OperationalError("SELECT", None, Exception("away")), psycopg.OperationalError("away")]
)
def test_after_a_look_that_failed_slots_have_time_to_record_from_the_first_that_succeeds(looks, error):
    assert looks.look()
    looks.away = error
    assert not any(looks.look() for _ in range(30))
    looks.away = None

    assert [looks.look() for _ in range(TO_RECORD + 1)] == [False] * TO_RECORD + [True]
    assert looks.look()


def test_a_look_that_comes_late_is_no_better_than_one_that_failed(looks):
    assert looks.look()
    assert [looks.look(after=30)] + [looks.look() for _ in range(TO_RECORD)] == [False] * TO_RECORD + [True]


def test_a_look_whose_answer_took_long_comes_late(looks):
    looks.answer_takes = 15
    assert not looks.look()
    looks.answer_takes = 0
    assert [looks.look() for _ in range(TO_RECORD)] == [False] * (TO_RECORD - 1) + [True]
