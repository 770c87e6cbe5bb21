"""Exports, reports and PDFs, made by real workers from real jobs."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest
from pypdf import PdfReader

from trajectory.artifacts import artifact_key
from trajectory.lifecycle import submit_batch
from trajectory.schemas import Submission
from trajectory.states import JobState

if TYPE_CHECKING:
    from tests.system import System
    from trajectory.schemas import Job


@pytest.fixture
def working(system: System) -> System:
    system.start_dispatcher()
    system.start_worker()
    return system


def artifact(system: System, job: Job) -> bytes:
    assert job.state is JobState.SUCCEEDED, job.error
    key = artifact_key(job.id, job.attempt, job.result["artifact"])
    return b"".join(system.parts.artifacts.read(key))


def finished(system: System, task: str, params: dict[str, Any], **how: Any) -> tuple[Job, bytes]:
    job = system.wait(system.submit(task, params, **how), seconds=60)
    return job, artifact(system, job)


def test_an_export_has_the_jobs_of_its_filter_in_each_format(working: System) -> None:
    wanted = [
        working.wait(working.submit("demo.sleep", {"seconds": 0, "steps": n}, tags=["=wanted", "x"])) for n in (1, 2)
    ]
    working.wait(working.submit("demo.sleep", {"seconds": 0, "steps": 3}))
    asked = {"tag": "=wanted", "columns": ["id", "tags", "params", "wait_seconds", "created_at", "result"]}

    job, text = finished(working, "data_export", {**asked, "format": "csv"})
    rows = list(csv.DictReader(io.StringIO(text.decode())))
    lines = [
        json.loads(line) for line in finished(working, "data_export", {**asked, "format": "jsonl"})[1].splitlines()
    ]
    table = pq.read_table(io.BytesIO(finished(working, "data_export", {**asked, "format": "parquet"})[1])).to_pylist()

    ids = [str(one.id) for one in wanted]
    assert job.result["rows"] == 2
    assert job.progress is not None
    assert (job.progress.done, job.progress.total) == (2, 2)
    assert [row["id"] for row in rows] == [row["id"] for row in lines] == [row["id"] for row in table] == ids
    assert [json.loads(row["params"])["steps"] for row in rows] == [1, 2]
    assert [row["params"]["steps"] for row in lines] == [1, 2]
    assert [json.loads(row["params"])["steps"] for row in table] == [1, 2]
    assert table[0]["created_at"] == wanted[0].created_at
    assert table[0]["tags"] == lines[0]["tags"] == json.loads(rows[0]["tags"]) == ["=wanted", "x"]


_MEASURE = """
import io, resource, sys
from trajectory.run import Run
from uuid import uuid4
from workers.tasks.export import Params, data_export
class Nowhere:
    def keep_artifact(self, run, name, media_type, source):
        while source.read(65536): pass
run = Run(uuid4(), "data_export", 1, Nowhere())
result = data_export(Params(format=sys.argv[1]), run)
print(result["rows"], resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_memory_does_not_grow_with_the_rows_of_an_export(system: System, form: str) -> None:
    system.start_worker()
    submission = Submission(
        task="demo.sleep", params={"seconds": 0, "steps": 1}, delay_seconds=9000, tags=["t" * 90] * 9
    )

    def peak_kilobytes(rows: int) -> int:
        while (missing := rows - system.count(JobState.SCHEDULED)) > 0:
            submit_batch([submission] * min(missing, 10_000))
        done = subprocess.run(
            [sys.executable, "-c", _MEASURE, form], capture_output=True, text=True, check=True, timeout=120
        )
        written, peak = map(int, done.stdout.split())
        assert written == rows
        return peak

    few, many = peak_kilobytes(2_000), peak_kilobytes(20_000)

    # 18,000 rows more are some 20 MB of text; a row group of Parquet may hold a few of them.
    assert many - few < 16_000


def test_a_report_counts_what_happened(working: System) -> None:
    working.wait(working.submit("demo.sleep", {"seconds": 0, "steps": 1}, priority="high"))
    working.wait(working.submit("demo.sleep", {"seconds": 0, "steps": 1, "fail_times": 1}, max_retries=0))

    def report(_: object = None) -> tuple[Job, bytes]:
        return finished(working, "report_generation", {"last_hours": 1})

    job, pdf = report()
    for _ in range(20):
        # The dispatcher counts some seconds after the fact.
        if job.result["failed"]:
            break
        job, pdf = report()
        working.wait(working.submit("demo.sleep", {"seconds": 0.5, "steps": 1}))

    words = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    assert job.result["failed"] == 1
    assert "PlannedFailure: attempt 1 of the 1 that were to fail" in words
    assert all(part in words for part in ("Service report", "demo.sleep", "Wait p99", "Slowest jobs", "1 /"))


def test_a_report_on_a_time_without_jobs_says_so(working: System) -> None:
    _, pdf = finished(working, "report_generation", {"start": "2020-01-01T00:00:00Z", "end": "2020-02-01T00:00:00Z"})

    words = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    assert "none in this period" in words
    assert "No attempt failed in this period." in words


def test_a_pdf_comes_out_of_a_worker(working: System) -> None:
    _, pdf = finished(working, "pdf_generation", {"markdown": "# Hello\n\nWörld", "file_name": "a"})

    assert "Wörld" in PdfReader(io.BytesIO(pdf)).pages[0].extract_text()


def test_a_private_address_fails_for_good_in_a_worker(working: System) -> None:
    job = working.wait(working.submit("http_request", {"url": "http://169.254.169.254/latest/meta-data"}))

    assert (job.state, job.attempt) == (JobState.FAILED, 1)
    assert job.error is not None
    assert "link-local" in job.error.message
