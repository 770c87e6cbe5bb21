"""What a list shows, as a file."""

from __future__ import annotations

import csv
import io
import json

import pytest

from trajectory import acts, job_export, lifecycle
from trajectory.priorities import Priority
from trajectory.schemas import Submission


@pytest.fixture
def jobs(catalogue):
    """Seven jobs, the newest last, of which one has words that a spreadsheet would run."""
    plain = [Submission(task="test.noop", tags=["a", "b"], priority=Priority.HIGH) for _ in range(6)]
    _, ids = lifecycle.submit_batch(plain)
    evil = catalogue.submit("test.noop", tags=["=HYPERLINK(1)", "a"], concurrency_key="@k", unique_key="-1+2")
    return [*ids, evil.id]


def exported(client, query):
    answer = client.get(f"/api/v1/jobs/export?{query}")
    assert answer.status_code == 200
    return answer


def test_json_lines_hold_each_job_as_the_list_has_it_newest_first(client, jobs):
    answer = exported(client, "format=jsonl&tag=a")
    lines = [json.loads(line) for line in answer.text.splitlines()]
    listed = client.get("/api/v1/jobs?tag=a").json["items"]

    assert answer.mimetype == "application/x-ndjson"
    assert [line["id"] for line in lines] == [str(job_id) for job_id in reversed(jobs)]
    # Its wait grows between the two readings.
    assert [line | {"wait_seconds": 0} for line in lines] == [job | {"wait_seconds": 0} for job in listed]


def test_csv_has_a_row_for_each_job_and_runs_in_no_spreadsheet(client, jobs):
    answer = exported(client, "format=csv")
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))

    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=jobs-")
    assert list(rows[0]) == list(job_export.COLUMNS)
    assert [row["id"] for row in rows] == [str(job_id) for job_id in reversed(jobs)]
    assert (rows[0]["tags"], rows[0]["concurrency_key"], rows[0]["unique_key"]) == ("'=HYPERLINK(1) a", "'@k", "'-1+2")
    assert (rows[1]["tags"], rows[1]["priority"], rows[1]["held"], rows[1]["error_type"]) == (
        "a b",
        "high",
        "false",
        "",
    )


def test_a_long_list_is_read_page_by_page_and_leaves_out_what_comes_meanwhile(client, jobs, catalogue, monkeypatch):
    monkeypatch.setattr(job_export, "_AT_ONCE", 2)
    answer = client.get("/api/v1/jobs/export?format=jsonl", buffered=False)
    pieces = iter(answer.response)
    first = next(pieces)
    later = catalogue.submit("test.noop")
    acts.cancel(jobs[0])
    rest = list(pieces)

    lines = [json.loads(line) for piece in [first, *rest] for line in piece.splitlines()]
    assert [len(piece.splitlines()) for piece in [first, *rest]] == [2, 2, 2, 1]
    assert [line["id"] for line in lines] == [str(job_id) for job_id in reversed(jobs)]
    assert str(later.id) not in {line["id"] for line in lines}
    assert lines[-1]["state"] == "cancelled"


def test_a_list_of_nothing_is_a_file_with_its_heading(client, jobs):
    assert exported(client, "format=csv&tag=none").text == ",".join(job_export.COLUMNS) + "\r\n"
    assert exported(client, "format=jsonl&tag=none").text == ""


def test_a_link_may_carry_a_ticket_and_nothing_else_may(client, jobs):
    ticket = client.post("/api/v1/ticket").json["ticket"]
    del client.environ_base["HTTP_AUTHORIZATION"]

    assert len(exported(client, f"format=jsonl&tag=a&ticket={ticket}").text.splitlines()) == 7
    assert client.get(f"/api/v1/jobs?ticket={ticket}").status_code == 401
    assert client.get("/api/v1/jobs/export?format=jsonl").status_code == 401


@pytest.mark.parametrize("query", ["", "format=xml", "format=csv&state=gone"])
def test_a_file_that_cannot_be_made_is_refused_before_it_begins(client, query):
    answer = client.get(f"/api/v1/jobs/export?{query}")

    assert (answer.status_code, answer.json["code"]) == (400, "invalid_query")
