"""`./local/screenshots`: a system that looks lived in, and a picture of each of its views."""

from __future__ import annotations

import argparse
import itertools
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from playwright.sync_api import expect

from local.bootstrap import ROOT
from local.servers import temporary_data
from local.steps import Refusal, refuse, say
from local.system import Options, running_system
from local.waiting import wait_until
from tests.e2e.driver import NoBrowser, running_browser

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from local.system import System

KEPT_IN = ROOT / "docs" / "screenshots"
KEPT = {"overview-dark", "lanes-dark", "jobs-light", "job-failed-light"}  # of the wide ones
SIZES = {"": (1440, 900), "-narrow": (375, 812)}
THEMES = ("dark", "light")
PATIENCE_SECONDS = 90
PRIORITIES = ("high", "medium", "low")
MIXTURE = ("high", "low", "medium", "low", "low", "medium")
TAGS = ["nightly", "eu"]
FINAL = {"succeeded", "failed", "cancelled"}

NOTES = """# Weekly notes

Throughput is up by a third, and **no job was lost**.

| queue | jobs | p95 wait |
| --- | ---: | ---: |
| high | 1,204 | 41 ms |
| medium | 8,930 | 0.6 s |
| low | 22,417 | 4.2 s |
"""


@dataclass
class Client:
    """The API, as a script uses it."""

    http: httpx.Client

    def submit(self, task: str, params: dict[str, Any], **how: Any) -> str:
        body = {"task": task, "params": params, **how}
        return str(self.http.post("/api/v1/jobs", json=body).raise_for_status().json()["id"])

    def state(self, job_id: str) -> str:
        return str(self.http.get(f"/api/v1/jobs/{job_id}").raise_for_status().json()["state"])

    def await_state(self, job_id: str, wanted: set[str]) -> None:
        if not wait_until(lambda: self.state(job_id) in wanted, PATIENCE_SECONDS, every=0.1):
            raise Refusal(f"job {job_id} is {self.state(job_id)} and should be {' or '.join(sorted(wanted))}")


def sleep(seconds: float, steps: int = 10, fail_times: int = 0) -> dict[str, float]:
    return {"seconds": seconds, "steps": steps, "fail_times": fail_times}


def live(client: Client, minutes: float) -> None:
    """Work for so long, so that there is a history to be drawn: nothing in the pictures is made up."""
    ending = time.monotonic() + minutes * 60
    for number in itertools.count():
        priority = MIXTURE[number % len(MIXTURE)]
        fails = 1 if number % 17 == 4 else 0
        last = client.submit("demo.sleep", sleep(0.3 + number % 7 / 5, fail_times=fails), priority=priority, tags=TAGS)
        if number % 25 == 9:
            client.submit("pdf_generation", {"markdown": NOTES, "title": "Weekly notes"}, tags=["weekly"])
        # In step with the two slots: the queues neither run dry nor grow.
        if number % 8 == 7:
            client.await_state(last, FINAL)
        if time.monotonic() > ending:
            return


def stage(client: Client) -> dict[str, str]:
    """Bring jobs into every state, and name those worth a page of their own."""
    failed = client.submit("demo.sleep", sleep(0.8, fail_times=9), priority="high", max_retries=2, tags=["billing"])
    refused = client.submit("http_request", {"url": "http://127.0.0.1:9/orders"}, max_retries=0, tags=["webhook"])
    for job_id in (failed, refused):
        client.await_state(job_id, {"failed"})
    retrying = client.submit("demo.sleep", sleep(0.1, fail_times=30), priority="high", max_retries=12, tags=["billing"])
    waiting = [
        client.submit("demo.sleep", sleep(9, steps=30), priority=PRIORITIES[1 + number % 2], tags=TAGS)
        for number in range(8)
    ]
    cancelled = client.submit("demo.sleep", sleep(5), delay_seconds=600)
    client.http.post(f"/api/v1/jobs/{cancelled}/cancel").raise_for_status()
    client.submit("data_export", {}, delay_seconds=5400, tags=["nightly", "warehouse", "eu"])
    running = client.submit("demo.sleep", sleep(90, steps=300), priority="high", tags=["backfill"])
    export = client.submit("data_export", {"format": "parquet"}, priority="high", tags=["warehouse"])
    report = client.submit("report_generation", {"last_hours": 1}, priority="high", tags=["weekly"])
    client.await_state(running, {"running"})
    for job_id in (export, report):
        client.await_state(job_id, FINAL)
    client.await_state(waiting[0], {"running", *FINAL})
    client.await_state(retrying, {"retrying"})
    return {
        "job-waiting": waiting[-1],
        "job-failed": failed,
        "job-report": report,
        "job": running,
        "job-retrying": retrying,
    }


def plan(client: Client) -> None:
    """Schedules of several kinds, one of them with a history."""
    wanted: list[dict[str, Any]] = [
        {"name": "heartbeat", "cron": "*/5 * * * *", "task": "demo.sleep", "params": sleep(0.1), "priority": "high"},
        {"name": "warehouse-export", "cron": "15 */4 * * *", "task": "data_export", "overlap": "queue"},
        {"name": "weekly-report", "cron": "30 9 * * 1", "timezone": "Europe/Berlin", "task": "report_generation"},
    ]
    for schedule in wanted:
        made = client.http.post("/api/v1/schedules", json=schedule).raise_for_status().json()
        act = "pause" if schedule is wanted[-1] else "run-now"
        client.http.post(f"/api/v1/schedules/{made['id']}/{act}").raise_for_status()


def take(page: Page, file: Path) -> None:
    page.wait_for_load_state("load")
    # The live chip is the last to know; until then the page still moves.
    chip = page.get_by_test_id("live-chip")
    if chip.count():
        chip.get_by_text("live").wait_for()
    expect(page.locator(".shimmer")).to_have_count(0, timeout=PATIENCE_SECONDS * 1000)
    page.evaluate("document.fonts.ready.then(() => true)")
    page.screenshot(path=file, animations="disabled")


def take_all(browser: Browser, system: System, jobs: dict[str, str], folder: Path) -> None:
    views = {
        "overview": "/?range=15m",
        "jobs": "/jobs",
        "lanes": "/lanes",
        "queues": "/queues",
        "jobs-failed": "/jobs?state=failed",
        "errors": "/errors",
        "submit": "/submit?task=demo.sleep",
        "schedules": "/schedules",
        "schedule-new": "/schedules/new",
        "workers": "/workers",
        "docs": "/docs",
    }
    views |= {name: f"/jobs/{job_id}" for name, job_id in jobs.items()} | {"submit-export": "/submit?task=data_export"}
    for theme, (suffix, (width, height)) in product(THEMES, SIZES.items()):
        options: Any = {"color_scheme": theme, "reduced_motion": "reduce"}
        context = browser.new_context(base_url=system.url, viewport={"width": width, "height": height}, **options)
        page = context.new_page()
        page.goto("/sign-in")
        page.get_by_role("heading", name="Sign in").wait_for()
        take(page, folder / f"sign-in-{theme}{suffix}.png")
        page.goto(system.sign_in)
        page.get_by_role("heading", name="Overview", level=1).wait_for()
        for name, path in views.items():
            page.goto(path)
            page.get_by_role("heading", level=1).wait_for()
            if name == "job-failed":
                page.get_by_text("Traceback", exact=True).first.click()
            take(page, folder / f"{name}-{theme}{suffix}.png")
        context.close()


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser("local/screenshots", description="Take a picture of every view.")
    parser.add_argument("--minutes", type=float, default=5, help="of work before the pictures (%(default)s)")
    minutes = parser.parse_args(arguments).minutes
    folder = Path(tempfile.mkdtemp(prefix="trajectory-screenshots-"))
    try:
        with temporary_data() as data, running_system(Options(data=data, port=0, slots=2)) as system:
            headers = {"Authorization": f"Bearer {system.key}"}
            with httpx.Client(base_url=system.url, headers=headers, timeout=30) as http, running_browser() as browser:
                client = Client(http)
                plan(client)
                live(client, minutes)
                take_all(browser, system, stage(client), folder)
    except (Refusal, NoBrowser) as refusal:
        return refuse("local/screenshots", Refusal(str(refusal)))
    KEPT_IN.mkdir(parents=True, exist_ok=True)
    for name in sorted(KEPT):
        shutil.copyfile(folder / f"{name}.png", KEPT_IN / f"{name}.png")
    say(f"  all pictures in {folder}, {len(KEPT)} of them in {KEPT_IN.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
