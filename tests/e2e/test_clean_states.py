"""axe over what opens, unfolds and breaks: each state of a page beside the one it begins with, in both themes."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from local.waiting import wait_until
from tests.e2e.conftest import PATIENCE_SECONDS, forget_stopped_workers, state_of
from tests.e2e.many import HALF, TASK, held
from tests.e2e.test_access import faults
from tests.e2e.test_jobs import rows
from tests.e2e.test_shell import open_palette
from trajectory import acts, schedules
from trajectory.schedule_schemas import NewSchedule


@pytest.fixture(params=["dark", "light"])
def themed(request, open_context, enter):
    return enter(open_context(color_scheme=request.param).new_page())


def test_what_opens_over_the_list_of_jobs_is_clean(themed, system):
    for priority in ("high", "low"):
        system.wait(system.submit("test.noop", tags=["opened", "=odd"], priority=priority))
    themed.goto("/jobs?tag=opened")
    expect(rows(themed).nth(1)).to_be_visible()
    field = themed.get_by_role("combobox", name="Filter jobs")
    field.click()
    expect(themed.get_by_role("option").first).to_be_visible()
    assert faults(themed) == []
    field.press_sequentially("task:test")
    expect(themed.get_by_role("option", name=re.compile("test.noop"))).to_be_visible()
    assert faults(themed) == []
    field.press("Escape")
    field.press("Escape")

    for button, shown in (("Task", "Tasks"), ("Tag: opened", "Tags"), ("Source", "Sources"), ("Views", "Saved views")):
        themed.get_by_role("button", name=button, exact=True).click()
        expect(themed.get_by_role("dialog", name=shown)).to_be_visible()
        expect(themed.locator(".shimmer")).to_have_count(0)
        assert faults(themed) == [], shown
        themed.keyboard.press("Escape")
    themed.get_by_role("button", name="Export", exact=True).click()
    expect(themed.get_by_role("menuitem", name="CSV")).to_be_visible()
    assert faults(themed) == []
    themed.keyboard.press("Escape")

    themed.get_by_role("radio", name="Priority").check()
    plot = themed.get_by_role("region", name="Created over time").locator(".cursor-crosshair")
    plot.hover()
    expect(themed.get_by_text(re.compile(r"^\d+ jobs?$")).first).to_be_visible()
    assert faults(themed) == []


def test_the_pane_beside_the_list_is_clean_with_a_job_that_failed_and_one_that_waits(themed, system):
    failed = system.wait(system.submit("test.raise", max_retries=0, tags=["beside"]))
    later = system.submit("test.noop", delay_seconds=3600, tags=["beside"])
    for job in (failed, later):
        themed.goto(f"/jobs?tag=beside&job={job.id}")
        pane = themed.get_by_role("complementary", name="Job")
        expect(pane.get_by_role("region", name="Facts")).to_be_visible()
        expect(themed.locator(".shimmer")).to_have_count(0)
        assert faults(themed) == []


def test_a_selection_its_priorities_and_an_address_that_matches_nothing_are_clean(themed, system):
    system.submit("test.noop", delay_seconds=3600, tags=["selected"])
    themed.goto("/jobs?tag=selected")
    expect(themed.get_by_role("table").get_by_role("link", name="test.noop").first).to_be_visible()
    themed.get_by_role("checkbox", name="Select all loaded jobs").check()
    themed.get_by_role("toolbar").get_by_role("button", name="Priority").click()
    expect(themed.get_by_role("menuitemradio", name="High")).to_be_visible()
    assert faults(themed) == []

    themed.goto("/jobs?tag=nobody-has-it")
    expect(themed.get_by_text("No job matches")).to_be_visible()
    assert faults(themed) == []


@pytest.mark.usefixtures("ten_thousand")
def test_an_act_on_many_is_clean_while_it_goes_on_and_when_it_was_aborted(themed, system):
    themed.goto(f"/jobs?task={TASK}&state=failed")
    themed.get_by_role("checkbox", name="Select all loaded jobs").check()
    themed.get_by_role("button", name="Select all that match").click()
    themed.get_by_role("toolbar").get_by_role("button", name="Retry").click()
    act = themed.get_by_role("region", name="Act on many jobs")
    with held(system, HALF):
        themed.get_by_role("alertdialog").get_by_role("button", name=re.compile("^Retry")).click()
        expect(act).to_contain_text("5,000 of 10,000")
        assert faults(themed) == []
        act.get_by_role("button", name="Abort").click()
        expect(act).to_contain_text("Aborted")
    assert faults(themed) == []


def test_the_page_of_a_job_is_clean_in_every_state(themed, system, told):
    scheduled = system.submit("test.noop", delay_seconds=3600, tags=["later"], unique_key="one")
    cancelled = system.submit("test.noop", delay_seconds=3600)
    themed.goto(f"/jobs/{cancelled.id}")
    themed.get_by_role("button", name="Cancel").click()
    expect(state_of(themed)).to_have_text("Cancelled")
    expect(themed.get_by_role("listitem").filter(has_text="Cancelled").first).to_be_visible()
    assert faults(themed) == []

    themed.goto(f"/jobs/{scheduled.id}")
    expect(themed.get_by_role("region", name="Why is it waiting?")).to_contain_text("It is due later")
    assert faults(themed) == []
    themed.get_by_role("button", name="Priority").click()
    expect(themed.get_by_role("menuitemradio", name="High")).to_be_visible()
    assert faults(themed) == []

    done = system.wait(system.submit("report_generation"))
    themed.goto(f"/jobs/{done.id}")
    expect(themed.get_by_role("button", name=re.compile("^Download .*pdf$"))).to_be_visible()
    expect(themed.get_by_role("log")).to_be_visible()
    expect(themed.get_by_role("region", name="Result")).to_be_visible()
    assert faults(themed) == []
    themed.get_by_role("button", name="Delete").click()
    expect(themed.get_by_role("alertdialog")).to_be_visible()
    assert faults(themed) == []

    job = told(30, max_retries=2)
    themed.goto(f"/jobs/{job.id}")
    expect(themed.get_by_role("log")).to_contain_text("was told 30")
    expect(state_of(themed)).to_have_text("Running")
    assert faults(themed) == []


def test_a_job_that_is_tried_again_is_clean_with_its_curve_and_the_difference_unfolded(themed, system):
    job = system.submit("e2e.patient")
    system.wait(job, lambda now: now.state == "retrying")
    acts.run_now(job.id)
    system.wait(job, lambda now: now.attempt == 2 and now.state == "retrying")
    themed.goto(f"/jobs/{job.id}")
    expect(themed.get_by_role("region", name="Retries")).to_contain_text(re.compile("Next try in|Due now"))
    themed.get_by_text("Difference from attempt 1").click()
    expect(themed.get_by_role("deletion")).to_contain_text("attempt 1")
    assert faults(themed) == []

    failed = system.wait(system.submit("test.raise", max_retries=0))
    themed.goto(f"/jobs/{failed.id}")
    themed.get_by_role("button", name="Edit and retry").click()
    expect(themed.get_by_role("dialog", name="Edit and retry")).to_be_visible()
    assert faults(themed) == []


def test_pages_that_are_not_there_are_clean(themed, watch):
    watch.expect("answered: 404 GET ")
    nothing = "00000000-0000-7000-8000-000000000000"
    for path, words in {
        "/nowhere": "There is no such page",
        f"/jobs/{nothing}": "There is no such job",
        f"/schedules/{nothing}": "There is no such schedule",
        "/errors/0123456789abcdef": "There is no such error",
    }.items():
        themed.goto(path)
        expect(themed.get_by_text(words)).to_be_visible()
        assert faults(themed) == [], path


def test_a_page_that_broke_and_one_of_whose_views_did_are_clean(themed, watch):
    watch.expect("console: .*")
    themed.route("**/api/v1/workers", lambda route: route.fulfill(json={"items": [{"id": "not a worker"}]}))
    for path in ("/workers", "/"):
        themed.goto(path)
        expect(themed.get_by_role("alert")).to_contain_text("This view broke")
        assert faults(themed) == [], path


@pytest.fixture
def nightly(system):
    """A schedule with a job behind it, that nobody declared."""
    made = schedules.create(
        NewSchedule(name="nightly-of-the-test", cron="0 3 * * *", timezone="Europe/Berlin", task="test.noop"),
        created_by="test",
    )
    job = schedules.run_now(made.id)
    system.wait(job)
    yield made
    schedules.delete(made.id)


def test_a_schedule_with_its_history_its_form_and_its_question_are_clean(themed, nightly):
    themed.goto(f"/schedules/{nightly.id}")
    history = themed.get_by_role("region", name="History")
    expect(history.get_by_role("listitem").first).to_contain_text("Succeeded")
    assert faults(themed) == []
    themed.get_by_role("button", name="Pause").click()
    expect(themed.get_by_text("Runs during a pause are not made up for.")).to_be_visible()
    assert faults(themed) == []
    themed.get_by_role("button", name="Delete").click()
    expect(themed.get_by_role("alertdialog")).to_be_visible()
    assert faults(themed) == []

    themed.goto(f"/schedules/{nightly.id}/edit")
    expect(themed.get_by_role("status", name="Preview").get_by_role("listitem")).to_have_count(5)
    assert faults(themed) == []
    # From where its end is no news.
    themed.goto("/schedules")
    expect(themed.get_by_role("link", name=nightly.name)).to_be_visible()


def test_a_worker_at_work_and_one_that_stopped_are_clean(themed, system, told):
    running = told(40)
    system.wait(running, lambda job: job.state == "running")
    process = system.start_worker(slots=2)
    themed.goto("/workers")
    cards = themed.get_by_role("region", name=re.compile("^Worker "))
    expect(cards.get_by_role("link", name="e2e.told")).to_be_visible()
    expect(cards.get_by_text(re.compile(r"^\d+(\.\d)? MB$"))).to_have_count(3)
    assert faults(themed) == []
    process.stop()
    system.children.remove(process)
    expect(themed.get_by_text("stopped", exact=True).first).to_be_visible()
    assert faults(themed) == []
    forget_stopped_workers()


def test_what_the_shell_opens_is_clean(themed, system):
    themed.get_by_test_id("live-chip").get_by_role("button").click()
    expect(themed.get_by_role("dialog", name="Connection")).to_be_visible()
    assert faults(themed) == []
    themed.keyboard.press("Escape")
    for button in ("Theme:", "Environment:"):
        themed.get_by_role("button", name=button).click()
        expect(themed.get_by_role("dialog", name=button)).to_be_visible()
        assert faults(themed) == []
        themed.keyboard.press("Escape")
    open_palette(themed, "zzzz no such thing")
    expect(themed.get_by_role("option")).to_have_count(1)
    assert faults(themed) == []


def test_the_demo_the_lanes_of_the_overview_and_an_undo_are_clean(themed, system, told):
    blocker = told()
    system.wait(blocker, lambda job: job.state == "running")
    themed.get_by_role("button", name="Run the priority demo").click()
    demo = themed.get_by_role("region", name="Priority demo")
    expect(demo.get_by_role("listitem")).to_have_count(11)
    timeline = themed.get_by_role("region", name="Lanes").get_by_role("application", name="Timeline of slots")
    link = themed.get_by_role("link", name="Open job")
    assert wait_until(lambda: timeline.press("ArrowRight") or link.is_visible(), PATIENCE_SECONDS, every=0.2)
    themed.get_by_role("button", name="Pause low").click()
    undo = themed.get_by_role("button", name="Undo")
    # What is pointed at does not leave in the midst of being looked at.
    undo.hover()
    assert faults(themed) == []
    expect(undo).to_be_visible()
    themed.get_by_role("button", name="Resume low").click()
    expect(themed.get_by_role("region", name="Low priority")).not_to_contain_text("Paused")


def test_lanes_are_clean_in_a_span_of_the_past_in_which_nothing_ran(themed):
    themed.goto("/lanes?from=2026-01-01T00:00:00Z&to=2026-01-01T00:05:00Z")
    expect(themed.get_by_text(re.compile("No worker was seen|Nothing ran in this span"))).to_be_visible()
    assert faults(themed) == []
    themed.get_by_role("radio", name="Table").click()
    expect(themed.get_by_text("Nothing ran in this span")).to_be_visible()
    assert faults(themed) == []


def test_the_samples_beside_the_form_are_clean_in_every_language(themed, system):
    themed.goto("/submit?task=demo.sleep")
    samples = themed.get_by_role("region", name="The same as code")
    expect(samples.get_by_role("tab")).to_have_count(2)
    for language in samples.get_by_role("tab").all():
        language.click()
        expect(language).to_have_attribute("aria-selected", "true")
        assert faults(themed) == []
    for when in ("After a delay", "At a time"):
        themed.get_by_role("radio", name=when).check()
        assert faults(themed) == []
