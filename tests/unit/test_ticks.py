from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from trajectory.ticks import turn

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def turned(**given):
    usual = {
        "cron": "0 * * * *",
        "timezone": "UTC",
        "catch_up": "last",
        "catch_up_limit": 3,
        "overlap": "queue",
        "unfinished": False,
        "due_at": NOON,
        "now": NOON + timedelta(seconds=1),
    }
    return turn(**{**usual, **given})


@pytest.mark.parametrize("catch_up", ["none", "last", "all"])
def test_a_tick_in_time_runs_once_whatever_is_made_up_for(catch_up):
    done = turned(catch_up=catch_up)
    assert (done.runs, done.next_run_at, done.note) == ([NOON], NOON + HOUR, None)


def test_of_missed_ticks_none_runs_and_the_last_one_is_named():
    done = turned(catch_up="none", now=NOON + 4 * HOUR + timedelta(minutes=30))
    assert (done.runs, done.next_run_at) == ([], NOON + 5 * HOUR)
    assert done.note == "the tick of 2026-06-01 16:00 UTC was missed: no dispatcher ran"


def test_the_tick_of_now_runs_though_others_before_it_were_missed_and_are_not_made_up_for():
    assert turned(catch_up="none", now=NOON + 4 * HOUR + timedelta(seconds=2)).runs == [NOON + 4 * HOUR]


def test_of_missed_ticks_the_last_runs():
    done = turned(catch_up="last", now=NOON + 4 * HOUR + timedelta(minutes=30))
    assert (done.runs, done.next_run_at) == ([NOON + 4 * HOUR], NOON + 5 * HOUR)


def test_of_missed_ticks_all_run_up_to_the_limit_the_newest_ones():
    done = turned(catch_up="all", now=NOON + 4 * HOUR + timedelta(minutes=30))
    assert done.runs == [NOON + 2 * HOUR, NOON + 3 * HOUR, NOON + 4 * HOUR]
    assert turned(catch_up="all", catch_up_limit=100, now=NOON + 4 * HOUR).runs == [NOON + n * HOUR for n in range(5)]


def test_a_tick_is_skipped_and_counted_while_an_earlier_job_is_unfinished():
    done = turned(overlap="skip", unfinished=True)
    assert (done.runs, done.skipped, done.next_run_at) == ([], 1, NOON + HOUR)
    assert done.note == "the tick of 2026-06-01 12:00 UTC was skipped: an earlier job is not finished"


@pytest.mark.parametrize(
    ("overlap", "unfinished", "cancels"),
    [("queue", True, False), ("cancel_running", True, True), ("cancel_running", False, False), ("skip", False, False)],
)
def test_otherwise_it_runs_and_cancels_only_if_it_was_told_to(overlap, unfinished, cancels):
    done = turned(overlap=overlap, unfinished=unfinished)
    assert (done.runs, done.cancels, done.skipped) == ([NOON], cancels, 0)


def test_missed_ticks_over_a_change_of_the_clocks_are_counted_once():
    due_at = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    done = turned(
        cron="30 2 * * *", timezone="Europe/Berlin", catch_up="all", due_at=due_at, now=due_at + timedelta(hours=30)
    )
    assert done.runs == [due_at, datetime(2026, 10, 26, 1, 30, tzinfo=UTC)]


def test_a_year_of_missed_minutes_is_counted_as_quickly_as_one():
    done = turned(cron="* * * * *", catch_up="all", now=NOON + timedelta(days=365))
    assert len(done.runs) == 3


@pytest.mark.parametrize(("name", "value"), [("timezone", "Mars/Base"), ("cron", "61 * * * *")])
def test_what_is_not_valid_any_more_says_so(name, value):
    with pytest.raises(ValueError, match=r"zone|minute"):
        turned(**{name: value})
