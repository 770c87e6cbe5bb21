"""Submitting from the browser: the form of each task's schema, what the server finds wrong, and what comes out."""

from __future__ import annotations

import csv
import io
import re

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.e2e.conftest import job_id_of, state_of
from trajectory.store.filters import JobFilter
from trajectory.views import job_counts


def stored():
    return sum(job_counts(JobFilter(), up_to=100_000).counts.values())


def choose(page, task):
    page.goto("/submit")
    page.get_by_role("radiogroup", name="Task").get_by_role("radio", name=task).check()
    form = page.get_by_role("form", name=f"Submit {task}")
    expect(form).to_be_visible()
    return form


def submit(form):
    form.get_by_role("button", name="Submit job").click()


def expect_fault(field, words):
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(re.compile(re.escape(words)))


def test_a_job_submitted_by_the_form_runs_as_the_form_said(signed_in, system):
    form = choose(signed_in, "demo.sleep")
    form.get_by_label("Seconds").fill("0.2")
    form.get_by_label("Steps").fill("4")
    form.get_by_role("radio", name="High").click()
    form.get_by_label("Tags").fill("by-form, browser")
    submit(form)

    job = system.job(job_id_of(signed_in))
    expect(state_of(signed_in)).to_have_text("Succeeded")
    assert (job.task, job.params) == ("demo.sleep", {"seconds": 0.2, "steps": 4, "fail_times": 0})
    assert (job.priority, job.tags) == ("high", ["by-form", "browser"])


def test_what_the_server_finds_wrong_stands_beside_its_field_and_nothing_is_stored(signed_in, watch):
    watch.expect(r"answered: 422 POST .*/api/v1/jobs$")
    before = stored()
    form = choose(signed_in, "demo.sleep")
    form.get_by_label("Seconds").fill("-1")
    form.get_by_label("Steps").fill("20000")
    submit(form)

    expect_fault(form.get_by_label("Seconds"), "-1 is less than the minimum of 0")
    expect_fault(form.get_by_label("Steps"), "20000 is greater than the maximum of 10000")
    expect(form.get_by_label("Fail times")).not_to_have_attribute("aria-invalid", "true")
    expect(form.get_by_label("Seconds")).to_be_focused()
    form.get_by_label("Seconds").fill("1")
    form.get_by_label("Steps").fill("2")
    form.get_by_label("Max retries").fill("-3")
    submit(form)

    expect_fault(form.get_by_label("Max retries"), "greater than or equal to 0")
    expect(form.get_by_label("Seconds")).not_to_have_attribute("aria-invalid", "true")
    expect(signed_in).to_have_url(re.compile(r"/submit\?task=demo\.sleep$"))
    assert stored() == before


@pytest.fixture
def download(signed_in):
    """Press the one artifact of the page and give its name and bytes."""

    def press():
        with signed_in.expect_download() as started:
            signed_in.get_by_role("button", name="Download").filter(has_text="attempt").click()
        return started.value.suggested_filename, started.value.path().read_bytes()

    return press


def test_a_report_comes_out_of_the_browser_as_a_pdf(signed_in, download, system):
    system.wait(system.submit("test.noop"))
    form = choose(signed_in, "report_generation")
    submit(form)
    expect(state_of(signed_in)).to_have_text("Succeeded")
    name, content = download()

    assert name.endswith(".pdf")
    assert content.startswith(b"%PDF")
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    assert "test.noop" in text


def test_an_export_comes_out_of_the_browser_as_csv_with_the_jobs_that_match(signed_in, download, system):
    jobs = [system.wait(system.submit("test.noop", tags=["from-the-form"])) for _ in range(3)]
    form = choose(signed_in, "data_export")
    form.get_by_label("Tag", exact=True).fill("from-the-form")
    submit(form)
    expect(state_of(signed_in)).to_have_text("Succeeded")
    name, content = download()

    assert name.endswith(".csv")
    lines = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert sorted(line["id"] for line in lines) == sorted(str(job.id) for job in jobs)
    assert {line["state"] for line in lines} == {"succeeded"}
