"""What follows the reader: language, clock, keys; and how soon there is something to press."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.test_shell import heading

PLACES = {
    "o": "Overview",
    "j": "Jobs",
    "l": "Lanes",
    "q": "Queues",
    "e": "Errors",
    "c": "Schedules",
    "w": "Workers",
    "s": "Submit",
    "a": "API",
}


def test_g_and_the_letter_of_a_page_go_to_every_page_and_the_help_names_them_all(signed_in):
    signed_in.keyboard.press("?")
    keys = signed_in.get_by_role("dialog", name="Keys")
    for letter, title in PLACES.items():
        line = keys.locator("div", has=signed_in.locator("dt", has_text=re.compile(f"^{title}$")))
        expect(line.last.locator("dd")).to_have_text(f"g{letter}")
    signed_in.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    for letter, title in reversed(PLACES.items()):
        signed_in.keyboard.press("g")
        signed_in.keyboard.press(letter)
        expect(heading(signed_in, title)).to_be_visible()


def test_t_goes_through_the_themes(signed_in):
    page = signed_in.locator("html")
    expect(page).to_have_attribute("data-theme", "light")
    signed_in.keyboard.press("t")
    expect(page).to_have_attribute("data-theme", "dark")
    signed_in.keyboard.press("t")
    expect(page).to_have_attribute("data-theme", "light")
    expect(signed_in.get_by_role("button", name="Theme: Light")).to_be_visible()
    signed_in.keyboard.press("t")
    expect(signed_in.get_by_role("button", name="Theme: System")).to_be_visible()


@pytest.mark.parametrize("keys", ["Control+k", "Meta+k"])
def test_ctrl_or_cmd_k_opens_the_palette_and_escape_closes_it(signed_in, keys):
    signed_in.keyboard.press(keys)
    expect(signed_in.get_by_role("combobox", name="Search or act")).to_be_focused()
    signed_in.keyboard.press("Escape")
    expect(signed_in.get_by_role("dialog")).to_have_count(0)


@pytest.mark.parametrize(
    ("locale", "moment", "span"),
    [
        ("de-DE", r"^\d{1,2}\.\d{1,2}\.\d{4}, \d{2}:\d{2}:\d{2} MES?Z$", r"^\d,\d s$"),
        ("en-US", r"^[A-Z][a-z]{2} \d{1,2}, \d{4}, \d{1,2}:\d{2}:\d{2}\s[AP]M GMT\+[12]$", r"^\d\.\d s$"),
    ],
)
def test_numbers_and_dates_are_the_readers_and_the_exact_time_is_there_on_hover(
    open_context, enter, system, locale, moment, span
):
    job = system.wait(system.submit("demo.sleep", {"seconds": 1.2}))
    page = enter(open_context(locale=locale, timezone_id="Europe/Berlin").new_page())
    page.goto(f"/jobs/{job.id}")
    created = page.get_by_role("region", name="Facts").get_by_role("time").first

    expect(created).to_have_text(re.compile(r"^(now|\d+ s ago)$"))
    expect(created).to_have_attribute("title", re.compile(moment))
    ran = page.get_by_role("list", name="Life of the job").get_by_text(re.compile(r"^Ran "))
    expect(ran).to_have_text(re.compile(span.replace("^", "^Ran ")))
