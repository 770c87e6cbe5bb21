"""The overview: the lanes of the last minutes among its cards and charts, and what they lead to."""

from __future__ import annotations

import re
import time

from playwright.sync_api import expect

from local.waiting import wait_until
from tests.e2e.conftest import PATIENCE_SECONDS, drawn, job_id_of
from tests.e2e.driver import Marked

# How much of a bar's colour is that of its priority; the rest is the ground.
STRENGTHS = {"high": 100, "medium": 84, "low": 46}
POINTS_OF = """
(canvas, [strengths, seconds]) => {
  const style = getComputedStyle(document.documentElement);
  const token = (name) => style.getPropertyValue(`--${name}`).trim();
  const pen = Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext('2d');
  // The columns of the last seconds: five minutes are between the labels and the margin, and end a little after now.
  const left = Math.ceil(76 + (canvas.width - 88) * (0.97 - seconds / 300)) + 2;
  const { data } = canvas.getContext('2d').getImageData(left, 0, canvas.width - left, canvas.height);
  return Object.fromEntries(Object.entries(strengths).map(([priority, strength]) => {
    pen.fillStyle = `color-mix(in oklab, ${token(priority)} ${strength}%, ${token('solid')})`;
    pen.fillRect(0, 0, 1, 1);
    const wanted = pen.getImageData(0, 0, 1, 1).data;
    let found = 0;
    for (let at = 0; at < data.length; at += 4)
      if ([0, 1, 2].every((part) => Math.abs(data[at + part] - wanted[part]) <= 2)) found += 1;
    return [priority, found];
  }));
}
"""


def lanes(page):
    return page.get_by_role("region", name="Lanes")


def test_the_lanes_of_the_overview_grow_a_bar_for_each_job_in_the_colour_of_its_priority(signed_in, system):
    canvas = drawn(lanes(signed_in).locator("canvas"))
    marked = Marked(signed_in)
    began_at = time.monotonic()

    # What ran before leaves on the other side, and would be taken off what is counted.
    def grown():
        return canvas.evaluate(POINTS_OF, [STRENGTHS, time.monotonic() - began_at])

    assert not any(grown().values())
    for priority in STRENGTHS:
        system.wait(system.submit("demo.sleep", {"seconds": 1.5}, priority=priority))

    assert wait_until(lambda: min(grown().values()) > 20, PATIENCE_SECONDS, every=0.2)
    marked.verify()


def test_a_run_is_read_in_the_lanes_of_the_overview_while_it_goes_on_and_when_it_ends(signed_in, told):
    job = told(priority="high")
    timeline = lanes(signed_in).get_by_role("application", name="Timeline of slots")
    spoken = lanes(signed_in).locator("[aria-live=polite]").filter(has_text="started")
    expect(timeline).to_be_visible()
    timeline.focus()
    timeline.press("ArrowRight")
    timeline.press("End")

    def is_running():
        timeline.press("End")
        return "e2e.told, High, Running" in (spoken.text_content() or "")

    assert wait_until(is_running, PATIENCE_SECONDS, every=0.2)
    job.tell("done")
    expect(spoken).to_contain_text("e2e.told, High, Succeeded")
    timeline.press("Enter")
    assert job_id_of(signed_in) == str(job.id)


def test_a_click_on_a_bar_opens_its_job_and_the_wheel_scrolls_the_page(signed_in, told):
    job = told()
    canvas = lanes(signed_in).locator("canvas")
    expect(canvas).to_be_visible()
    card = signed_in.get_by_role("link", name="Open job")

    def points_at_what_runs():
        box = canvas.bounding_box()
        # A little before now, in the row of the first slot.
        for back in (4, 3):
            signed_in.mouse.move(box["x"] + 76 + (box["width"] - 88) * 0.97 - back, box["y"] + 84)
        return card.is_visible() and card.get_attribute("href").endswith(str(job.id))

    assert wait_until(points_at_what_runs, PATIENCE_SECONDS, every=0.1)
    signed_in.mouse.wheel(0, 200)
    expect(lanes(signed_in).get_by_role("button", name="Follow now")).to_have_count(0)
    assert wait_until(lambda: signed_in.evaluate("scrollY") > 0, PATIENCE_SECONDS, every=0.1)
    signed_in.evaluate("scrollTo(0, 0)")
    assert wait_until(points_at_what_runs, PATIENCE_SECONDS, every=0.1)
    signed_in.mouse.down()
    signed_in.mouse.up()
    assert job_id_of(signed_in) == str(job.id)


def test_a_drag_over_the_lanes_of_the_overview_zooms_until_now_is_followed_again(signed_in):
    canvas = drawn(lanes(signed_in).locator("canvas"))
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    signed_in.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + 180)
    signed_in.mouse.down()
    signed_in.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 180, steps=4)
    signed_in.mouse.up()
    follow = lanes(signed_in).get_by_role("button", name="Follow now")
    expect(follow).to_be_visible()
    follow.click()

    expect(follow).to_have_count(0)
    lanes(signed_in).get_by_role("link", name="Zoom, table, trace").click()
    expect(signed_in).to_have_url(re.compile("/lanes$"))


def test_the_charts_are_of_what_finished_and_failed_and_of_any_percentile_of_the_waits_with_the_oldest(
    signed_in, system
):
    system.wait(system.submit("test.noop"))
    finished = signed_in.get_by_role("region", name="Finished per minute")
    waits = signed_in.get_by_role("region", name="Wait", exact=True)
    expect(finished.get_by_role("img", name="Finished per minute by priority, and failures")).to_be_visible()
    expect(finished.get_by_role("list", name="Colours")).to_contain_text("failed")
    for percentile in ("p50", "p99", "p95"):
        waits.get_by_label("Percentile of the waits").select_option(percentile)
        chart = waits.get_by_role("img", name=f"Wait, {percentile}, and the oldest that waits, by priority")
        expect(chart).to_be_visible()
    expect(waits.get_by_role("list", name="Colours")).to_contain_text("oldest")
