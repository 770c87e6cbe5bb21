"""Lanes: one sees that the high job went before the low ones, on the canvas, in the table and in a trace file."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from uuid import UUID

import pytest
from playwright.sync_api import expect

from local.waiting import wait_until
from tests.e2e.conftest import PATIENCE_SECONDS, drawn, job_id_of
from tests.e2e.driver import Marked
from tests.e2e.test_access import faults
from trajectory.states import JobState
from trajectory.store.filters import JobFilter
from trajectory.views import jobs as list_jobs

ENOUGH = 3
JOBS = 11


@pytest.fixture
def demo(signed_in, system, told):
    """The priority demo, run from the overview while the only slot is busy: those of its jobs that have run so far."""
    blocker = told()
    system.wait(blocker, lambda job: job.state == "running")
    signed_in.get_by_role("button", name="Run the priority demo").click()
    expect(signed_in).to_have_url(re.compile("demo="))
    of_demo = JobFilter(batch_id=UUID(re.search("demo=([0-9a-f-]+)", signed_in.url)[1]), states=(JobState.SUCCEEDED,))
    signed_in.get_by_role("link", name="Watch in Lanes").click()
    expect(signed_in.get_by_role("heading", name="Lanes", level=1)).to_be_visible()
    blocker.tell("done")

    def ran():
        return {str(job.id): job for job in list_jobs(of_demo, limit=200, cursor=None).items}

    assert wait_until(lambda: len(ran()) >= ENOUGH, PATIENCE_SECONDS, every=0.1)
    return ran


def jobs_in_table(page):
    """The ids of the jobs whose runs the table shows, from top to bottom."""
    links = page.get_by_role("table", name="Runs, the first to start first").get_by_role("link")
    return [address.rsplit("/", 1)[-1] for address in links.evaluate_all("all => all.map((one) => one.href)")]


def test_the_table_and_the_trace_show_the_high_job_of_the_demo_before_the_low_ones(signed_in, demo):
    marked = Marked(signed_in)
    signed_in.get_by_role("radio", name="Table").click()
    expect(signed_in).to_have_url(re.compile("show=table"))
    ran = demo()

    def priorities(ids):
        return [ran[one].priority.value for one in ids if one in ran]

    assert wait_until(lambda: len(priorities(jobs_in_table(signed_in))) == len(ran), PATIENCE_SECONDS, every=0.1)
    assert priorities(jobs_in_table(signed_in)) == ["high"] + ["low"] * (len(ran) - 1)
    expect(signed_in.get_by_text(re.compile(r"overtook \d+ low one"))).to_be_visible()
    marked.verify()

    with signed_in.expect_download() as download:
        signed_in.get_by_role("button", name="Export trace").click()
    events = json.loads(download.value.path().read_text())["traceEvents"]
    runs = sorted((event for event in events if event["ph"] == "X"), key=lambda event: event["ts"])
    assert download.value.suggested_filename.endswith(".trace.json")
    assert priorities(event["args"]["job_id"] for event in runs) == ["high"] + ["low"] * (len(ran) - 1)
    assert all(event["pid"] and event["tid"] for event in runs)
    assert {event["args"]["name"] for event in events if event["name"] == "thread_name"} == {"slot 0"}
    assert all(first["ts"] + first["dur"] <= second["ts"] for first, second in pairwise(runs))


def test_the_timeline_is_walked_by_keys_and_leads_to_the_job(signed_in, demo):
    timeline = signed_in.get_by_role("application", name="Timeline of slots")
    spoken = signed_in.locator("[aria-live=polite]").filter(has_text="started")
    follow = signed_in.get_by_role("button", name="Follow now")
    timeline.focus()
    timeline.press("ArrowRight")
    expect(signed_in.get_by_role("link", name="Open job")).to_be_visible()
    timeline.press("End")
    expect(spoken).to_contain_text("demo.sleep, Low")
    for _ in range(JOBS):
        if "High" in spoken.text_content():
            break
        timeline.press("ArrowLeft")
    expect(spoken).to_contain_text("demo.sleep, High, Succeeded")

    expect(follow).to_have_attribute("aria-pressed", "true")
    timeline.press("PageUp")
    expect(follow).to_have_attribute("aria-pressed", "false")
    expect(signed_in).to_have_url(re.compile("from=.*to="))
    follow.click()
    expect(spoken).to_contain_text("demo.sleep, High, Succeeded")
    timeline.press("Enter")
    assert demo()[job_id_of(signed_in)].priority == "high"


def test_the_card_beside_a_bar_can_be_reached_by_the_pointer(signed_in, told):
    job = told()
    signed_in.goto("/lanes")
    signed_in.get_by_role("radio", name="1 min").click()
    canvas = signed_in.get_by_role("application").locator("canvas")
    expect(canvas).to_be_visible()
    link = signed_in.get_by_role("link", name="Open job")

    def points_at_what_runs():
        box = canvas.bounding_box()
        for back in (6, 4):
            signed_in.mouse.move(box["x"] + 76 + (box["width"] - 88) * 0.97 - back, box["y"] + 108)
        return link.is_visible()

    assert wait_until(points_at_what_runs, PATIENCE_SECONDS, every=0.1)
    at = link.bounding_box()
    # At once: the card waits for the pointer no longer than a hand takes.
    signed_in.mouse.move(at["x"] + 8, at["y"] + 8)
    with pytest.raises(AssertionError):
        expect(link).to_be_hidden(timeout=1000)
    signed_in.mouse.down()
    signed_in.mouse.up()
    assert job_id_of(signed_in) == str(job.id)


def test_a_drag_zooms_into_what_it_covers_and_a_wheel_goes_on_from_there(signed_in):
    signed_in.goto("/lanes")
    box = drawn(signed_in.get_by_role("application").locator("canvas")).bounding_box()

    def seen_seconds():
        expect(signed_in).to_have_url(re.compile("from=.*to="))
        return signed_in.evaluate("""() => {
            const of = (name) => Date.parse(new URL(location.href).searchParams.get(name).replaceAll('"', ''));
            return (of('to') - of('from')) / 1000;
        }""")

    signed_in.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 70)
    signed_in.mouse.down()
    signed_in.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + 70, steps=4)
    signed_in.mouse.up()
    brushed = seen_seconds()
    signed_in.mouse.wheel(0, -400)

    assert 60 < brushed < 100  # a quarter of five minutes, and what the margins of the plot make of it
    assert wait_until(lambda: seen_seconds() < brushed * 0.6, PATIENCE_SECONDS, every=0.1)
    signed_in.get_by_role("button", name="Follow now").click()
    expect(signed_in).to_have_url(re.compile(r"/lanes$"))


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_lanes_are_clean_as_timeline_and_as_table(open_context, enter, system, theme):
    system.wait(system.submit("test.raise", max_retries=0, priority="high"))
    system.wait(system.submit("test.noop", priority="low"))
    page = enter(open_context(color_scheme=theme).new_page())
    page.goto("/lanes")
    timeline = page.get_by_role("application", name="Timeline of slots")
    timeline.focus()
    expect(page.get_by_text(re.compile(r"\d+ runs?")).first).to_be_visible()
    timeline.press("ArrowRight")
    expect(page.get_by_role("link", name="Open job")).to_be_visible()
    assert faults(page) == []

    page.get_by_role("radio", name="Table").click()
    expect(page.get_by_role("table")).to_be_visible()
    assert faults(page) == []
