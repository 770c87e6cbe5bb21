"""Signing in: the key comes in by a link or by hand, and is never left where others may read it."""

from __future__ import annotations

import re

from playwright.sync_api import expect


def test_a_sign_in_link_signs_in_and_leaves_no_key_in_address_or_history(page, installation):
    page.goto("/jobs")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.goto("about:blank")
    page.goto(installation.sign_in)

    expect(page.get_by_role("heading", name="Overview", level=1)).to_be_visible()
    assert page.url == f"{installation.url}/"
    page.go_back()
    page.wait_for_url("about:blank")
    page.go_forward()
    expect(page.get_by_role("heading", name="Overview", level=1)).to_be_visible()
    assert page.url == f"{installation.url}/"


def test_a_sign_in_link_signs_in_where_the_sign_in_page_is_open_already(page, installation):
    page.goto("/sign-in")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.goto(installation.sign_in)

    expect(page.get_by_role("heading", name="Overview", level=1)).to_be_visible()
    assert page.url == f"{installation.url}/"


def test_a_wrong_key_is_refused_with_the_reason_and_is_not_kept(page, watch):
    watch.expect(r"answered: 401 GET .*/api/v1/queues$")
    page.goto("/sign-in")
    page.get_by_label("API key").fill("tj_wrong")
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("alert")).to_contain_text(re.compile(r"key", re.IGNORECASE))
    expect(page.get_by_label("API key")).to_have_attribute("aria-invalid", "true")
    assert page.evaluate("localStorage.getItem('trajectory.key')") is None


def test_without_a_key_every_page_leads_to_sign_in_and_from_there_back(page, installation):
    page.goto("/jobs?state=failed")
    page.wait_for_url("**/sign-in?**")
    page.get_by_label("API key").fill(installation.key)
    page.get_by_role("button", name="Sign in").click()

    page.wait_for_url("**/jobs?state=failed")
    expect(page.get_by_role("button", name="Failed")).to_have_attribute("aria-pressed", "true")


def test_whoever_signs_out_is_led_to_sign_in(signed_in):
    signed_in.get_by_role("button", name="Environment:").click()
    signed_in.get_by_role("button", name="Sign out").click()

    expect(signed_in.get_by_role("heading", name="Sign in")).to_be_visible()
    signed_in.goto("/jobs")
    expect(signed_in.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_key_that_the_server_no_longer_takes_leads_to_sign_in_with_the_reason(page, installation, watch):
    watch.expect(r"answered: 401 ")
    page.goto("/sign-in")
    page.evaluate("localStorage.setItem('trajectory.key', 'tj_revoked')")
    page.goto("/jobs")

    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("You were signed out.")


def test_the_watch_over_the_pages_sees_what_it_is_there_to_see(page, watch):
    """Without this, silence of the watch would prove nothing."""
    watch.expect("console: said by the test")
    watch.expect("uncaught: .*thrown by the test")
    watch.expect("console: .*Content Security Policy")
    watch.expect("answered: 404 GET .*/api/v1/nothing$")
    page.goto("/sign-in")
    page.evaluate("console.error('said by the test')")
    page.evaluate("setTimeout(() => { throw new Error('thrown by the test') })")
    page.evaluate("document.head.append(Object.assign(document.createElement('script'), { text: '1' }))")
    page.evaluate("fetch('/api/v1/nothing').then((answer) => answer.status)")
