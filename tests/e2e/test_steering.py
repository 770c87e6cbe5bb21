"""What a person steers with: schedules, pauses, acts on one job and on many."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from local.waiting import wait_until
from tests.e2e.conftest import PATIENCE_SECONDS, forget_stopped_workers, job_id_of, state_of, with_tag
from tests.e2e.driver import Marked
from trajectory import schedules, steering
from trajectory.priorities import Priority


@pytest.fixture
def leave_no_schedule(system):
    yield
    for item in schedules.schedules().items:
        if not item.declared:
            schedules.delete(item.id)


@pytest.fixture
def leave_no_pause(system):
    yield
    for priority in Priority:
        steering.resume(priority)


@pytest.mark.usefixtures("leave_no_schedule")
def test_a_schedule_is_made_run_paused_and_deleted_by_what_its_cron_says_in_words(signed_in, system):
    signed_in.goto("/schedules")
    signed_in.get_by_role("link", name="New schedule").first.click()
    form = signed_in.get_by_role("form", name="New schedule")
    form.get_by_label("Name", exact=True).fill("five-minutely")
    form.get_by_label("Cron").fill("*/5 9 * * 1-5")
    form.get_by_label("Time zone").fill("Europe/Berlin")
    preview = form.get_by_role("status", name="Preview")
    expect(preview).to_contain_text(re.compile("fifth minute.*Monday through Friday", re.DOTALL))
    expect(preview.get_by_role("listitem")).to_have_count(5)
    expect(preview.get_by_role("listitem").first).to_contain_text("09:")
    form.get_by_label("Task").select_option("test.noop")
    form.get_by_role("button", name="Create schedule").click()

    expect(signed_in.get_by_role("heading", name="five-minutely", level=1)).to_be_visible()
    marked = Marked(signed_in)
    history = signed_in.get_by_role("region", name="History")
    expect(history).to_contain_text("No jobs yet")
    signed_in.get_by_role("button", name="Run now").click()
    expect(history.get_by_role("listitem")).to_have_count(1)
    expect(history.get_by_role("listitem").first).to_contain_text("Succeeded")

    signed_in.get_by_role("button", name="Pause").click()
    expect(signed_in.get_by_text("Runs during a pause are not made up for.")).to_be_visible()
    # The page shows a pause before the server has said yes.
    assert wait_until(lambda: schedules.schedules().items[0].paused_at is not None, PATIENCE_SECONDS)
    signed_in.get_by_role("button", name="Resume").click()
    expect(signed_in.get_by_role("list", name="Next runs").get_by_role("listitem")).to_have_count(5)

    signed_in.get_by_role("button", name="Delete").click()
    signed_in.get_by_role("alertdialog").get_by_role("button", name="Delete schedule").click()
    expect(signed_in).to_have_url(re.compile("/schedules$"))
    listed = signed_in.get_by_role("region", name="Schedules")
    expect(listed.get_by_role("listitem").filter(has_text="test.yearly")).to_contain_text("in code")
    expect(listed.get_by_text("five-minutely")).to_have_count(0)
    marked.verify()


@pytest.mark.usefixtures("leave_no_schedule")
def test_an_expression_that_is_wrong_is_told_beside_its_field_while_it_is_typed(signed_in, watch):
    watch.expect("answered: 400 GET .*preview")
    signed_in.goto("/schedules/new")
    signed_in.get_by_label("Cron").fill("0 25 * * *")

    expect(signed_in.get_by_label("Cron")).to_have_attribute("aria-invalid", "true")
    expect(signed_in.get_by_text("the hour '25' is not valid")).to_be_visible()
    signed_in.get_by_label("Cron").fill("0 2 * * *")
    expect(signed_in.get_by_role("status", name="Preview")).to_contain_text("02:00")
    expect(signed_in.get_by_label("Cron")).not_to_have_attribute("aria-invalid", "true")


@pytest.mark.usefixtures("leave_no_pause")
def test_jobs_of_a_paused_queue_wait_and_say_so_until_it_is_resumed(signed_in, system):
    signed_in.get_by_role("button", name="Pause low").click()
    card = signed_in.get_by_role("region", name="Low priority")
    expect(card).to_contain_text("Paused by ")
    waiting = system.submit("test.noop", priority="low")
    passing = system.submit("test.noop", priority="medium")
    assert system.wait(passing).state == "succeeded"

    signed_in.goto(f"/jobs/{waiting.id}")
    expect(state_of(signed_in)).to_have_text("Queued")
    reason = signed_in.get_by_role("region", name="Why is it waiting?")
    expect(reason).to_contain_text("The queue low is paused by")
    expect(reason).to_contain_text("no estimate")
    assert system.job(waiting.id).state == "queued"

    reason.get_by_role("link", name="Queues").click()
    expect(signed_in).to_have_url(re.compile("/queues$"))
    queue = signed_in.get_by_role("table").get_by_role("row").filter(has_text="Low")
    expect(queue.get_by_role("link", name="1 waiting in low")).to_be_visible()
    queue.get_by_role("button", name="Resume low").click()
    expect(queue).not_to_contain_text("Paused")
    assert system.wait(waiting).state == "succeeded"
    expect(queue.get_by_title(re.compile("^Jobs of a lower priority"))).to_have_text("0")


def test_a_failed_job_is_read_edited_and_run_again(signed_in, told, system):
    broken = told("fail", max_retries=0)
    mended = told("done")
    system.wait(broken)
    signed_in.goto(f"/jobs/{broken.id}")
    expect(state_of(signed_in)).to_have_text("Failed")
    signed_in.get_by_role("button", name="Edit and retry").click()
    dialog = signed_in.get_by_role("dialog", name="Edit and retry")
    expect(dialog).to_contain_text("as told in attempt 1")
    dialog.get_by_label("Path").fill(str(mended.order))
    dialog.get_by_role("radio", name="High").click()
    dialog.get_by_role("button", name="Retry").click()

    expect(dialog).to_be_hidden()
    expect(state_of(signed_in)).to_have_text("Succeeded")
    expect(signed_in.get_by_role("region", name="Params")).to_contain_text(mended.order.name)
    job = system.job(broken.id)
    assert (job.attempt, job.priority, job.params) == (2, "high", {"path": str(mended.order)})


def test_a_running_job_is_asked_to_stop_by_its_button(signed_in, told, system):
    job = told()
    signed_in.goto(f"/jobs/{job.id}")
    expect(state_of(signed_in)).to_have_text("Running")
    signed_in.get_by_role("button", name="Cancel").click()

    expect(state_of(signed_in)).to_have_text("Cancelled")
    assert system.job(job.id).state == "cancelled"


def test_a_waiting_job_is_moved_to_another_priority_and_a_delayed_one_is_run_now(signed_in, system):
    job = system.submit("test.noop", delay_seconds=3600)
    signed_in.goto(f"/jobs/{job.id}")
    expect(signed_in.get_by_role("region", name="Why is it waiting?")).to_contain_text("It is due later")
    signed_in.get_by_role("button", name="Priority").click()
    signed_in.get_by_role("menuitemradio", name="High").click()
    expect(signed_in.get_by_text("Priority is high now", exact=True)).to_be_visible()
    signed_in.get_by_role("button", name="Run now").click()

    expect(state_of(signed_in)).to_have_text("Succeeded")
    assert system.job(job.id).priority == "high"


def test_a_final_job_is_deleted_after_the_question(signed_in, system):
    job = system.wait(system.submit("test.noop", tags=["to-be-deleted"]))
    signed_in.goto("/jobs?tag=to-be-deleted")
    signed_in.get_by_role("table").get_by_role("link", name="test.noop").press("Enter")
    assert job_id_of(signed_in) == str(job.id)
    signed_in.get_by_role("button", name="Delete", exact=True).click()
    signed_in.get_by_role("alertdialog").get_by_role("button", name="Delete job").click()

    expect(signed_in).to_have_url(re.compile("/jobs$"))
    assert with_tag("to-be-deleted") == []


def test_all_that_match_are_counted_first_and_then_retried(signed_in, told, system):
    jobs = [told("fail", max_retries=0, tags=["bulk-retried"]) for _ in range(3)]
    well = told("done", tags=["bulk-retried"])
    for job in (*jobs, well):
        system.wait(job)
    for job in jobs:
        job.tell("done")
    signed_in.goto("/jobs?tag=bulk-retried")
    signed_in.get_by_role("checkbox", name="Select all loaded jobs").check()
    toolbar = signed_in.get_by_role("toolbar", name="Selected jobs")
    expect(toolbar).to_contain_text("4 jobs selected")
    toolbar.get_by_role("button", name="Retry").click()
    question = signed_in.get_by_role("alertdialog", name="Retry 3 jobs?")
    expect(question).to_contain_text("1 other of the selected cannot")
    question.get_by_role("button", name="Retry 3").click()

    expect(signed_in.get_by_role("region", name="Act on many jobs")).to_contain_text("3 jobs queued again")
    expect(signed_in.get_by_role("table", name="Jobs").get_by_text("Succeeded")).to_have_count(4)
    assert sorted(job.attempt for job in with_tag("bulk-retried")) == [1, 2, 2, 2]


def test_a_worker_is_resized_and_stopped_from_its_card(signed_in, system):
    process = system.start_worker(slots=1)
    signed_in.goto("/workers")
    card = signed_in.get_by_role("region", name=re.compile(f"^Worker .*, process {process.process.pid}$"))
    slots = card.get_by_role("list").get_by_role("listitem")
    expect(slots).to_have_count(1)
    card.get_by_role("button", name="Resize").click()
    signed_in.get_by_label("Slots", exact=True).fill("3")
    signed_in.get_by_role("button", name="Resize worker").click()
    expect(slots).to_have_count(3)

    card.get_by_role("button", name="Stop").click()
    signed_in.get_by_role("alertdialog").get_by_role("button", name="Stop worker").click()
    expect(card).to_contain_text(re.compile("stopped|Stops when"))
    assert wait_until(lambda: system.living_workers() == 1, PATIENCE_SECONDS)
    assert wait_until(lambda: not process.is_running(), PATIENCE_SECONDS)
    forget_stopped_workers()


def test_the_priority_demo_is_seen_through_to_its_end(signed_in, system):
    marked = Marked(signed_in)
    signed_in.get_by_role("button", name="Run the priority demo").click()
    demo = signed_in.get_by_role("region", name="Priority demo")
    jobs = demo.get_by_role("listitem")
    expect(jobs).to_have_count(11)
    # Submitted last, started second at the latest: one slot, which may be at the first low one already.
    high = demo.get_by_role("link", name=re.compile("High job"))
    expect(high).to_have_accessible_name(re.compile("started as number [12]$"))
    expect(demo).to_contain_text(re.compile("overtook (9|10) low ones"))
    expect(demo.get_by_role("link", name=re.compile("Succeeded, started as number"))).to_have_count(11, timeout=90_000)
    expect(
        signed_in.get_by_role("region", name="High priority").locator("dt", has_text="Inversions").locator("+ dd")
    ).to_have_text("0")
    marked.verify()
