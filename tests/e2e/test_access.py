"""Everybody can use it: axe finds nothing against WCAG 2.2 AA, and no mouse is needed."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from local.site import SITE
from tests.e2e.conftest import job_id_of, state_of

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = SITE / "node_modules" / "axe-core" / "axe.min.js"
MOST_TABS = 60

# What fades in is not yet in the colours that are judged.
COME_TO_REST = """
() => Promise.all(
  document.getAnimations()
    .filter((one) => one.effect.getComputedTiming().endTime !== Infinity)
    .map((one) => one.finished.catch(() => null)),
)
"""
RUN_AXE = """
async (rules) => {
  const { violations } = await axe.run(document, { runOnly: rules, resultTypes: ['violations'] });
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${help}: ${target.join(' ')}: ${failureSummary}`));
}
"""


def faults(page):
    page.evaluate(COME_TO_REST)
    # By the debugger's door: the page's own policy would let no foreign script in.
    page.evaluate(AXE.read_text())
    return page.evaluate(RUN_AXE, RULES)


@pytest.fixture(params=["dark", "light"])
def themed(request, open_context):
    page = open_context(color_scheme=request.param).new_page()
    page.goto("/sign-in")
    assert page.evaluate("document.documentElement.dataset.theme") == request.param
    return page


def test_sign_in_is_clean(themed, watch):
    watch.expect("answered: 401 ")
    themed.get_by_label("API key").fill("tj_wrong")
    themed.get_by_role("button", name="Sign in").click()
    expect(themed.get_by_role("alert")).to_be_visible()

    assert faults(themed) == []


def test_overview_and_jobs_with_jobs_of_every_state_are_clean(themed, enter, system, told):
    system.wait(system.submit("test.raise", max_retries=0, priority="high"))
    system.wait(system.submit("test.noop"))
    system.submit("test.raise", max_retries=7)
    system.submit("test.noop", delay_seconds=3600)
    running = told(40, priority="high")
    system.wait(running, lambda job: job.state == "running")
    system.submit("test.noop", priority="low")
    enter(themed)
    expect(themed.get_by_role("region", name="Failures").get_by_role("link", name="Wrong").first).to_be_visible()
    expect(themed.get_by_test_id("live-chip")).to_have_text("live")
    expect(themed.get_by_role("region", name="Recent jobs").get_by_role("progressbar")).to_be_visible()
    assert faults(themed) == []

    themed.goto("/jobs")
    expect(themed.get_by_role("table").get_by_role("progressbar")).to_be_visible()
    assert faults(themed) == []


def test_a_failed_job_with_its_traceback_open_is_clean(themed, enter, system):
    job = system.wait(system.submit("test.raise", max_retries=1, tags=["nightly"]))
    enter(themed)
    themed.goto(f"/jobs/{job.id}")
    expect(state_of(themed)).to_have_text("Failed")
    themed.get_by_text("Traceback", exact=True).first.click()
    expect(themed.locator("pre").first).to_be_visible()

    assert faults(themed) == []


def test_errors_and_one_of_them_are_clean(themed, enter, system):
    system.wait(system.submit("test.raise", max_retries=0))
    enter(themed)
    themed.goto("/errors?q=wanted")
    listed = themed.get_by_role("region", name="Errors")
    expect(listed.get_by_role("listitem")).to_have_count(1)
    assert faults(themed) == []

    listed.get_by_role("link", name="Wrong").click()
    expect(themed.get_by_role("region", name="Latest error")).to_be_visible()
    assert faults(themed) == []


def test_submit_with_every_task_and_with_faults_beside_fields_is_clean(themed, enter, watch, system):
    watch.expect("answered: 422 ")
    enter(themed)
    themed.goto("/submit?task=demo.sleep")
    themed.get_by_label("Seconds").fill("-1")
    themed.get_by_role("button", name="Submit job").click()
    expect(themed.get_by_label("Seconds")).to_have_attribute("aria-invalid", "true")
    assert faults(themed) == []

    for task in ("data_export", "http_request", "pdf_generation", "report_generation"):
        themed.get_by_role("radio", name=task).check()
        expect(themed.get_by_role("form", name=f"Submit {task}")).to_be_visible()
        assert faults(themed) == []


def test_schedules_and_the_form_of_one_are_clean(themed, enter, system, watch):
    watch.expect("answered: 422 ")
    enter(themed)
    themed.goto("/schedules")
    declared = themed.get_by_role("link", name="test.yearly")
    expect(declared).to_be_visible()
    assert faults(themed) == []

    declared.click()
    expect(themed.get_by_role("list", name="Next runs").get_by_role("listitem")).to_have_count(5)
    assert faults(themed) == []

    themed.goto("/schedules/new")
    themed.get_by_role("button", name="Weekdays").click()
    expect(themed.get_by_role("status", name="Preview")).to_contain_text("Friday")
    themed.get_by_role("button", name="Create schedule").click()
    expect(themed.get_by_label("Name", exact=True)).to_have_attribute("aria-invalid", "true")
    assert faults(themed) == []


def test_waiting_jobs_workers_and_questions_are_clean(themed, enter, system, told):
    running = told(40, priority="high", tags=["asked"])
    system.wait(running, lambda job: job.state == "running")
    waiting = system.submit("test.noop", priority="low", tags=["asked"])
    enter(themed)
    themed.goto(f"/jobs/{waiting.id}")
    expect(themed.get_by_role("region", name="Why is it waiting?")).to_contain_text("Slots busy")
    assert faults(themed) == []

    themed.goto("/workers")
    themed.get_by_role("button", name="Resize").click()
    expect(themed.get_by_label("Slots", exact=True)).to_be_visible()
    assert faults(themed) == []
    themed.keyboard.press("Escape")
    themed.get_by_role("button", name="Stop").click()
    expect(themed.get_by_role("alertdialog")).to_be_visible()
    assert faults(themed) == []

    themed.goto("/jobs?tag=asked")
    themed.get_by_role("checkbox", name="Select all loaded jobs").check()
    assert faults(themed) == []
    themed.get_by_role("toolbar").get_by_role("button", name="Cancel").click()
    expect(themed.get_by_role("alertdialog", name="Cancel 2 jobs?")).to_be_visible()
    assert faults(themed) == []


def tab_to(page, target):
    """Press Tab until the focus is there, and can be seen there."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if target.evaluate("(element) => element === document.activeElement"):
            assert target.evaluate("(element) => element.matches(':focus-visible')")
            return
    raise AssertionError(f"{MOST_TABS} times Tab did not come to {target}")


def test_from_sign_in_to_a_submitted_job_by_keyboard_alone(page, installation, system):
    page.goto("/sign-in")
    expect(page.get_by_label("API key")).to_be_focused()
    page.keyboard.type(installation.key)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Overview", level=1)).to_be_visible()
    tab_to(page, page.get_by_role("navigation", name="Main").get_by_role("link", name="Submit"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Submit", level=1)).to_be_visible()
    tasks = page.get_by_role("radiogroup", name="Task")
    expect(tasks).to_be_visible()
    tab_to(page, tasks.locator("input:checked"))
    for _ in range(tasks.get_by_role("radio").count()):
        if tasks.get_by_role("radio", name="demo.sleep").is_checked():
            break
        page.keyboard.press("ArrowDown")
    form = page.get_by_role("form", name="Submit demo.sleep")
    expect(form).to_be_visible()
    tab_to(page, form.get_by_label("Seconds"))
    page.keyboard.press("Control+A")
    page.keyboard.type("0.1")
    tab_to(page, form.get_by_role("button", name="Submit job"))
    page.keyboard.press("Enter")

    job = system.job(job_id_of(page))
    expect(state_of(page)).to_have_text("Succeeded")
    assert job.params["seconds"] == 0.1
