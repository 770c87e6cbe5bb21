"""The list of jobs, and the overview with its demo of priorities."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.e2e.conftest import state_of
from tests.e2e.driver import Marked
from trajectory.store.filters import JobFilter
from trajectory.views import jobs as list_jobs


def rows(page):
    return page.get_by_role("table", name="Jobs").get_by_role("row").filter(has=page.get_by_role("cell"))


def test_a_new_job_appears_in_the_list_and_changes_there_without_a_reload(signed_in, told, system):
    earlier = system.wait(system.submit("test.noop"))
    signed_in.goto("/jobs")
    expect(rows(signed_in).filter(has=signed_in.get_by_title(str(earlier.id)))).to_be_visible()
    marked = Marked(signed_in)
    job = told()
    row = rows(signed_in).filter(has=signed_in.get_by_title(str(job.id)))

    expect(row).to_contain_text("Running")
    expect(rows(signed_in).first).to_contain_text("e2e.told")
    job.tell(60)
    expect(row.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "60")
    job.tell("done")
    expect(row).to_contain_text("Succeeded")
    marked.verify()


def test_filters_live_in_the_address_and_survive_a_reload_and_the_way_back(signed_in, system):
    how = {"tags": ["kept-in-address"], "max_retries": 0}
    failed = system.wait(system.submit("test.raise", **how))
    well = system.wait(system.submit("test.noop", **how))
    signed_in.goto("/jobs?tag=kept-in-address")
    expect(rows(signed_in)).to_have_count(2)
    pill = signed_in.get_by_role("group", name="State").get_by_role("button", name="Failed")
    pill.click()
    expect(rows(signed_in)).to_have_count(1)
    expect(signed_in).to_have_url(re.compile(r"\?(?=.*state=failed)(?=.*tag=kept-in-address)"))
    address = signed_in.url

    signed_in.reload()
    expect(pill).to_have_attribute("aria-pressed", "true")
    expect(rows(signed_in)).to_have_count(1)
    rows(signed_in).get_by_role("link", name="test.raise").press("Enter")
    expect(state_of(signed_in)).to_have_text("Failed")
    assert signed_in.url.endswith(str(failed.id))

    signed_in.go_back()
    expect(signed_in).to_have_url(address)
    expect(rows(signed_in)).to_have_count(1)
    signed_in.get_by_role("button", name="Remove filter: Tag kept-in-address").click()
    pill.click()
    expect(signed_in).to_have_url(re.compile(r"/jobs$"))
    expect(rows(signed_in).filter(has=signed_in.get_by_title(str(well.id)))).to_be_visible()


def test_the_high_job_of_the_demo_starts_before_the_low_ones_that_wait(signed_in, told, system):
    blocker = told()
    system.wait(blocker, lambda job: job.state == "running")
    signed_in.get_by_role("button", name="Run the priority demo").click()
    demo = signed_in.get_by_role("region", name="Priority demo")
    expect(demo.get_by_role("listitem")).to_have_count(11)
    expect(demo).to_contain_text("10 low jobs, then one high")
    marked = Marked(signed_in)
    batch_id = re.search(r"demo=([0-9a-f-]{36})", signed_in.url).group(1)
    blocker.tell("done")

    expect(demo).to_contain_text("overtook 10 low ones")
    expect(demo.get_by_role("link", name=re.compile(r"High job, .*, started as number 1$"))).to_be_visible()
    expect(demo.get_by_role("link", name=re.compile(r"Low job, .*, started as number 2$"))).to_be_visible()
    marked.verify()
    jobs = list_jobs(JobFilter(batch_id=batch_id), limit=20, cursor=None).items
    [high] = [job for job in jobs if job.priority == "high"]
    low = [job for job in jobs if job.priority == "low"]
    assert len(low) == 10
    assert high.created_at >= max(job.created_at for job in low)
    assert all(job.started_at is None or job.started_at > high.started_at for job in low)
