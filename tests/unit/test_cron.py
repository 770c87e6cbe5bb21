from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trajectory.cron import checked_cron, checked_timezone, in_words, latest_ticks, next_tick, next_ticks


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def after(cron, timezone, moment, count):
    return [f"{tick:%m-%d %H:%M}" for tick in next_ticks(cron, timezone, utc(moment), count)]


# In Berlin 2026 the clock jumps from 2:00 to 3:00 on 29 March (1:00 UTC), and from 3:00 back to 2:00 on 25 October
# (1:00 UTC). On Lord Howe Island it jumps by half an hour.


def test_a_fixed_time_that_does_not_exist_runs_when_the_gap_ends():
    assert after("30 2 * * *", "Europe/Berlin", "2026-03-28 00:00", 3) == ["03-28 01:30", "03-29 01:00", "03-30 00:30"]
    assert after("15 2 * * *", "Australia/Lord_Howe", "2026-10-03 00:00", 2) == ["10-03 15:30", "10-04 15:15"]


def test_two_fixed_times_that_do_not_exist_run_once():
    assert after("10,40 2 * * *", "Europe/Berlin", "2026-03-28 12:00", 2) == ["03-29 01:00", "03-30 00:10"]


def test_a_fixed_time_that_comes_twice_runs_the_first_time_only():
    assert after("30 2 * * *", "Europe/Berlin", "2026-10-24 12:00", 2) == ["10-25 00:30", "10-26 01:30"]
    assert after("45 1 * * *", "Australia/Lord_Howe", "2026-04-04 00:00", 2) == ["04-04 14:45", "04-05 15:15"]


@pytest.mark.parametrize("moment", ["2026-10-25 00:30", "2026-10-25 00:45", "2026-10-25 01:00", "2026-10-25 01:29"])
def test_asked_within_the_hour_that_comes_twice_a_fixed_time_has_been(moment):
    assert after("30 2 * * *", "Europe/Berlin", moment, 1) == ["10-26 01:30"]


def test_an_interval_keeps_its_pace_when_the_clocks_change():
    half_hours = ["00:00", "00:30", "01:00", "01:30", "02:00"]
    for day in ("03-29", "10-25"):
        expected = [f"{day} {time}" for time in half_hours]
        before = utc(f"2026-{day} 00:00") - timedelta(minutes=1)
        assert after("*/30 * * * *", "Europe/Berlin", f"{before:%Y-%m-%d %H:%M}", 5) == expected


def test_an_hourly_schedule_runs_in_both_hours_of_the_same_name():
    assert after("0 * * * *", "Europe/Berlin", "2026-10-24 23:30", 3) == ["10-25 00:00", "10-25 01:00", "10-25 02:00"]


def test_the_same_local_time_is_another_time_in_utc_after_the_change():
    assert after("0 9 * * *", "Europe/Berlin", "2026-03-28 00:00", 2) == ["03-28 08:00", "03-29 07:00"]


def test_midnight_that_does_not_exist_is_the_first_moment_of_the_day():
    assert after("0 0 * * *", "America/Sao_Paulo", "2018-11-03 12:00", 2) == ["11-04 03:00", "11-05 02:00"]


def test_the_leap_day_comes_every_four_years_and_not_in_2100():
    ticks = next_ticks("0 0 29 2 *", "UTC", utc("2093-01-01"), 3)
    assert [tick.year for tick in ticks] == [2096, 2104, 2108]


def test_the_last_day_of_the_month_follows_the_month():
    assert after("0 0 L * *", "UTC", "2028-01-15", 3) == ["01-31 00:00", "02-29 00:00", "03-31 00:00"]


def test_a_tick_is_after_the_moment_never_at_it():
    tick = next_tick("0 3 * * *", "Europe/Berlin", utc("2026-06-01"))
    assert next_tick("0 3 * * *", "Europe/Berlin", tick) == tick + timedelta(days=1)


@pytest.mark.parametrize(
    ("cron", "says"),
    [
        ("61 * * * *", "the minute '61' is not valid: 0-59"),
        ("0 24 * * *", "the hour '24'"),
        ("0 0 31 2 *", "the day-of-month '31'"),
        ("0 0 1 13 *", "the month '13'"),
        ("0 0 * * MOO", "the day-of-week 'MOO'"),
        ("*/0 * * * *", "the minute"),
        ("* * * *", "five fields.*this has 4"),
        ("* * * * * *", "five fields.*this has 6"),
        ("@daily", "five fields"),
        ("", "five fields"),
        ("* * */20 * 1L", "no such time"),
    ],
)
def test_a_bad_expression_says_what_is_wrong(cron, says):
    with pytest.raises(ValueError, match=says):
        checked_cron(cron)


def test_a_good_expression_is_kept_with_single_spaces():
    assert checked_cron(" 0  3 * *   mon-fri ") == "0 3 * * mon-fri"


@pytest.mark.parametrize(
    ("name", "says"),
    [("Europe/Berlim", "did you mean 'Europe/Berlin'"), ("../etc/passwd", "no time zone"), ("Europe", "no time zone")],
)
def test_an_unknown_time_zone_is_refused_and_the_nearest_named(name, says):
    with pytest.raises(ValueError, match=says):
        checked_timezone(name)


def test_an_expression_is_told_in_words():
    assert in_words("0 3 * * 1-5") == "At 03:00 on Monday through Friday"


@given(
    cron=st.sampled_from(["*/20 * * * *", "30 2 * * *", "0 * * * *", "15 1,2,3 * * *", "0 0 L * *", "*/7 1-3 * * *"]),
    timezone=st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Havana", "UTC"]),
    minutes=st.integers(0, 300 * 24 * 60),
    hours=st.integers(0, 100),
)
def test_counted_backwards_the_ticks_are_the_same_as_forwards(cron, timezone, minutes, hours):
    first = next_tick(cron, timezone, utc("2026-01-01") + timedelta(minutes=minutes))
    until = first + timedelta(hours=hours)
    forwards = [first]
    while (tick := next_tick(cron, timezone, forwards[-1])) <= until:
        forwards.append(tick)

    assert latest_ticks(cron, timezone, first=first, until=until, at_most=1000) == forwards
    assert latest_ticks(cron, timezone, first=first, until=until, at_most=2) == forwards[-2:]
