"""What stands around every page: keys, the palette, the sizes and wishes of readers, what breaks."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import job_id_of, state_of
from tests.e2e.test_access import COME_TO_REST, faults, tab_to

PAGES = {
    "/": "Overview",
    "/jobs": "Jobs",
    "/lanes": "Lanes",
    "/queues": "Queues",
    "/errors": "Errors",
    "/schedules": "Schedules",
    "/schedules/new": "New schedule",
    "/workers": "Workers",
    "/submit": "Submit",
}
NARROW = {"width": 375, "height": 812}


def open_palette(page, typed):
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Search or act")).to_be_focused()
    page.keyboard.type(typed)


def heading(page, name):
    return page.get_by_role("heading", name=name, level=1)


@pytest.fixture(params=["dark", "light"])
def themed(request, open_context, enter):
    return enter(open_context(color_scheme=request.param).new_page())


def test_queues_palette_and_keys_are_clean(themed, system):
    system.wait(system.submit("test.noop", priority="high"))
    themed.goto("/queues")
    expect(themed.get_by_role("table").get_by_role("row")).to_have_count(4)
    expect(themed.locator(".shimmer")).to_have_count(0)
    assert faults(themed) == []

    themed.keyboard.press("Control+k")
    expect(themed.get_by_role("option", name="Pause low")).to_be_visible()
    assert faults(themed) == []
    themed.keyboard.press("Escape")
    themed.keyboard.press("?")
    expect(themed.get_by_role("dialog", name="Keys")).to_be_visible()
    assert faults(themed) == []


def test_at_375_pixels_no_page_scrolls_sideways_and_every_one_is_clean(open_context, enter, system):
    system.wait(system.submit("test.raise", max_retries=0))
    page = enter(open_context().new_page())
    page.set_viewport_size(NARROW)
    for path, title in PAGES.items():
        page.goto(path)
        expect(heading(page, title)).to_be_visible()
        expect(page.locator(".shimmer")).to_have_count(0)
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"], path
        assert faults(page) == [], path
    page.get_by_role("button", name="More").click()
    page.get_by_role("link", name="Queues").click()
    expect(heading(page, "Queues")).to_be_visible()
    expect(page.get_by_role("list", name="Queues").get_by_role("listitem")).to_have_count(3)


def test_g_and_a_letter_go_to_pages_until_letters_are_turned_off(signed_in):
    signed_in.keyboard.press("g")
    signed_in.keyboard.press("q")
    expect(heading(signed_in, "Queues")).to_be_visible()
    signed_in.keyboard.press("?")
    signed_in.get_by_role("checkbox", name="Single letters are commands").uncheck()
    signed_in.keyboard.press("Escape")
    signed_in.keyboard.press("g")
    signed_in.keyboard.press("w")
    signed_in.keyboard.press("?")
    expect(signed_in.get_by_role("dialog")).to_have_count(0)
    expect(heading(signed_in, "Queues")).to_be_visible()

    # A combination is no single letter.
    open_palette(signed_in, "workers")
    signed_in.keyboard.press("Enter")
    expect(heading(signed_in, "Workers")).to_be_visible()


def test_the_palette_opens_a_job_by_its_id_pauses_a_queue_and_changes_the_theme(signed_in, system):
    job = system.wait(system.submit("test.noop"))
    open_palette(signed_in, str(job.id))
    expect(signed_in.get_by_role("option")).to_have_count(1)
    signed_in.keyboard.press("Enter")
    assert job_id_of(signed_in) == str(job.id)

    open_palette(signed_in, "jobs of test.noop")
    expect(signed_in.get_by_role("option", name="Jobs of test.noop", exact=True)).to_have_attribute(
        "aria-selected", "true"
    )
    signed_in.keyboard.press("Enter")
    expect(signed_in).to_have_url(re.compile(r"/jobs\?task=test\.noop$"))

    open_palette(signed_in, "theme light")
    signed_in.keyboard.press("Enter")
    expect(signed_in.locator("html")).to_have_attribute("data-theme", "light")

    open_palette(signed_in, "pause low")
    signed_in.keyboard.press("Enter")
    expect(signed_in.get_by_text("The queue low is paused", exact=True)).to_be_visible()
    waiting = system.submit("test.noop", priority="low")
    signed_in.goto("/queues")
    row = signed_in.get_by_role("row").filter(has_text="Low")
    expect(row).to_contain_text("Paused by")
    expect(row.get_by_role("link", name="1 waiting in low")).to_be_visible()
    assert system.job(waiting.id).state == "queued"
    row.get_by_role("button", name="Resume low").click()
    expect(row).not_to_contain_text("Paused")
    assert system.wait(waiting).state == "succeeded"


def test_a_pause_and_a_new_priority_are_taken_back_by_undo(signed_in, system):
    signed_in.get_by_role("button", name="Pause medium").click()
    expect(signed_in.get_by_role("region", name="Medium priority")).to_contain_text("Paused by")
    signed_in.get_by_role("button", name="Undo").click()
    expect(signed_in.get_by_role("region", name="Medium priority")).not_to_contain_text("Paused")
    assert system.wait(system.submit("test.noop", priority="medium")).state == "succeeded"

    job = system.submit("test.noop", delay_seconds=3600, priority="low")
    signed_in.goto(f"/jobs/{job.id}")
    signed_in.get_by_role("button", name="Priority").click()
    signed_in.get_by_role("menuitemradio", name="High").click()
    notice = signed_in.get_by_role("listitem").filter(has_text="Priority is high now")
    expect(notice).to_be_visible()
    assert system.job(job.id).priority == "high"
    # From another page, when the view that did it is gone.
    signed_in.keyboard.press("g")
    signed_in.keyboard.press("o")
    expect(heading(signed_in, "Overview")).to_be_visible()
    notice.get_by_role("button", name="Undo").click()
    assert system.wait(job, lambda now: now.priority == "low")


@pytest.mark.parametrize("path", ["/jobs/{id}", "/jobs?tag=put-back&job={id}"], ids=["its page", "the pane"])
def test_the_cancel_of_a_queued_job_is_taken_back_by_undo(signed_in, told, system, path):
    blocker = told()
    system.wait(blocker, lambda job: job.state == "running")
    job = system.submit("test.noop", tags=["put-back"])
    signed_in.goto(path.format(id=job.id))
    signed_in.get_by_role("button", name="Cancel", exact=True).last.click()
    notice = signed_in.get_by_role("listitem").filter(has_text="Cancelled").filter(has_text="test.noop")
    expect(notice).to_be_visible()
    assert system.job(job.id).state == "cancelled"
    notice.get_by_role("button", name="Undo").click()
    assert system.wait(job, lambda now: now.state == "queued").attempt == 0
    blocker.tell("done")
    assert system.wait(job).state == "succeeded"


def test_from_sign_in_to_a_retried_job_by_keyboard_alone(page, installation, told, system):
    job = told("fail", max_retries=0, tags=["by-keyboard"])
    system.wait(job)
    page.goto("/sign-in")
    expect(page.get_by_label("API key")).to_be_focused()
    page.keyboard.type(installation.key)
    page.keyboard.press("Enter")
    expect(heading(page, "Overview")).to_be_visible()
    page.keyboard.press("g")
    page.keyboard.press("j")
    expect(heading(page, "Jobs")).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type("tag:by-keyboard")
    page.keyboard.press("Enter")
    # There may be one such row before the filter is on, too.
    expect(page).to_have_url(re.compile("tag=by-keyboard"))
    expect(page.get_by_role("button", name="Remove filter: Tag")).to_be_visible()
    expect(page.get_by_role("table").get_by_role("link", name="e2e.told")).to_have_count(1)
    tab_to(page, page.get_by_role("table").get_by_role("checkbox").first)
    page.keyboard.press("j")
    expect(page.get_by_role("table").get_by_role("link", name="e2e.told")).to_be_focused()
    page.keyboard.press("Enter")
    expect(state_of(page)).to_have_text("Failed")
    assert job_id_of(page) == str(job.id)
    job.tell(10)
    page.keyboard.press("r")
    expect(state_of(page)).to_have_text("Running")
    # The feed may tell of it before the retry has its answer, and nothing else can be asked until then.
    cancel = page.get_by_role("button", name="Cancel")
    expect(cancel).to_be_enabled()
    # A letter alone ends nothing: it leads to the button.
    page.keyboard.press("c")
    expect(cancel).to_be_focused()
    assert system.job(job.id).cancel_requested_at is None
    job.tell("done")
    expect(state_of(page)).to_have_text("Succeeded")
    assert system.job(job.id).attempt == 2


MOVING = """
() => document.getAnimations()
  .filter(({ playState, effect }) => playState === 'running' && effect.getComputedTiming().endTime > 20)
  .map(({ animationName, effect }) => animationName ?? effect.target.className)
"""


def test_who_asks_for_less_motion_sees_none(open_context, enter, told, system):
    running = told(40)
    system.wait(running, lambda job: job.state == "running")
    moved = enter(open_context().new_page())
    expect(moved.get_by_test_id("live-chip")).to_have_text("live")
    assert moved.evaluate(MOVING) != []

    still = enter(open_context(reduced_motion="reduce").new_page())
    expect(still.get_by_test_id("live-chip")).to_have_text("live")
    still.keyboard.press("Control+k")
    expect(still.get_by_role("dialog")).to_be_visible()
    assert still.evaluate(MOVING) == []


SEEN_THROUGH = """
() => [...document.querySelectorAll('.panel, .popover, nav, header')].flatMap((element) => {
  const { backgroundColor, backdropFilter } = getComputedStyle(element);
  const isSheet = element.matches('.panel, .popover');
  return backdropFilter !== 'none' || (isSheet && backgroundColor.startsWith('rgba('))
    ? [`${element.className}: ${backgroundColor}, ${backdropFilter}`] : [];
})
"""


def test_who_asks_for_less_transparency_sees_through_nothing(themed, enter):
    assert themed.evaluate(SEEN_THROUGH) != []
    session = themed.context.new_cdp_session(themed)
    wish = {"name": "prefers-reduced-transparency", "value": "reduce"}
    theme = {"name": "prefers-color-scheme", "value": themed.evaluate("document.documentElement.dataset.theme")}
    session.send("Emulation.setEmulatedMedia", {"features": [wish, theme]})
    themed.keyboard.press("Control+k")
    expect(themed.get_by_role("dialog")).to_be_visible()
    themed.evaluate(COME_TO_REST)

    assert themed.evaluate(SEEN_THROUGH) == []
    themed.keyboard.press("Escape")
    assert faults(themed) == []


def test_a_view_that_breaks_leaves_the_rest_of_the_page_standing(page, enter, watch):
    watch.expect("console: .*")
    page.route("**/api/v1/workers", lambda route: route.fulfill(json={"items": [{"id": "not a worker"}]}))
    enter(page)
    # One panel of the overview; the others stand.
    expect(page.get_by_role("alert")).to_contain_text("This view broke")
    expect(page.get_by_role("region", name="Low priority")).to_be_visible()
    expect(page.get_by_role("region", name="Recent jobs")).to_be_visible()
    assert faults(page) == []

    nav = page.get_by_role("navigation", name="Main")
    nav.get_by_role("link", name="Workers").click()
    expect(page.get_by_role("alert")).to_contain_text("This view broke")
    page.unroute("**/api/v1/workers")
    nav.get_by_role("link", name="Schedules").click()
    expect(heading(page, "Schedules")).to_be_visible()
    page.goto("/workers")
    expect(page.get_by_role("region", name="Worker ").first).to_be_visible()


MOST_BYTES = 200_000
IMPORTED = re.compile(r"""(?:from|import)\s*["']\./([\w.-]+\.js)["']""")


def loaded_first(dist: Path, *routes: str) -> set[Path]:
    """What the browser needs before these parts stand: the page, all styles, and all that its scripts import.

    But for fonts: text is readable before they are there.
    """
    page = dist / "index.html"
    entry = {dist / path for path in re.findall(r'(?:src|href)="/([^"]+\.(?:js|css|svg))"', page.read_text())}
    assets = dist / "assets"
    waiting = [*entry, *assets.glob("*.css"), *(file for name in routes for file in assets.glob(f"{name}-*.js"))]
    found = {page}
    while waiting:
        file = waiting.pop()
        if file not in found:
            found.add(file)
            if file.suffix == ".js":
                waiting.extend(file.parent / name for name in IMPORTED.findall(file.read_text()))
    return found


def test_the_first_view_is_small_with_its_lanes_and_charts_and_forms_and_the_palette_are_no_part_of_it(dist):
    # What the overview asks for as soon as it stands.
    panels = ("LanesPanel", "ThroughputChart", "QueueWaitChart", "WaitChart")
    files = loaded_first(Path(dist), "OverviewRoute", *panels)
    names = " ".join(sorted(file.name for file in files))
    size = sum(len(gzip.compress(file.read_bytes())) for file in files)

    assert size < MOST_BYTES, f"{size} bytes: {names}"
    assert all(name in names for name in (*panels, "useTimeline", "index")), names
    for late in ("Palette", "HelpDialog", "ScheduleForm", "JobsRoute", "LanesRoute"):
        assert late not in names
    before_panels = " ".join(file.name for file in loaded_first(Path(dist), "OverviewRoute"))
    assert all(name not in before_panels for name in (*panels, "useTimeline"))
