"""Progress and news reach the browser without a reload, by either door."""

from __future__ import annotations

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
