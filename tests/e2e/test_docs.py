"""The API's description: found, narrowed down, read, by everybody and on any screen."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.test_access import faults
from tests.e2e.test_shell import NARROW, heading, open_palette


@pytest.fixture(params=["dark", "light"])
def themed(request, open_context, enter):
    return enter(open_context(color_scheme=request.param).new_page())


def operation(page, name):
    return page.get_by_role("article", name=name, exact=True)


def test_an_operation_is_found_from_the_navigation_by_the_filter_and_told_whole(themed, installation):
    themed.get_by_role("navigation", name="Main").get_by_role("link", name="API").click()
    expect(heading(themed, "API")).to_be_visible()
    expect(operation(themed, "list_jobs")).to_be_visible()
    assert faults(themed) == []

    themed.get_by_label("Filter operations").fill("post jobs batch")
    expect(themed.get_by_role("article")).to_have_count(1)
    found = operation(themed, "submit_batch")
    found.get_by_role("button", name="/api/v1/jobs/batch").click()
    expect(found.get_by_role("list", name="Headers").get_by_text("Idempotency-Key")).to_be_visible()
    found.get_by_role("button", name="Submission").click()
    expect(found.get_by_role("list", name="Fields of Submission").get_by_text("unique_window_seconds")).to_be_visible()
    expect(found.get_by_role("list", name="Problems").get_by_text("idempotency_conflict")).to_be_visible()
    typed = found.get_by_role("group", name="curl of submit_batch")
    expect(typed).to_contain_text(f'curl -X POST "{installation.url}/api/v1/jobs/batch"')
    expect(typed).to_contain_text("Bearer $KEY")
    assert faults(themed) == []


def test_an_address_leads_to_its_operation_and_so_do_the_list_and_the_way_back(signed_in):
    page = signed_in
    page.goto("/docs#list_workers")
    expect(operation(page, "list_workers").get_by_role("list", name="Answers")).to_be_in_viewport()
    expect(operation(page, "list_workers").get_by_role("button", expanded=True)).to_be_focused()

    listed = page.get_by_role("navigation", name="Operations")
    listed.get_by_role("link", name="read_stats").click()
    expect(page).to_have_url(re.compile(r"/docs#read_stats$"))
    expect(operation(page, "read_stats").get_by_role("list", name="In the query")).to_be_in_viewport()
    expect(listed.locator("[aria-current]")).to_have_text(["read_statsGET"])
    page.get_by_label("Filter operations").fill("pause_queue")
    expect(operation(page, "list_workers")).to_have_count(0)
    page.go_back()
    expect(operation(page, "list_workers").get_by_role("list", name="Answers")).to_be_in_viewport()


def test_the_palette_and_the_code_of_a_submission_lead_to_it(signed_in):
    open_palette(signed_in, "openapi")
    signed_in.keyboard.press("Enter")
    expect(heading(signed_in, "API")).to_be_visible()

    signed_in.goto("/submit?task=demo.sleep")
    signed_in.get_by_role("region", name="The same as code").get_by_role("link", name="the API").click()
    expect(signed_in).to_have_url(re.compile(r"/docs#submit$"))
    expect(operation(signed_in, "submit").get_by_role("list", name="Body", exact=True)).to_be_in_viewport()


def test_at_375_pixels_nothing_of_it_scrolls_sideways(open_context, enter):
    page = enter(open_context().new_page())
    page.set_viewport_size(NARROW)
    page.get_by_role("button", name="More").click()
    page.get_by_role("link", name="API").click()
    expect(heading(page, "API")).to_be_visible()
    for name in ("submit_batch", "list_jobs", "start_bulk"):
        operation(page, name).get_by_role("heading", level=3).get_by_role("button").click()
    page.get_by_role("button", name="Submission").click()
    expect(page.get_by_role("list", name="Fields of Submission")).to_be_visible()

    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    assert faults(page) == []
