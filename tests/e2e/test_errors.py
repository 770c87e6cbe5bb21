"""Failures in groups, as a person sees to them."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.e2e.driver import Marked

FAILURES = 3


def row_of(page, task):
    return page.get_by_role("region", name="Errors").get_by_role("listitem").filter(has_text=task)


def test_a_failing_task_is_one_error_that_is_resolved_fails_again_is_open_again_and_is_retried(signed_in, told, system):
    jobs = [told("fail", max_retries=0) for _ in range(FAILURES)]
    for job in jobs:
        system.wait(job)
    signed_in.keyboard.press("g")
    signed_in.keyboard.press("e")
    expect(signed_in.get_by_role("heading", name="Errors", level=1)).to_be_visible()
    marked = Marked(signed_in)
    signed_in.get_by_label("Task", exact=True).select_option("e2e.told")
    row = row_of(signed_in, "e2e.told")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("as told in attempt <n>")
    expect(row.get_by_title(str(FAILURES), exact=True)).to_be_visible()

    row.get_by_role("button", name="Resolve Refused of e2e.told").click()
    expect(signed_in.get_by_text("No error matches")).to_be_visible()
    jobs.append(told("fail", max_retries=0))
    system.wait(jobs[-1])
    expect(row).to_contain_text("Open again")
    expect(row.get_by_title(str(FAILURES + 1), exact=True)).to_be_visible()

    row.get_by_role("link", name="Refused").click()
    expect(signed_in.get_by_text("It was resolved, and failed again")).to_be_visible()
    expect(signed_in.get_by_label("Traceback", exact=True)).to_contain_text("raise Refused(")
    examples = signed_in.get_by_role("region", name="Latest jobs")
    expect(examples.get_by_role("listitem")).to_have_count(FAILURES + 1)

    for job in jobs:
        job.tell("done")
    signed_in.get_by_role("button", name="Retry all").click()
    question = signed_in.get_by_role("alertdialog", name=f"Retry {FAILURES + 1} jobs?")
    question.get_by_role("button", name=f"Retry {FAILURES + 1}").click()
    expect(signed_in.get_by_role("region", name="Act on many jobs")).to_contain_text("4 jobs queued again")
    expect(examples.get_by_text("Succeeded")).to_have_count(FAILURES + 1)
    expect(signed_in.get_by_text("4 in all")).to_be_visible()

    signed_in.get_by_role("button", name="Ignore").click()
    expect(signed_in.get_by_test_id("error-status")).to_have_text("Ignored")
    signed_in.get_by_role("button", name="Reopen").click()
    expect(signed_in.get_by_test_id("error-status")).to_have_text("Open")
    marked.verify()


def test_an_error_is_reached_from_the_failures_of_the_overview_and_from_its_job(signed_in, told, system):
    job = told("fail", max_retries=0)
    system.wait(job)
    box = signed_in.get_by_role("region", name="Failures")
    expect(box.get_by_role("link", name="Refused", exact=True).first).to_have_attribute("href", f"/jobs/{job.id}")
    box.get_by_role("link", name="All errors like this Refused").first.click()
    expect(signed_in).to_have_url(re.compile("/errors/[0-9a-f]{16}$"))
    address = signed_in.url

    examples = signed_in.get_by_role("region", name="Latest jobs")
    examples.get_by_role("listitem").first.get_by_role("link").click()
    attempts = signed_in.get_by_role("region", name="Attempts")
    attempts.get_by_role("link", name="Refused").click()
    expect(signed_in).to_have_url(address)


def test_an_address_of_no_error_says_so(signed_in, watch):
    watch.expect("answered: 404 GET .*/errors/0123456789abcdef")
    signed_in.goto("/errors/0123456789abcdef")

    expect(signed_in.get_by_text("There is no such error")).to_be_visible()
