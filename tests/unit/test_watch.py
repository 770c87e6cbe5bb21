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
