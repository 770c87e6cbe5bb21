"""The built site in headless Chromium: what its first view weighs, and whether a page keeps up with the feed.

A list of 100,000 jobs that ran. 250 more stand for 250 slots that report four times a second, as slots do: their rows
get another progress and the feed carries them, 1,000 events a second. Browser, API and database share the machine.
"""

from __future__ import annotations

import gzip
import json
import threading
import time
from contextlib import contextmanager
from statistics import median
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from bench.contest import PAYLOAD, wait_for
from bench.ours import Ours
from local import site
from local.steps import Refusal
from tests.e2e.driver import NoBrowser, running_browser
from trajectory import lifecycle
from trajectory.feed import job_event
from trajectory.parts import parts
from trajectory.store.jobs import job_summaries

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, CDPSession, Page, Response, ViewportSize, WebSocket

    from bench.contest import Place
    from bench.rows import Figures

ROWS = 100_000
LOADS = 5
REPORTING = 250
REPORTS_TOGETHER = 50
REPORTS_SECONDS = 0.05
WATCHED_SECONDS = 60
VIEWPORT: ViewportSize = {"width": 1440, "height": 900}
MINUTES = 10
ROW_PIXELS = 42
SCROLL_FRAMES = 600
_REPORT = """
UPDATE jobs SET progress_done = %s, progress_total = 1000, progress_message = 'working', version = version + 1
WHERE id = ANY(%s::uuid[])
"""
_NOTE_LONG_TASKS = """
window.longTasks = [];
new PerformanceObserver((list) => {
  for (const { startTime, duration } of list.getEntries()) window.longTasks.push([startTime, duration]);
}).observe({ type: 'longtask', buffered: true });
"""
# A frame with the button under the pointer, and the next within 50 ms: a press would be answered at once. Told by the
# page itself, since a driver's own work would count as the page's.
_NOTE_INTERACTIVE = """
window.interactive = new Promise((resolve) => {
  let before = null;
  const look = () => {
    const button = [...document.querySelectorAll('button:enabled')]
      .find((one) => one.textContent === 'Run the priority demo');
    const { x = 0, y = 0, width = 0, height = 0 } = button?.getBoundingClientRect() ?? {};
    const now = performance.now();
    if (!button?.contains(document.elementFromPoint(x + width / 2, y + height / 2))) before = null;
    else if (before !== null && now - before <= 50) return resolve(now);
    else before = now;
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
});
"""
# The list is the one box of its panel that scrolls.
_FIND_BOX = """
const box = [...document.querySelectorAll('main *')].find((one) => getComputedStyle(one).overflowY === 'auto'
  && one.querySelector('[role=row], tr') && one.scrollHeight > one.clientHeight);
"""
_LOAD_ROWS = f"""async (rows) => {{
  {_FIND_BOX}
  const until = performance.now() + 300000;
  while (box.scrollHeight < rows * {ROW_PIXELS} && performance.now() < until) {{
    box.scrollTop = box.scrollHeight;
    await new Promise((resolve) => setTimeout(resolve, 15));
  }}
  return box.scrollHeight / {ROW_PIXELS};
}}"""
_SCROLL = f"""async (count) => {{
  {_FIND_BOX}
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  box.scrollTop = 0;
  for (let still = 0; still < 30; still += 1) await frame();
  const frames = [];
  let last = performance.now();
  for (let number = 0; number < count; number += 1) {{
    box.scrollTop += 3 * {ROW_PIXELS} + 11;
    await frame();
    const now = performance.now();
    frames.push(now - last);
    last = now;
  }}
  return frames;
}}"""


def measure_site(place: Place) -> Figures:
    """Kilobytes, milliseconds and megabytes; `rows` says of what. Takes a quarter of an hour.

    Raises `Refusal` without Chromium.
    """
    built = str(site.build())
    try:
        with Ours(place) as ours, running_browser() as browser:
            ours.enqueue(ROWS)
            wait_for(ours, ROWS)
            url, key = ours.start_api(TRAJECTORY_SITE=built), ours.key()
            figures = _first_view(browser, url, key)
            with _signed_in(browser, url, key) as page:
                figures |= _keeping_up(page)
                figures |= _scrolling(page)
    except NoBrowser as missing:
        raise Refusal(str(missing)) from missing
    return figures


@contextmanager
def _signed_in(browser: Browser, url: str, key: str) -> Iterator[Page]:
    context = browser.new_context(base_url=url, viewport=VIEWPORT)
    page = context.new_page()
    page.add_init_script(_NOTE_LONG_TASKS)
    page.goto(f"/sign-in#key={key}")
    page.get_by_role("heading", name="Overview", level=1).wait_for()
    yield page
    context.close()


def _first_view(browser: Browser, url: str, key: str) -> Figures:
    """With an empty cache, until charts and lanes are drawn: the bytes, compressed, of all files but fonts, and the end
    of the last long task, or the moment the first button can be pressed where that is later ("time to interactive").
    """
    moments, sizes = [], []
    for _ in range(LOADS):
        with _signed_in(browser, url, key) as first:
            state = first.context.storage_state()
        context = browser.new_context(base_url=url, storage_state=state, viewport=VIEWPORT)
        page = context.new_page()
        page.add_init_script(_NOTE_LONG_TASKS + _NOTE_INTERACTIVE)
        files: list[Response] = []
        page.on("response", lambda file, files=files: files.append(file))
        page.goto("/", wait_until="commit")
        pressable: float = page.evaluate("window.interactive")
        for name in ("Lanes", "Finished per minute", "Wait"):
            page.get_by_role("region", name=name, exact=True).locator("canvas").first.wait_for()
        tasks: list[tuple[float, float]] = page.evaluate("window.longTasks")
        moments.append(max([pressable, *(at + duration for at, duration in tasks)]))
        loaded = [file for file in files if file.ok and "/api/" not in file.url and not file.url.endswith(".woff2")]
        sizes.append(sum(len(gzip.compress(file.body())) for file in loaded) / 1000)
        context.close()
    return {"first view": median(sizes), "interactive": median(moments)}


def _keeping_up(page: Page) -> Figures:
    """Under reports all the time: events heard, the longest task of each second, and the heap after the first minute
    and the last.
    """
    heard: list[int] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: heard.append(_jobs_in(frame)))

    page.on("websocket", listen)
    page.goto("/jobs")
    page.get_by_role("table", name="Jobs").wait_for()
    session = page.context.new_cdp_session(page)
    with _reports_coming():
        page.wait_for_timeout(5000)
        heard.clear()
        began = page.evaluate("performance.now()")
        page.wait_for_timeout(1000 * WATCHED_SECONDS)
        events = sum(heard) / WATCHED_SECONDS
        longest = _longest_of_each_second(page, began)
        early = _heap_bytes(session)
        page.wait_for_timeout(1000 * 60 * (MINUTES - 1))
        late = _heap_bytes(session)
    return {
        "events heard": events,
        "long task p95": sorted(longest)[len(longest) * 95 // 100],
        "heap growth": (late - early) / 1e6,
    }


def _jobs_in(frame: str | bytes) -> int:
    events = json.loads(frame).get("events", [])
    return sum(event.get("kind") == "job" for event in events)


def _longest_of_each_second(page: Page, began: float) -> list[float]:
    """Milliseconds, 0 where no task took 50 or more."""
    longest = [0.0] * WATCHED_SECONDS
    tasks: list[tuple[float, float]] = page.evaluate("window.longTasks")
    for at, duration in tasks:
        second = int((at - began) / 1000)
        if 0 <= second < WATCHED_SECONDS:
            longest[second] = max(longest[second], duration)
    return longest


def _heap_bytes(session: CDPSession) -> float:
    session.send("HeapProfiler.collectGarbage")
    used: float = session.send("Runtime.getHeapUsage")["usedSize"]
    return used


@contextmanager
def _reports_coming() -> Iterator[None]:
    """Report in a thread, at an even pace, until the block ends. Raises what went wrong there."""
    ending, faults = threading.Event(), []
    running = [lifecycle.submit("bench.noop", {"payload": PAYLOAD}, delay_seconds=86_400).id for _ in range(REPORTING)]
    with parts().engine.connect() as connection:
        statement = "UPDATE jobs SET state = 'running', attempt = 1, started_at = now() WHERE id = ANY(%s::uuid[])"
        connection.exec_driver_sql(statement, (running,))

    def report() -> None:
        due, number = time.monotonic(), 0
        try:
            with parts().engine.connect() as connection:
                while not ending.wait(max(0.0, due - time.monotonic())):
                    first = number * REPORTS_TOGETHER % REPORTING
                    together = running[first : first + REPORTS_TOGETHER]
                    connection.exec_driver_sql(_REPORT, (number % 1000, together))
                    parts().feed.publish([job_event(job) for job in job_summaries(connection, together)])
                    due, number = due + REPORTS_SECONDS, number + 1
        except SQLAlchemyError as fault:
            faults.append(fault)

    thread = threading.Thread(target=report, name="reports")
    thread.start()
    try:
        yield
    finally:
        ending.set()
        thread.join()
    if faults:
        raise Refusal(f"reports came to an end: {faults[0]}")


def _scrolling(page: Page) -> Figures:
    """Milliseconds between frames while the list is scrolled by three rows a frame, with 100,000 rows loaded."""
    page.goto("/jobs")
    page.get_by_role("table", name="Jobs").wait_for()
    page.wait_for_load_state("networkidle")
    rows = page.evaluate(_LOAD_ROWS, ROWS)
    if rows < ROWS:
        raise Refusal(f"only {rows:,.0f} rows could be loaded")
    frames = sorted(page.evaluate(_SCROLL, SCROLL_FRAMES))
    return {"frame p95": frames[len(frames) * 95 // 100]}
