"""By fingers alone: a range of the histogram, and the lanes moved, zoomed and read."""

from __future__ import annotations

import re
import time
from contextlib import suppress

import pytest
from playwright.sync_api import TimeoutError as NotYet
from playwright.sync_api import expect

from local.waiting import wait_until
from tests.e2e.conftest import PATIENCE_SECONDS, drawn, job_id_of
from tests.e2e.test_jobs import rows

STEPS = 6
STEP_SECONDS = 0.02
REST_SECONDS = 0.5
FIVE_MINUTES = 300


@pytest.fixture
def touched(open_context, enter):
    return enter(open_context(has_touch=True).new_page())


def drag(page, *ways):
    """Move a finger along each way, a pair of points, all at the same time."""
    session = page.context.new_cdp_session(page)

    def fingers(share):
        return [
            {"id": finger, "x": x + (to_x - x) * share, "y": y + (to_y - y) * share}
            for finger, ((x, y), (to_x, to_y)) in enumerate(ways)
        ]

    def touch(kind, points, at):
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points, "timestamp": began_at + at})

    # Lifted at rest: in full swing it would be a fling, and the browser takes the next tap for what stops it.
    began_at = time.time() - STEPS * STEP_SECONDS - REST_SECONDS
    touch("touchStart", fingers(0), 0)
    for step in range(1, STEPS + 1):
        touch("touchMove", fingers(step / STEPS), step * STEP_SECONDS)
    touch("touchEnd", [], STEPS * STEP_SECONDS + REST_SECONDS)


def across(box, start, end, height=0.5):
    """A way from one share of a box's width to another."""
    y = box["y"] + box["height"] * height
    return (box["x"] + box["width"] * start, y), (box["x"] + box["width"] * end, y)


def test_a_finger_drawn_over_the_histogram_chooses_a_range(touched, system):
    system.wait(system.submit("test.noop", tags=["touched"]))
    touched.goto("/jobs?tag=touched")
    expect(rows(touched)).to_have_count(1)
    plot = touched.get_by_role("region", name="Created over time").locator(".cursor-crosshair")
    drag(touched, across(plot.bounding_box(), 0.3, 0.6))

    expect(touched).to_have_url(re.compile(r"created_after=.*created_before="))
    expect(touched.get_by_text("No job matches")).to_be_visible()
    touched.get_by_role("button", name="All times").tap()
    expect(rows(touched)).to_have_count(1)
    drag(touched, across(plot.bounding_box(), 0.6, 0.999))
    expect(touched).to_have_url(re.compile(r"created_after="))
    expect(rows(touched)).to_have_count(1)


def lanes(page):
    page.goto("/lanes")
    canvas = drawn(page.get_by_role("application").locator("canvas"))
    expect(page.get_by_text(re.compile(r"\d+ runs?")).first).to_be_visible()
    return canvas


def seen_seconds(page):
    expect(page).to_have_url(re.compile("from=.*to="))
    return page.evaluate("""() => {
        const of = (name) => Date.parse(new URL(location.href).searchParams.get(name));
        return (of('to') - of('from')) / 1000;
    }""")


def test_one_finger_moves_the_lanes_and_two_zoom_them(touched, system):
    system.wait(system.submit("test.noop"))
    box = lanes(touched).bounding_box()
    follow = touched.get_by_role("button", name="Follow now")
    expect(follow).to_have_attribute("aria-pressed", "true")
    drag(touched, across(box, 0.4, 0.7))
    expect(follow).to_have_attribute("aria-pressed", "false")
    assert FIVE_MINUTES - 1 < seen_seconds(touched) < FIVE_MINUTES + 1

    # Apart from the middle: twice as far from each other is half as much time.
    drag(touched, across(box, 0.5, 0.4), across(box, 0.6, 0.7))
    assert wait_until(lambda: seen_seconds(touched) < 0.5 * FIVE_MINUTES, PATIENCE_SECONDS, every=0.1)
    drag(touched, across(box, 0.3, 0.5), across(box, 0.8, 0.6))
    assert wait_until(lambda: seen_seconds(touched) > 0.5 * FIVE_MINUTES, PATIENCE_SECONDS, every=0.1)


def test_a_finger_that_goes_up_and_down_scrolls_and_moves_no_lane(touched, system):
    system.wait(system.submit("test.noop"))
    canvas = lanes(touched)
    box = canvas.bounding_box()
    assert canvas.evaluate("(one) => getComputedStyle(one).touchAction") == "pan-y"
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    drag(touched, ((x, y), (x, y - 60)))

    expect(touched.get_by_role("button", name="Follow now")).to_have_attribute("aria-pressed", "true")


def test_a_tap_on_a_bar_shows_its_card_and_the_card_leads_to_the_job(touched, told):
    job = told()
    canvas = lanes(touched)
    touched.get_by_role("radio", name="1 min").tap()
    link = touched.get_by_role("link", name="Open job")

    def tap_what_runs():
        box = canvas.bounding_box()
        # What runs ends where now is: a little before the end of the plot.
        touched.touchscreen.tap(box["x"] + 76 + (box["width"] - 88) * 0.97 - 5, box["y"] + 108)
        # The card comes with the next frames. A second tap would be on what it leads to.
        with suppress(NotYet):
            link.wait_for(timeout=2000)
        return link.is_visible()

    assert wait_until(tap_what_runs, PATIENCE_SECONDS, every=0.2)
    expect(touched).to_have_url(re.compile("/lanes"))
    link.tap()
    assert job_id_of(touched) == str(job.id)


def test_the_lanes_of_the_overview_are_moved_by_a_finger_too_and_follow_again(touched, system):
    system.wait(system.submit("test.noop"))
    panel = touched.get_by_role("region", name="Lanes")
    canvas = drawn(panel.locator("canvas"))
    canvas.scroll_into_view_if_needed()
    drag(touched, across(canvas.bounding_box(), 0.4, 0.7))

    follow = panel.get_by_role("button", name="Follow now")
    follow.tap()
    expect(follow).to_have_count(0)
