"""Progress and news reach the browser without a reload, by either door."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.e2e.conftest import state_of
from tests.e2e.driver import Marked


def chip(page):
    return page.get_by_test_id("live-chip")


def follow_to_its_end(page, told):
    """Watch a job from its queue to its end in a page that is never loaded anew."""
    job = told(tags=["followed"])
    page.goto(f"/jobs/{job.id}")
    expect(page.get_by_role("heading", level=1)).to_have_text("e2e.told")
    marked = Marked(page)
    bar = page.get_by_role("progressbar", name="Progress")
    for percent in (20, 45, 70, 95):
        job.tell(percent)
        expect(bar).to_have_attribute("aria-valuenow", str(percent))
        expect(page.get_by_text(f"at {percent}", exact=True)).to_be_visible()
        expect(state_of(page)).to_have_text("Running")
    job.tell("done")
    expect(state_of(page)).to_have_text("Succeeded")
    expect(page.get_by_role("region", name="Result")).to_contain_text("told")
    marked.verify()


def test_progress_moves_by_websocket_without_a_reload(signed_in, told):
    polls = []
    signed_in.on("request", lambda request: polls.append(request.url) if "/api/v1/events" in request.url else None)
    expect(chip(signed_in)).to_have_text("live")
    follow_to_its_end(signed_in, told)

    expect(chip(signed_in)).to_have_text("live")
    assert polls == []


def test_progress_moves_by_polling_when_the_socket_is_closed_at_once(signed_in, told):
    signed_in.context.route_web_socket("**/ws*", lambda socket: socket.close())
    signed_in.reload()
    expect(chip(signed_in)).to_have_text("polling")
    follow_to_its_end(signed_in, told)

    expect(chip(signed_in)).to_have_text("polling")


def test_progress_moves_by_polling_when_the_browser_has_no_socket_at_all(open_context, enter, told):
    context = open_context()
    context.add_init_script("window.WebSocket = class { constructor() { throw new Error('blocked') } }")
    page = enter(context.new_page())
    expect(chip(page)).to_have_text("polling")
    follow_to_its_end(page, told)


def test_an_act_in_one_browser_is_seen_in_another(open_context, enter, system):
    job = system.submit("demo.sleep", {"seconds": 0}, delay_seconds=3600, tags=["seen-by-two"])
    one, list_of_other, job_of_other = (enter(open_context().new_page()) for _ in range(3))
    one.goto(f"/jobs/{job.id}")
    job_of_other.goto(f"/jobs/{job.id}")
    list_of_other.goto("/jobs?tag=seen-by-two")
    row = list_of_other.get_by_role("row").filter(has_text="demo.sleep")
    expect(row).to_contain_text("Scheduled")
    expect(state_of(job_of_other)).to_have_text("Scheduled")
    marks = [Marked(list_of_other), Marked(job_of_other)]
    one.get_by_role("button", name="Cancel").click()

    expect(row).to_contain_text("Cancelled")
    expect(state_of(job_of_other)).to_have_text("Cancelled")
    expect(job_of_other.get_by_role("button", name="Cancel")).to_have_count(0)
    for mark in marks:
        mark.verify()


def test_a_socket_that_is_cut_and_restored_misses_no_event(signed_in, told, system, watch):
    watch.expect("failed: .*ERR_INTERNET_DISCONNECTED")
    sockets = []

    def pass_on(socket):
        socket.connect_to_server()
        sockets.append(socket)

    signed_in.context.route_web_socket("**/ws*", pass_on)
    jobs = [told(20, tags=["cut"]) for _ in range(3)]
    signed_in.goto("/jobs?tag=cut")
    expect(chip(signed_in)).to_have_text("live")
    marked = Marked(signed_in)
    succeeded = signed_in.get_by_role("table", name="Jobs").get_by_role("row").filter(has_text="Succeeded")
    expect(signed_in.get_by_role("table", name="Jobs").get_by_role("link", name="e2e.told")).to_have_count(len(jobs))
    # The line is cut, and nothing of what happens now comes through.
    signed_in.context.set_offline(True)
    for socket in sockets:
        socket.close()
    expect(chip(signed_in)).to_contain_text("stale")
    for job in jobs:
        job.tell("done")
        system.wait(job)
    expect(succeeded).to_have_count(0)
    opened = len(sockets)
    signed_in.context.set_offline(False)

    expect(succeeded).to_have_count(len(jobs))
    expect(chip(signed_in)).to_have_text("live")
    assert all("after=" in socket.url for socket in sockets[opened:])
    marked.verify()


HIDE = """
(state) => {
  Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
}
"""
MINUTE_MILLISECONDS = 60_000


def watched_job(page, enter, told, system):
    """The page of a job that runs, with a clock that the test may turn."""
    job = told(20)
    system.wait(job, lambda now: now.state == "running")
    page.clock.install()
    enter(page)
    page.goto(f"/jobs/{job.id}")
    expect(page.get_by_role("progressbar", name="Progress")).to_have_attribute("aria-valuenow", "20")
    expect(chip(page)).to_have_text("live")
    return job


def test_a_hidden_tab_asks_for_nothing_and_catches_up_when_it_is_shown(page, enter, told, system):
    job = watched_job(page, enter, told, system)
    marked = Marked(page)
    page.evaluate(HIDE, "hidden")
    # What had begun before may come to its end.
    page.clock.run_for(MINUTE_MILLISECONDS)
    page.wait_for_load_state("networkidle")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda socket: asked.append(socket.url))
    job.tell("done")
    system.wait(job)
    page.clock.run_for(5 * MINUTE_MILLISECONDS)
    assert asked == []
    expect(state_of(page)).to_have_text("Running")

    page.evaluate(HIDE, "visible")
    expect(state_of(page)).to_have_text("Succeeded")
    expect(chip(page)).to_have_text("live")
    assert any("after=" in url for url in asked)
    marked.verify()


def test_after_sleep_the_page_does_not_trust_its_socket_and_catches_up_by_its_cursor(page, enter, told, system):
    # A socket that is forgotten by the other side and does not say so.
    forgotten = []

    def forget(socket):
        server = socket.connect_to_server()
        server.on_message(lambda message: None if socket in forgotten else socket.send(message))
        sockets.append(socket)

    sockets = []
    page.context.route_web_socket("**/ws*", forget)
    job = watched_job(page, enter, told, system)
    marked = Marked(page)
    forgotten.extend(sockets)
    job.tell("done")
    system.wait(job)
    page.clock.fast_forward("01:00:00")

    # At once, and not when the silence of the old one has become too long.
    expect(state_of(page)).to_have_text("Succeeded", timeout=10_000)
    expect(chip(page)).to_have_text("live")
    assert "after=" in sockets[-1].url
    assert len(sockets) > len(forgotten)
    marked.verify()


def test_the_chip_says_for_how_long_nothing_was_heard_and_why(signed_in, watch):
    watch.expect("failed: .*ERR_INTERNET_DISCONNECTED")
    expect(chip(signed_in)).to_have_text("live")
    signed_in.context.route_web_socket("**/ws*", lambda socket: socket.close())
    signed_in.reload()
    expect(chip(signed_in)).to_have_text("polling")
    signed_in.context.set_offline(True)
    expect(chip(signed_in)).to_have_text(re.compile(r"^stale \d+ s$"))
    chip(signed_in).get_by_role("button").click()
    why = signed_in.get_by_role("dialog", name="Connection")
    expect(why).to_contain_text("The server has gone silent.")
    expect(why).to_contain_text(re.compile(r"Last word\d+ s ago"))
    expect(why).to_contain_text("Fault")
    signed_in.context.set_offline(False)
    why.get_by_role("button", name="Reconnect now").click()
    expect(chip(signed_in)).to_have_text("polling")
