"""The page of a job: what went wrong, how often it was tried, and what one may do about it."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.e2e.conftest import state_of
from tests.e2e.driver import Marked


def attempts(page):
    return page.get_by_role("region", name="Attempts").get_by_role("listitem")


def test_a_failed_job_shows_type_message_and_the_traceback_when_unfolded(signed_in, system):
    job = system.wait(system.submit("test.raise", max_retries=0))
    signed_in.goto(f"/jobs/{job.id}")

    expect(state_of(signed_in)).to_have_text("Failed")
    expect(attempts(signed_in)).to_have_count(1)
    attempt = attempts(signed_in).first
    expect(attempt).to_contain_text("Wrong")
    expect(attempt.get_by_role("paragraph").filter(has_text="wanted in attempt 1")).to_be_visible()
    traceback = attempt.locator("pre")
    expect(traceback).to_be_hidden()
    attempt.get_by_text("Traceback", exact=True).click()
    expect(traceback).to_be_visible()
    expect(traceback).to_contain_text("tests/work.py")
    expect(traceback).to_contain_text('raise Wrong(f"wanted in attempt {run.attempt}")')


def test_a_failed_attempt_shows_when_it_is_tried_again_and_then_what_it_came_to(signed_in, told):
    job = told(max_retries=1)
    signed_in.goto(f"/jobs/{job.id}")
    expect(state_of(signed_in)).to_have_text("Running")
    marked = Marked(signed_in)
    job.tell("fail")

    expect(state_of(signed_in)).to_have_text("Retrying")
    expect(attempts(signed_in).first).to_contain_text("as told in attempt 1")
    expect(attempts(signed_in).first).to_contain_text(re.compile(r"next try in \d+ s|due now"))
    job.tell("done")
    signed_in.get_by_role("button", name="Run now").click()
    expect(state_of(signed_in)).to_have_text("Succeeded")
    expect(attempts(signed_in)).to_have_count(2)
    expect(attempts(signed_in).nth(0)).to_contain_text("Succeeded")
    expect(attempts(signed_in).nth(1)).to_contain_text("tried again after 30")
    marked.verify()


def test_a_job_that_uses_up_its_retries_shows_every_attempt(signed_in, system):
    job = system.wait(system.submit("test.raise", max_retries=2))
    signed_in.goto(f"/jobs/{job.id}")

    expect(state_of(signed_in)).to_have_text("Failed")
    expect(attempts(signed_in)).to_have_count(3)
    for row, number in enumerate((3, 2, 1)):
        expect(attempts(signed_in).nth(row)).to_contain_text(f"wanted in attempt {number}")


def test_a_scheduled_job_is_cancelled_by_its_button(signed_in, system):
    job = system.submit("demo.sleep", {"seconds": 0}, delay_seconds=3600)
    signed_in.goto(f"/jobs/{job.id}")
    expect(state_of(signed_in)).to_have_text("Scheduled")
    signed_in.get_by_role("button", name="Cancel").click()

    expect(state_of(signed_in)).to_have_text("Cancelled")
    expect(signed_in.get_by_role("button", name="Cancel")).to_have_count(0)
    assert system.job(job.id).state == "cancelled"


def test_a_failed_job_is_tried_again_by_its_button(signed_in, told, system):
    job = told("fail", max_retries=0)
    system.wait(job)
    signed_in.goto(f"/jobs/{job.id}")
    expect(state_of(signed_in)).to_have_text("Failed")
    job.tell("done")
    signed_in.get_by_role("button", name="Retry", exact=True).click()

    expect(state_of(signed_in)).to_have_text("Succeeded")
    expect(attempts(signed_in)).to_have_count(2)
    assert system.job(job.id).attempt == 2


def test_a_job_that_is_not_there_is_said_to_be_not_there(signed_in, watch):
    watch.expect("answered: 404 GET ")
    signed_in.goto("/jobs/00000000-0000-7000-8000-000000000000")

    expect(signed_in.get_by_text("There is no such job")).to_be_visible()


def test_the_log_grows_while_the_job_runs(signed_in, told):
    job = told(10)
    signed_in.goto(f"/jobs/{job.id}")
    log = signed_in.get_by_role("log")
    expect(log).to_contain_text("was told 10")
    marked = Marked(signed_in)
    for percent in (40, 80):
        job.tell(percent)
        expect(log).to_contain_text(f"was told {percent}")
    expect(signed_in.get_by_role("region", name="Log")).to_contain_text("3 lines, following")
    marked.verify()
