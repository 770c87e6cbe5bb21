"""A worker outlives connections that are cut where only the driver sees it."""

from __future__ import annotations

from contextlib import nullcontext
from types import SimpleNamespace

import psycopg
import pytest
from sqlalchemy.exc import OperationalError
from uuid_utils.compat import uuid7

from workers import membership
from workers.membership import Membership

CUT = [
    OperationalError("SELECT", None, Exception("cut")),
    psycopg.OperationalError("cut at COMMIT"),
    psycopg.InterfaceError("cut at BEGIN"),
]


@pytest.fixture
def member():
    settings = SimpleNamespace(heartbeat_seconds=0)
    return Membership(settings, worker_id=uuid7(), name="test", host="here", queues=[], slots=1)


@pytest.mark.parametrize("error", CUT)
def test_a_heartbeat_that_is_cut_is_not_the_last(monkeypatch, member, error):
    beats = []

    def say_that_it_lives():
        beats.append(True)
        if len(beats) == 1:
            raise error
        member._left.set()

    monkeypatch.setattr(membership, "_MISSED_SECONDS", 0)
    monkeypatch.setattr(member, "_say_that_it_lives", say_that_it_lives)
    member._beat()

    assert len(beats) == 2


@pytest.mark.parametrize("error", CUT)
def test_a_goodbye_that_is_cut_lets_the_worker_end(monkeypatch, member, error):
    def cut(*_):
        raise error

    monkeypatch.setattr(membership, "parts", lambda: SimpleNamespace(engine=SimpleNamespace(connect=nullcontext)))
    monkeypatch.setattr(membership, "held_by_worker", lambda *_: [])
    monkeypatch.setattr(membership, "stop_worker", lambda *_: None)
    monkeypatch.setattr(membership, "give_back", cut)
    member.leave()

    assert member._left.is_set()
