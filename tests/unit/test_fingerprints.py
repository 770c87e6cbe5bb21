"""Which failures are taken for the same."""

from __future__ import annotations

import json
import time

import pytest

from tests.work import Wrong, fail, slow
from trajectory.errors import JobTimeout
from trajectory.fingerprints import LENGTH, Cause, cause_of, shape_of


@pytest.mark.parametrize(
    ("message", "shape"),
    [
        ("wanted in attempt 3", "wanted in attempt <n>"),
        ("took 12.5s of 10s, 104% of -1,000", "took <n>s of <n>s, <n>% of <n>"),
        ("1.5e-3 is too small", "<n> is too small"),
        ("worker7 and node_12 and db-3", "worker<n> and node_<n> and db-<n>"),
        ("no job 019ab0c4-7d1e-7b4e-a6b2-3f6c1d2e4f50", "no job <id>"),
        ("commit 9fceb02d0ae598e95dc970b74767f19372d61af8", "commit <hex>"),
        ("<Thing object at 0x7f3a9c>", "<Thing object at <hex>>"),
        ("customer cus_9s6XKzkNRiz8i3 is gone", "customer <id> is gone"),
        ("[Errno 2] No such file: '/srv/app/in/x.csv'", "[Errno <n>] No such file: <text>"),
        ("cannot open /srv/releases/42/a.csv now", "cannot open <path> now"),
        ("cannot open data/in/a.csv now", "cannot open <path> now"),
        (r"cannot open C:\data\a.csv now", "cannot open <path> now"),
        ("GET https://example.org/a/b?c=1 said 503", "GET <url> said <n>"),
        ("10.0.0.7:5432 refused", "<address> refused"),
        ("ann.lee+x@example.org is unknown", "<email> is unknown"),
        ("since 2026-11-24T17:01:42.5Z or 09:00:01", "since <time> or <time>"),
        ('column "total" of `orders`', "column <text> of <text>"),
        ("user's file can't be read: 'it's'", "user's file can't be read: <text>"),
        ("ids [1, 2, 3] are taken", "ids [<n>…] are taken"),
        ("names ['a', 'b'] are taken", "names [<text>…] are taken"),
        ("two\n  lines", "two lines"),
        ("", ""),
    ],
)
def test_what_varies_in_a_message_is_replaced_by_what_it_is(message, shape):
    assert shape_of(message) == shape


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("user999 is gone", "user1000 is gone"),
        ("ids [1, 2] are taken", "ids [1, 2, 3, 4] are taken"),
        ("'short' is wrong", f"'{'long ' * 1_000}' is wrong"),
        ("token a1b2c3d4e5f60718", "token 99aa88bb77cc66dd"),
    ],
)
def test_messages_that_differ_only_in_values_have_one_shape(one, other):
    assert shape_of(one) == shape_of(other)


@pytest.mark.parametrize("text", ["'", "a", "a.", "/a", "1", "a1", "a@", "1:", "`x", "0x"])
def test_the_shape_of_a_hostile_message_is_short_and_comes_quickly(text):
    began_at = time.perf_counter()
    shape = shape_of(text * 10_000)

    assert time.perf_counter() - began_at < 0.1
    assert len(shape) <= 300


def caught(function):
    with pytest.raises((json.JSONDecodeError, Wrong, JobTimeout)) as raised:
        function()
    return raised.value


def cause(function, task="test.any"):
    error = caught(function)
    return cause_of(task, error, of_function(error))


def of_function(error):
    """The frames from the function on that was called here."""
    return error.__traceback__.tb_next


def parse(text):
    return json.loads(text)


def parse_elsewhere(text):
    return json.loads(text)


def test_the_place_is_the_innermost_own_frame_and_not_a_librarys():
    assert cause(lambda: parse("{")).place == f"{__name__}:parse"


def test_the_same_error_from_another_function_or_task_is_another():
    here = cause(lambda: parse("{"))

    assert here.fingerprint == cause(lambda: parse("{")).fingerprint
    assert here.fingerprint != cause(lambda: parse_elsewhere("{")).fingerprint
    assert here.fingerprint != cause(lambda: parse("{"), task="test.other").fingerprint


def test_a_task_that_is_called_by_the_service_fails_in_its_own_function():
    error = caught(lambda: fail.function(None, type("Run", (), {"attempt": 4})))

    made = cause_of("test.raise", error, of_function(error))
    assert made == Cause("test.raise", "Wrong", "wanted in attempt <n>", "tests.work:fail")
    assert len(made.fingerprint) == LENGTH


def test_where_the_time_ran_out_makes_no_difference():
    def run_out():
        raise JobTimeout("the job ran longer than its timeout")

    assert cause(run_out, slow.name) == Cause(slow.name, "JobTimeout", "the job ran longer than its timeout", None)


def test_an_error_without_frames_is_told_by_its_words():
    assert cause_of("test.any", ValueError("half \ud800"), None) == Cause("test.any", "ValueError", "half ?", None)
