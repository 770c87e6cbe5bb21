from __future__ import annotations

import logging
from enum import StrEnum
from uuid import uuid4

import pytest

from trajectory.errors import ClaimLost, JobCancelled
from trajectory.run import MAX_LOG_LINES, ProgressNow, Run


class Shelf:
    def __init__(self) -> None:
        self.kept = {}

    def keep_artifact(self, run, name, media_type, source):
        self.kept[name] = (media_type, source.read())


@pytest.fixture
def shelf():
    return Shelf()


@pytest.fixture
def run(shelf):
    return Run(uuid4(), "task", 1, shelf)


def test_only_the_last_progress_is_news_and_only_once(run):
    run.progress(1, 10, "first")
    run.progress(2, 10, "second\x00")

    assert run.take_progress() == ProgressNow(2, 10, "second\ufffd")
    assert run.take_progress() is None


def test_track_finds_the_length_and_reports_each_item(run):
    assert [item for item in run.track("abc") if run.take_progress() or item] == ["a", "b", "c"]

    assert run.take_progress() == ProgressNow(3, 3, None)


def test_a_run_that_should_stop_is_told_at_its_next_report(run):
    run.stop(ClaimLost("gone"))

    assert run.cancelled
    with pytest.raises(ClaimLost):
        run.progress(1)


@pytest.mark.parametrize("asks", [True, False])
def test_a_task_that_returns_has_stopped_only_if_it_knew_that_it_should(run, asks):
    run.stop(JobCancelled("stop"))
    if asks:
        assert run.cancelled
        with pytest.raises(JobCancelled):
            run.raise_if_told()
    else:
        run.raise_if_told()


def test_a_task_that_asked_before_it_was_to_stop_did_not_know(run):
    assert not run.cancelled
    run.stop(JobCancelled("stop"))

    run.raise_if_told()


def test_log_lines_are_numbered_and_end_with_a_word_about_the_limit(run):
    for number in range(MAX_LOG_LINES + 5):
        run.log(number)
    lines = run.take_lines()

    assert [line.number for line in lines] == list(range(1, MAX_LOG_LINES + 1))
    assert lines[-1].level == "warning"
    assert "full" in lines[-1].message


class Own(StrEnum):
    WARNING = "warning"


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("debug", "debug"),
        (Own.WARNING, "warning"),
        (logging.NOTSET, "debug"),
        (logging.DEBUG, "debug"),
        (logging.INFO, "info"),
        (logging.INFO + 5, "info"),
        (logging.WARNING, "warning"),
        (logging.ERROR, "error"),
        (logging.CRITICAL, "error"),
    ],
)
def test_a_line_has_one_of_four_levels_also_when_it_is_given_as_a_number_of_logging(run, given, stored):
    run.log("a", given)
    [line] = run.take_lines()

    assert (line.level, type(line.level)) == (stored, str)


@pytest.mark.parametrize("level", ["WARNING", "critical", "", None, 20.0, ["info"]])
def test_a_level_that_is_none_is_refused_where_it_is_given_and_leaves_no_line(run, level):
    with pytest.raises(ValueError, match="is not a level: debug, info, warning, error"):
        run.log("a", level)
    run.log("b")

    assert [line.number for line in run.take_lines()] == [1]


def test_artifacts_are_kept_with_a_media_type(run, shelf):
    run.artifact("a.csv", "x,y\n")
    with run.open_artifact("b.bin", "application/x-b") as file:
        file.write(b"12")

    assert shelf.kept == {"a.csv": ("text/csv", b"x,y\n"), "b.bin": ("application/x-b", b"12")}


def test_an_artifact_whose_writing_failed_is_not_kept(run, shelf):
    with pytest.raises(OSError, match="disk"), run.open_artifact("b.bin"):
        raise OSError("disk")

    assert shelf.kept == {}


@pytest.mark.parametrize("name", ["", "../x", "a/b", "a\\b", ".hidden", "a\nb", "x" * 256, "é" * 128])
def test_a_name_that_is_no_file_name_is_refused(run, name):
    with pytest.raises(ValueError, match="is not a file name"):
        run.artifact(name, b"")
