"""The jobs page at work: many jobs found and acted on, views, the brush, the pane, keys, and files."""

from __future__ import annotations

import csv
import json
import re

import pytest
from playwright.sync_api import expect

from local.waiting import wait_until
from tests.e2e.conftest import PATIENCE_SECONDS, job_id_of, state_of, with_tag
from tests.e2e.many import HALF, TASK, TEN_THOUSAND, held
from tests.e2e.test_jobs import rows
from trajectory import bulk, schedules, views
from trajectory.lifecycle import submit_batch
from trajectory.schedule_schemas import NewSchedule
from trajectory.schemas import Submission
from trajectory.states import JobState
from trajectory.store.filters import JobFilter


@pytest.mark.usefixtures("ten_thousand")
def test_ten_thousand_failed_jobs_are_found_by_a_filter_and_retried_until_the_act_is_aborted_halfway(signed_in, system):
    signed_in.goto("/jobs")
    field = signed_in.get_by_role("combobox", name="Filter jobs")
    field.press_sequentially(f"task:{TASK} state:failed")
    field.press("Enter")
    expect(signed_in).to_have_url(re.compile(rf"\?(?=.*state=failed)(?=.*task={TASK})"))
    pill = signed_in.get_by_role("button", name=re.compile("^Failed"))
    expect(pill).to_contain_text("10,000")
    # The address is there before the table of its rows, and what is selected in the one before goes with it.
    expect(pill).to_have_attribute("aria-pressed", "true")
    expect(rows(signed_in).first).to_contain_text(TASK)
    expect(rows(signed_in).filter(has_not_text=TASK)).to_have_count(0)
    signed_in.get_by_role("checkbox", name="Select all loaded jobs").check()
    signed_in.get_by_role("button", name="Select all that match").click()
    signed_in.get_by_role("toolbar").get_by_role("button", name="Retry").click()
    question = signed_in.get_by_role("alertdialog", name="Retry 10,000 jobs?")
    act = signed_in.get_by_role("region", name="Act on many jobs")
    with held(system, HALF):
        question.get_by_role("button", name="Retry 10,000").click()
        expect(act).to_contain_text("5,000 of 10,000")
        act.get_by_role("button", name="Abort").click()
        expect(act).to_contain_text("Aborted: 5,000 jobs queued again")

    expect(signed_in.get_by_role("button", name=re.compile("^Failed"))).to_contain_text("5,000")
    counts = views.job_counts(JobFilter(tasks=(TASK,)), up_to=TEN_THOUSAND).counts
    assert (counts[JobState.QUEUED], counts[JobState.FAILED]) == (HALF, TEN_THOUSAND - HALF)
    assert bulk.acts().items[0].state == "aborted"


ROWS_IN_SIGHT = 60
ROW_PIXELS = 42


@pytest.mark.usefixtures("ten_thousand")
def test_of_a_list_of_thousands_only_the_rows_in_sight_are_in_the_page(signed_in):
    signed_in.goto(f"/jobs?task={TASK}")
    expect(rows(signed_in).first).to_be_visible()
    table = signed_in.get_by_role("table", name="Jobs")
    first = rows(signed_in).first.get_attribute("data-job")

    def loads_more():
        return table.evaluate("(one) => (one.parentElement.scrollTop = one.parentElement.scrollHeight)")

    assert wait_until(lambda: loads_more() > 2_000 * ROW_PIXELS, PATIENCE_SECONDS, every=0.05)
    expect(signed_in.locator(f"[data-job='{first}']")).to_have_count(0)
    assert rows(signed_in).count() < ROWS_IN_SIGHT
    table.evaluate("(one) => (one.parentElement.scrollTop = 0)")
    expect(signed_in.locator(f"[data-job='{first}']")).to_be_visible()


def ask_of_all(page, act):
    page.get_by_role("checkbox", name="Select all loaded jobs").check()
    page.get_by_role("toolbar", name="Selected jobs").get_by_role("button", name=act, exact=True).click()


def test_many_are_moved_to_another_priority_run_now_and_deleted_from_the_page(signed_in, system):
    for _ in range(3):
        system.submit("test.noop", delay_seconds=3600, tags=["handled"], priority="low")
    signed_in.goto("/jobs?tag=handled")
    expect(rows(signed_in)).to_have_count(3)
    progress = signed_in.get_by_role("region", name="Act on many jobs")

    ask_of_all(signed_in, "Priority")
    signed_in.get_by_role("menuitemradio", name="High").click()
    signed_in.get_by_role("alertdialog").get_by_role("button", name=re.compile("3")).click()
    expect(rows(signed_in).get_by_text("High", exact=True)).to_have_count(3)
    expect(progress).to_contain_text("3 jobs")

    ask_of_all(signed_in, "Run now")
    signed_in.get_by_role("alertdialog").get_by_role("button", name=re.compile("3")).click()
    expect(rows(signed_in).get_by_text("Succeeded")).to_have_count(3)
    assert {(job.priority, job.state) for job in with_tag("handled")} == {("high", "succeeded")}
    # By then the act was begun on the page too, which ends the selection.
    expect(progress).to_contain_text("3 jobs queued")

    ask_of_all(signed_in, "Delete")
    signed_in.get_by_role("alertdialog").get_by_role("button", name="Delete 3").click()
    expect(signed_in.get_by_text("No job matches")).to_be_visible()
    assert with_tag("handled") == []


def test_a_view_is_saved_opened_again_renamed_and_deleted(signed_in, system):
    system.wait(system.submit("test.noop", tags=["viewed"]))
    signed_in.goto("/jobs?tag=viewed&state=succeeded")
    signed_in.get_by_role("button", name="Views").click()
    menu = signed_in.get_by_role("dialog", name="Saved views")
    menu.get_by_label("Save these filters as").fill("What went well")
    menu.get_by_role("button", name="Save view").click()
    expect(menu.get_by_role("button", name="What went well", exact=True)).to_have_attribute("aria-current", "true")

    signed_in.goto("/jobs")
    signed_in.get_by_role("button", name="Views").click()
    menu.get_by_role("button", name="What went well", exact=True).click()
    expect(signed_in).to_have_url(re.compile(r"\?(?=.*state=succeeded)(?=.*tag=viewed)"))
    expect(rows(signed_in)).to_have_count(1)

    signed_in.get_by_role("button", name="Views: What went well").click()
    menu.get_by_role("button", name="Rename What went well").click()
    menu.get_by_label("New name of What went well").fill("Done")
    menu.get_by_role("button", name="Rename").click()
    menu.get_by_role("button", name="Delete Done").click()
    menu.get_by_role("button", name="Delete", exact=True).click()
    expect(menu).to_contain_text("No view is saved yet")


@pytest.fixture
def of_two_days(system):
    """One job of an hour ago and one of this minute."""
    old = system.wait(system.submit("test.noop", tags=["of-two-days"]))
    with system.parts.engine.connect() as connection:
        connection.exec_driver_sql(
            "UPDATE jobs SET id = uuidv7(interval '-12 hours'), created_at = now() - interval '12 hours' WHERE id = %s",
            (old.id,),
        )
    return system.wait(system.submit("test.noop", tags=["of-two-days"]))


def test_the_brush_sets_the_time_of_the_list_by_pointer_and_by_keys(signed_in, of_two_days):
    signed_in.goto("/jobs?tag=of-two-days")
    expect(rows(signed_in)).to_have_count(2)
    handle = signed_in.get_by_role("slider", name="Created from")
    plot = signed_in.get_by_role("region", name="Created over time").locator(".cursor-crosshair")
    box = plot.bounding_box()
    across, middle = box["x"] + box["width"] * 0.4, box["y"] + box["height"] / 2
    signed_in.mouse.move(across, middle)
    signed_in.mouse.down()
    signed_in.mouse.move(box["x"] + box["width"] * 0.7, middle, steps=5)
    signed_in.mouse.up()

    expect(signed_in).to_have_url(re.compile(r"created_after=.*created_before="))
    expect(rows(signed_in)).to_have_count(1)
    expect(signed_in.get_by_title(str(of_two_days.id))).to_have_count(0)
    signed_in.get_by_role("button", name="All times").click()
    expect(rows(signed_in)).to_have_count(2)

    handle.focus()
    for _ in range(7):
        signed_in.keyboard.press("PageUp")
    expect(rows(signed_in)).to_have_count(1)
    expect(signed_in.get_by_title(str(of_two_days.id))).to_be_visible()
    expect(signed_in).not_to_have_url(re.compile("created_before="))
    signed_in.keyboard.press("Escape")
    expect(rows(signed_in)).to_have_count(2)


def exported(page, form):
    page.get_by_role("button", name="Export", exact=True).click()
    with page.expect_download() as started:
        page.get_by_role("menuitem", name=form).click()
    return started.value


def test_what_is_listed_is_exported_as_a_file(signed_in, system):
    jobs = [system.wait(system.submit("test.noop", tags=["exported", "=1+1"])) for _ in range(3)]
    system.submit("test.noop", delay_seconds=3600)
    signed_in.goto("/jobs?tag=exported")
    expect(rows(signed_in)).to_have_count(3)
    table, lines = exported(signed_in, "CSV"), exported(signed_in, "JSON Lines")

    assert re.fullmatch(r"jobs-[0-9-]+\.csv", table.suggested_filename)
    with table.path().open(newline="", encoding="utf-8") as file:
        assert [row["id"] for row in csv.DictReader(file)] == [str(job.id) for job in reversed(jobs)]
    read = [json.loads(line) for line in lines.path().read_text().splitlines()]
    assert [job["tags"] for job in read] == [["exported", "=1+1"]] * 3


def test_a_job_is_read_beside_the_list_and_keys_go_through_the_rows(signed_in, system):
    first, second, third = (system.wait(system.submit("test.noop", tags=["walked"])) for _ in range(3))
    signed_in.goto("/jobs?tag=walked")
    pane = signed_in.get_by_role("complementary", name="Job")
    rows(signed_in).nth(0).get_by_role("link").click()
    expect(pane.get_by_title(str(third.id))).to_be_visible()
    expect(signed_in).to_have_url(re.compile(rf"/jobs\?.*job={third.id}"))

    signed_in.keyboard.press("j")
    expect(pane.get_by_title(str(second.id))).to_be_visible()
    expect(rows(signed_in).nth(1).get_by_role("link")).to_be_focused()
    signed_in.keyboard.press("j")
    signed_in.keyboard.press("j")
    expect(pane.get_by_title(str(first.id))).to_be_visible()
    signed_in.keyboard.press("k")
    expect(pane.get_by_title(str(second.id))).to_be_visible()
    signed_in.keyboard.press("x")
    expect(signed_in.get_by_role("toolbar", name="Selected jobs")).to_contain_text("1 job selected")

    signed_in.reload()
    expect(pane.get_by_title(str(second.id))).to_be_visible()
    pane.get_by_role("button", name="Close the pane").click()
    expect(pane).to_have_count(0)
    # The pane comes by itself: there may be no row to go to yet.
    expect(rows(signed_in)).to_have_count(3)
    signed_in.keyboard.press("j")
    expect(rows(signed_in).nth(0).get_by_role("link")).to_be_focused()
    signed_in.keyboard.press("Enter")
    assert job_id_of(signed_in) == str(third.id)
    expect(state_of(signed_in)).to_have_text("Succeeded")


def test_where_there_is_no_room_for_a_pane_a_row_opens_the_page(signed_in, system):
    job = system.wait(system.submit("test.noop", tags=["on-a-phone"]))
    signed_in.set_viewport_size({"width": 375, "height": 812})
    signed_in.goto("/jobs?tag=on-a-phone")
    rows(signed_in).get_by_role("link").click()

    assert job_id_of(signed_in) == str(job.id)


def test_rows_stay_under_the_pointer_while_jobs_come_in(signed_in, system):
    for _ in range(3):
        system.wait(system.submit("test.noop"))
    signed_in.goto("/jobs")
    row = rows(signed_in).nth(1)
    row.hover()
    held_id = row.get_attribute("data-job")
    for _ in range(4):
        system.wait(system.submit("test.noop"))
    expect(signed_in.get_by_role("button", name="4 new")).to_be_visible()
    assert rows(signed_in).nth(1).get_attribute("data-job") == held_id

    signed_in.mouse.move(2, 2)
    expect(rows(signed_in).nth(5)).to_have_attribute("data-job", held_id)


def test_a_job_tells_its_keys_and_leads_to_the_jobs_that_share_one(signed_in, system):
    job = system.submit("test.noop", delay_seconds=3600, unique_key="order-17", concurrency_key="customer-7")
    signed_in.goto(f"/jobs/{job.id}")
    facts = signed_in.get_by_role("region", name="Facts")
    expect(facts.get_by_role("link", name="order-17")).to_be_visible()
    facts.get_by_role("link", name="customer-7").click()

    expect(signed_in).to_have_url(re.compile(r"\?key=customer-7$"))
    expect(rows(signed_in)).to_have_count(1)
    assert wait_until(lambda: views.jobs(JobFilter(key="order-17"), limit=5, cursor=None).items, PATIENCE_SECONDS)


def test_a_job_leads_to_its_schedule_and_to_the_jobs_of_its_batch(signed_in, system):
    schedule = schedules.create(NewSchedule(name="leads-here", cron="0 3 * * *", task="test.noop"))
    made = system.wait(schedules.run_now(schedule.id))
    signed_in.goto(f"/jobs/{made.id}")
    facts = signed_in.get_by_role("region", name="Facts")
    expect(facts.get_by_role("link", name="schedule:leads-here")).to_be_visible()
    facts.get_by_role("link", name="leads-here", exact=True).click()
    expect(signed_in.get_by_role("heading", name="leads-here", level=1)).to_be_visible()

    _, ids = submit_batch([Submission(task="test.noop") for _ in range(3)])
    signed_in.goto(f"/jobs/{ids[0]}")
    schedules.delete(schedule.id)
    facts.locator("dt", has_text="Batch").locator("+ dd").get_by_role("link").click()
    expect(rows(signed_in)).to_have_count(3)
