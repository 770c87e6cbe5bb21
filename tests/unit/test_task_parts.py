"""The pure parts of the built-in tasks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import BaseModel, ValidationError

from trajectory.errors import Permanent
from trajectory.spreadsheets import harmless
from workers.tasks.file_names import FileName, with_ending
from workers.tasks.public_network import why_refused
from workers.tasks.report import Params as ReportParams
from workers.tasks.report import bucket_seconds_for, period_of
from workers.tasks.retry_after import retry_after_seconds

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("0", 0),
        (" 120 ", 120),
        ("Fri, 02 Jan 2026 03:05:05 GMT", 60),
        ("Friday, 02-Jan-26 03:05:05 GMT", 60),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
        ("-1", None),
        ("1.5", None),
        ("1_000", None),
        ("inf", None),
        ("nan", None),
        ("9" * 5000, None),
        ("\N{ARABIC-INDIC DIGIT THREE}", None),
        ("", None),
        ("soon", None),
        ("Fri, 99 Jan 2026 99:99:99 GMT", None),
        ("Fri, 02 Jan 99999999999 03:05:05 GMT", None),
        ("," * 60, None),
    ],
)
def test_retry_after_is_read_in_both_forms_and_nonsense_is_nothing(value: str | None, seconds: float | None) -> None:
    assert retry_after_seconds(value, now=NOW) == seconds


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.9.9.9",
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.192",
        "198.18.0.1",
        "224.0.0.1",
        "224.0.1.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd00:ec2::254",
        "fec0::1",
        "ff02::1",
        "ff0e::1",
        "2001:db8::1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "::ffff:a00:1",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "2002:7f00:1::",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "example.com",
        "",
    ],
)
def test_addresses_that_are_not_public_are_refused(address: str) -> None:
    assert why_refused(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "64:ff9b::101:101"])
def test_public_addresses_are_not_refused(address: str) -> None:
    assert why_refused(address) is None


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+1 234",
        "-cmd|' /C calc'!A0",
        "@SUM(A1)",
        "\t=1",
        " =1",
        "\r=1",
        "\n@x",
        "\uff1d1",
        "-1,2",
    ],
)
def test_a_cell_that_a_spreadsheet_would_run_is_quoted(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "a=b", "-5", "-1.5e-3", "12", '{"a":"=1"}', '["=mail"]', "x-y"])
def test_other_cells_stay_as_they_are(cell: str) -> None:
    assert harmless(cell) == cell


class _Named(BaseModel):
    name: FileName


@pytest.mark.parametrize("name", ["../x", "a/b", "a\\b", ".hidden", "a\nb", "a\x00", "x" * 151])
def test_a_name_that_is_a_path_hidden_or_broken_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        _Named(name=name)


def test_a_name_gets_its_ending_once_and_a_missing_one_the_default() -> None:
    assert with_ending("Größe 1", "pdf", default="document") == "Größe 1.pdf"
    assert with_ending("a.PDF", "pdf", default="document") == "a.PDF"
    assert with_ending("a.", "csv", default="jobs") == "a.csv"
    assert with_ending(_Named(name="").name, "csv", default="jobs") == "jobs.csv"


@pytest.mark.parametrize("name", ["🙂" * 150, "é" * 150, "é" * 146 + ".pdf"])
def test_a_name_is_cut_to_the_bytes_that_a_file_may_have(name: str) -> None:
    cut = with_ending(_Named(name=name).name, "pdf", default="document")

    assert 252 <= len(cut.encode()) <= 255
    assert cut == name[: len(cut) - 4] + ".pdf"


@pytest.mark.parametrize(
    ("hours", "seconds"),
    [(0.1, 60), (1, 60), (6, 300), (24, 1200 + 600), (24 * 7, 10_800), (24 * 31, 43_200), (24 * 366, 7 * 86_400)],
)
def test_a_report_has_at_most_72_bars(hours: float, seconds: int) -> None:
    chosen = bucket_seconds_for(timedelta(hours=hours))

    assert chosen == seconds
    assert hours * 3600 / chosen <= 72


def test_a_period_is_whole_minutes_and_its_buckets_cover_it() -> None:
    period = period_of(ReportParams(last_hours=24), now=NOW)

    assert (period.start, period.end) == (
        datetime(2026, 1, 1, 3, 5, tzinfo=UTC),
        datetime(2026, 1, 2, 3, 5, tzinfo=UTC),
    )
    assert period.bucket_starts[0] == datetime(2026, 1, 1, 3, 0, tzinfo=UTC)
    assert period.bucket_starts[-1] < period.end <= period.bucket_starts[-1] + timedelta(seconds=period.bucket_seconds)


def test_a_period_that_ends_before_it_begins_is_no_period() -> None:
    with pytest.raises(Permanent):
        period_of(ReportParams(start=NOW, end=NOW - timedelta(hours=1)), now=NOW)
