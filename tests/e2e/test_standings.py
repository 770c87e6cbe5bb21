"""Every page while it loads, when it cannot, and with nothing to show; and none moves when its data arrives."""

from __future__ import annotations

import re
from contextlib import contextmanager, suppress
from functools import partial

import pytest
from playwright.sync_api import Error, expect

from local.waiting import wait_until
from tests.conftest import _database
from tests.e2e.conftest import PATIENCE_SECONDS
from tests.e2e.test_access import faults
from tests.e2e.test_shell import NARROW, PAGES, heading
from trajectory.keys import create_key
from trajectory.settings import read_settings
from trajectory.store.engine import api_engine

ANSWERS = "**/api/v1/**"
REFUSED = {"type": "about:blank", "title": "Not allowed", "status": 403, "code": "refused", "detail": "Not for you."}
# These need nothing of the server to be there.
FORMS = {"/schedules/new"}

SHIMMERS = ".shimmer, [role=status][aria-label=Loading]"


@pytest.fixture(params=["dark", "light"])
def themed(request, open_context, enter):
    return enter(open_context(color_scheme=request.param).new_page())


# Of every page from its beginning on: nothing is asked of the API until the test says so.
HOLD = """
(() => {
  const gate = new Promise((resolve) => { window.answers = resolve; });
  const asked = window.fetch;
  window.fetch = async (what, how) => {
    if (new URL(what.url ?? what, location.href).pathname.startsWith('/api/')) await gate;
    return asked(what, how);
  };
})();
"""


def answer(page):
    page.evaluate("window.answers()")


def loading(page):
    return page.locator(SHIMMERS).filter(visible=True)


def test_every_page_shows_that_it_loads_and_is_clean_meanwhile(themed):
    themed.add_init_script(HOLD)
    for path, title in PAGES.items():
        themed.goto(path)
        expect(heading(themed, title)).to_be_visible()
        expect(loading(themed).first).to_be_visible()
        assert faults(themed) == [], path
        answer(themed)
        expect(loading(themed)).to_have_count(0)


def refuse(route):
    route.fulfill(status=403, json=REFUSED, headers={"Content-Type": "application/problem+json"})


def tries_again(page, alert):
    """Press what is offered; whether nothing is left that could not be loaded."""
    for button in page.get_by_role("button", name="Try again").all():
        with suppress(Error):  # it is gone when its view has read itself again
            button.click(timeout=500)
    return alert.count() == 0


def test_every_page_says_why_it_could_not_be_loaded_and_loads_when_tried_again(themed, watch):
    watch.expect("answered: 403 ")
    for path, title in PAGES.items():
        themed.route(ANSWERS, refuse)
        themed.goto(path)
        expect(heading(themed, title)).to_be_visible()
        alert = themed.get_by_role("alert").filter(has_text="could not be loaded")
        expect(alert.first).to_contain_text("Not for you.")
        expect(loading(themed)).to_have_count(0)
        assert faults(themed) == [], path

        themed.unroute(ANSWERS)
        assert wait_until(partial(tries_again, themed, alert), PATIENCE_SECONDS, every=0.2), path


@pytest.fixture(scope="module")
def empty(postgres, template, installation, dist):
    """The address of an installation in which nothing ever was, and a key."""
    system = installation.system
    with contextmanager(_database)(postgres, template) as database_url:
        redis_url = re.sub(r"/0$", "/3", system.redis_url)
        engine = api_engine(read_settings({"DATABASE_URL": database_url, "REDIS_URL": redis_url}))
        key = create_key(engine, name="first", role="admin")
        url = system.start_api(DATABASE_URL=database_url, REDIS_URL=redis_url, TRAJECTORY_SITE=dist)
        api = system.children[-1]
        yield url, key
        api.stop()
        system.children.remove(api)
        engine.dispose()


NOTHING = {
    "/": ["Nothing failed", "No jobs yet", "No worker is running", "No worker was seen in this span"],
    "/jobs": ["No jobs yet"],
    "/lanes": ["No worker was seen in this span"],
    "/queues": ["No job waited in this time"],
    "/errors": ["No open errors"],
    "/schedules": ["No schedules yet"],
    "/workers": ["No worker is running"],
    "/submit": ["No task is known yet"],
}


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_every_page_says_what_is_not_there_yet_and_is_clean(open_context, empty, theme):
    url, key = empty
    page = open_context(color_scheme=theme).new_page()
    page.goto(f"{url}/sign-in#key={key}")
    expect(heading(page, "Overview")).to_be_visible()
    for path, words in NOTHING.items():
        page.goto(f"{url}{path}")
        expect(heading(page, PAGES[path])).to_be_visible()
        expect(loading(page)).to_have_count(0)
        for one in words:
            expect(page.get_by_text(one, exact=True).first).to_be_visible()
        assert faults(page) == [], path


ALL_LOADED = """(names) => {
  const files = performance.getEntriesByType('resource').map(({ name }) => name);
  return names.every((name) => files.some((file) => file.includes(`/${name}-`)));
}"""
PARTS = ["JobsRoute", "LanesRoute", "QueuesRoute", "ErrorsRoute", "SchedulesRoute", "WorkersRoute", "SubmitRoute"]


def test_every_page_says_for_how_long_the_server_has_been_silent(signed_in, watch):
    watch.expect("failed: .*ERR_INTERNET_DISCONNECTED")
    signed_in.context.route_web_socket("**/ws*", lambda socket: socket.close())
    signed_in.reload()
    chip = signed_in.get_by_test_id("live-chip")
    expect(chip).to_have_text("polling")
    signed_in.wait_for_function(ALL_LOADED, arg=PARTS)
    signed_in.context.set_offline(True)
    expect(chip).to_have_text(re.compile(r"^stale \d+ s$"))
    for path, title in PAGES.items():
        if path in FORMS:
            continue
        signed_in.get_by_role("navigation", name="Main").get_by_role("link", name=title, exact=True).click()
        expect(heading(signed_in, title)).to_be_visible()
        expect(chip).to_have_text(re.compile(r"^stale \d+ (s|m \d+ s)$"))
    signed_in.context.set_offline(False)
    chip.get_by_role("button").click()
    signed_in.get_by_role("button", name="Reconnect now").click()
    expect(chip).to_have_text("polling")


NOTE_SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    if (entry.hadRecentInput) continue;
    const where = entry.sources.map(({ node, previousRect: a, currentRect: b }) => {
      const one = node && (node.nodeType === 1 ? node : node.parentElement);
      const name = one ? `${one.tagName}.${one.className} "${one.textContent.slice(0, 40)}"` : 'gone';
      return `${name} ${a.x},${a.y},${a.width},${a.height} -> ${b.x},${b.y},${b.width},${b.height}`;
    });
    window.shifts.push([entry.value, ...where]);
  }
}).observe({ type: 'layout-shift', buffered: true });
"""
MOST_SHIFT = 0.02  # a fifth of what counts as good (0.1): the log of a job, and its parts on a narrow screen


@pytest.mark.parametrize("size", [{"width": 1280, "height": 800}, NARROW], ids=["wide", "narrow"])
def test_no_page_moves_when_its_data_arrives(open_context, enter, system, told, size):
    for priority in ("high", "medium", "low"):
        system.wait(system.submit("test.raise", max_retries=0, priority=priority))
    running = told(40)
    system.wait(running, lambda job: job.state == "running")
    pages = {**PAGES, f"/jobs/{running.id}": "e2e.told"}
    page = enter(open_context().new_page())
    page.set_viewport_size(size)
    page.add_init_script(NOTE_SHIFTS + HOLD)
    moved = {}
    for path, title in pages.items():
        page.goto(path)
        expect(loading(page).first).to_be_visible()
        page.evaluate("document.fonts.ready.then(() => true)")
        answer(page)
        expect(heading(page, title)).to_be_visible()
        expect(loading(page)).to_have_count(0)
        expect(page.get_by_test_id("live-chip")).to_have_text("live")
        shifts = page.evaluate("window.shifts")
        if sum(value for value, *_ in shifts) > MOST_SHIFT:
            moved[path] = shifts
    assert moved == {}


def test_what_could_not_be_read_again_is_said_to_be_old_though_news_comes(themed, watch, system):
    watch.expect("answered: 503 GET .*stats")
    system.wait(system.submit("test.noop"))
    themed.goto("/")
    drawn = themed.get_by_role("region", name="Finished per minute").locator("canvas")
    expect(drawn.first).to_be_visible()
    away = {**REFUSED, "status": 503, "title": "Away", "detail": "PostgreSQL does not answer."}
    of_charts = re.compile(r"/api/v1/stats\?")
    themed.route(of_charts, lambda route: route.fulfill(status=503, json=away))

    old = themed.get_by_role("status", name="What is old")
    expect(old).to_contain_text("Some of this page could not be refreshed")
    expect(old).to_contain_text(re.compile(r"PostgreSQL does not answer\. It shows what was read at \d+:\d+"))
    expect(themed.get_by_test_id("live-chip")).to_contain_text("live")
    expect(drawn.first).to_be_visible()
    assert faults(themed) == []

    # Away until it was asked again: the page asks by itself too, and an answer takes the button away.
    with themed.expect_request(of_charts):
        old.get_by_role("button", name="Try again").click()
    themed.unroute(of_charts)
    expect(old).to_be_empty()
