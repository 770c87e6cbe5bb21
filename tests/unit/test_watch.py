"""The watch of a slot ends only when all is told."""

from __future__ import annotations

from collections import deque
from types import SimpleNamespace

from local.waiting import wait_until
from workers.watch import Watch


class Announcer:
    is_behind = False

    def __init__(self):
        self.news = []
        self.told = []

    def flush(self):
        self.told += self.news
        self.news = []


class EndsAfterItsRound(Watch):
    """The slot has its last news, and ends, when a round is just over."""

    def _round(self):
        super()._round()
        if not self._slot.ended:
            self._slot.ended = True
            self._slot.announcer.news.append("the last job")
            self.end()


def test_news_that_comes_between_the_last_round_and_the_end_of_draining_is_told():
    announcer = Announcer()
    slot = SimpleNamespace(engine=None, announcer=announcer, waiting=deque(), current=None, claimed_at=0.0, ended=False)
    EndsAfterItsRound(slot).begin()

    assert wait_until(lambda: announcer.told == ["the last job"], 5)


class Interrupted(Announcer):
    """While it tells the last news, a whole drain begins and ends."""

    watch = None

    def flush(self):
        told, self.news = self.news, []
        if self.watch:
            watch, self.watch = self.watch, None
            watch.begin()
            self.news.append("the job of the other drain")
            watch.end()
        self.told += told


def test_news_of_a_drain_that_fits_into_the_last_round_of_another_is_told():
    announcer = Interrupted()
    slot = SimpleNamespace(engine=None, announcer=announcer, waiting=deque(), current=None, claimed_at=0.0)
    watch = announcer.watch = Watch(slot)
    announcer.news.append("a job")
    watch.begin()
    watch.end()

    assert wait_until(lambda: announcer.told == ["a job", "the job of the other drain"], 5)
