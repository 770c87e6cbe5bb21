"""The main views look as they did: beside a picture of each, made small, so that only what a reader sees counts.

A scene of an installation of its own, whose rows stay at the same distance from now. Numbers and moments are not
looked at. After a wanted change: `ACCEPT_LOOKS=1 ./local/test e2e`, look at the pictures in `git diff`, commit them.
"""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image, ImageChops
from playwright.sync_api import expect

from tests.conftest import _database
from tests.e2e.conftest import PATIENCE_SECONDS
from trajectory.keys import create_key
from trajectory.settings import read_settings
from trajectory.store.engine import api_engine

KEPT_IN = Path(__file__).parent / "looks"
SMALL = (256, 160)  # one of its points is 5 by 5 of the page: what letters do in there averages out
SAME_WITHIN = 20  # of 255, in each colour
MAY_DIFFER = 0.004  # of all points
A_FAILED_JOB = "SELECT id FROM jobs WHERE state = 'failed' ORDER BY id DESC LIMIT 1"

SCENE = (
    """
    INSERT INTO tasks (name, description, params_schema, defaults) VALUES
        ('orders.export', 'Exports the orders of a day.', '{"type": "object", "title": "Export", "properties": {
            "day": {"type": "string", "title": "Day"}, "rows": {"type": "integer", "minimum": 1, "title": "Rows"},
            "notify": {"type": "boolean", "title": "Notify", "default": false}}, "required": ["day"]}',
            '{"max_retries": 3, "timeout_seconds": null, "retry_backoff_max_seconds": 60}'),
        ('mail.send', 'Sends a mail.', '{"type": "object", "properties": {}}',
            '{"max_retries": 3, "timeout_seconds": null, "retry_backoff_max_seconds": 60}')
    """,
    """
    INSERT INTO workers (id, name, host, pid, queues, tasks, slots, started_at, heartbeat_at)
    VALUES ('01a20f00-0000-7000-8000-0000000000aa', 'celery@one', 'one', 4321, '{high,medium,low}',
        '{orders.export,mail.send}', 4, now() - interval '1 day', now() + interval '1 hour')
    """,
    """
    INSERT INTO slots (worker_id, slot, pid) SELECT '01a20f00-0000-7000-8000-0000000000aa', i, 5000 + i
    FROM generate_series(1, 4) AS i
    """,
    """
    INSERT INTO jobs (id, task, params, tags, created_by, max_retries, created_at, priority, state, run_at, attempt,
        claim, started_at, finished_at, outcome, result, error_type, error_message, error_traceback, error_attempt,
        fingerprint, progress_done, progress_total)
    SELECT uuidv7(at - clock_timestamp()), CASE WHEN mod(i, 3) = 0 THEN 'mail.send' ELSE 'orders.export' END,
        '{"day": "2026-11-01", "rows": 500}', CASE WHEN mod(i, 4) = 1 THEN ARRAY['nightly', 'eu'] ELSE '{}' END,
        'ops', 3, at, mod(i, 3), state, at, 1, 1 + mod(i, 4), at + interval '2 seconds', at + interval '9 seconds',
        state, CASE WHEN state = 'succeeded' THEN '{"rows": 500}'::jsonb END,
        CASE WHEN state = 'failed' THEN 'ConnectionError' END,
        CASE WHEN state = 'failed' THEN 'db-7 refused the connection' END,
        CASE WHEN state = 'failed' THEN E'Traceback (most recent call last):\n  File "orders.py", line 7\n' END,
        CASE WHEN state = 'failed' THEN 1 END, CASE WHEN state = 'failed' THEN '0123456789abcdef' END, 5, 5
    FROM (
        SELECT i, now() - i * interval '61 seconds' - interval '150 seconds' AS at,
            CASE WHEN mod(i, 11) = 4 THEN 'failed' WHEN mod(i, 13) = 5 THEN 'cancelled' ELSE 'succeeded' END AS state
        FROM generate_series(1, 36) AS i
    ) AS made
    """,
    """
    INSERT INTO error_groups (fingerprint, task, error_type, shape, count, first_seen_at, last_seen_at, sampled_at,
        sample_message)
    VALUES ('0123456789abcdef', 'orders.export', 'ConnectionError', 'db-* refused the connection', 4,
        now() - interval '40 minutes', now() - interval '150 seconds', now(), 'db-7 refused the connection')
    """,
    """
    INSERT INTO stats (minute, priority, task, submitted, succeeded, failed)
    SELECT date_trunc('minute', now()) - i * interval '1 minute', p, 'orders.export', 9 - 2 * p, 9 - 2 * p,
        CASE WHEN p = 1 THEN 1 ELSE 0 END
    FROM generate_series(0, 70) AS i, generate_series(0, 2) AS p
    """,
    """
    INSERT INTO schedules (id, name, cron, timezone, task, params, priority, overlap, catch_up,
        catch_up_limit, paused_at)
    SELECT gen_random_uuid(), name, cron, 'Europe/Berlin', 'orders.export', '{"day": "today"}', 1, 'skip', 'none',
        1, now()
    FROM (VALUES ('daily-orders', '30 6 * * *'), ('weekly-orders', '0 7 * * 1')) AS s (name, cron)
    """,
)
VIEWS = {
    "overview": ("/?range=1h", "Overview"),
    "jobs": ("/jobs", "Jobs"),
    "job": ("/jobs/{job}", "orders.export"),
    "lanes": ("/lanes", "Lanes"),
    "queues": ("/queues", "Queues"),
    "errors": ("/errors", "Errors"),
    "schedules": ("/schedules", "Schedules"),
    "workers": ("/workers", "Workers"),
    "submit": ("/submit?task=orders.export", "Submit"),
}
# Their space stays; what they say is different every time.
UNSEEN = """
time, .num, [data-testid=live-chip] { color: transparent !important }
canvas, [aria-label="Created over time"] svg { visibility: hidden }
"""


@pytest.fixture(scope="module")
def scene(postgres, template, installation, dist):
    """The address of an API over the scene, a key, and a job that failed."""
    system = installation.system
    with contextmanager(_database)(postgres, template) as database_url:
        redis_url = re.sub(r"/0$", "/2", system.redis_url)
        engine = api_engine(read_settings({"DATABASE_URL": database_url, "REDIS_URL": redis_url}))
        with engine.connect() as connection:
            for statement in SCENE:
                connection.exec_driver_sql(statement)
            job = connection.exec_driver_sql(A_FAILED_JOB).scalar_one()
        key = create_key(engine, name="reader", role="admin")
        url = system.start_api(DATABASE_URL=database_url, REDIS_URL=redis_url, TRAJECTORY_SITE=dist)
        api = system.children[-1]
        yield url, key, job
        api.stop()
        system.children.remove(api)
        engine.dispose()


def differing(seen: Image.Image, kept: Image.Image) -> float:
    """The share of points that differ by more than `SAME_WITHIN`."""
    worst = ImageChops.difference(seen, kept).split()
    most = ImageChops.lighter(ImageChops.lighter(worst[0], worst[1]), worst[2])
    return sum(most.histogram()[SAME_WITHIN + 1 :]) / (SMALL[0] * SMALL[1])


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("name", VIEWS)
def test_a_view_looks_as_it_did(scene, open_context, tmp_path, name, theme):
    url, key, job = scene
    path, heading = VIEWS[name]
    page = open_context(color_scheme=theme, reduced_motion="reduce").new_page()
    page.goto(f"{url}/sign-in#key={key}")
    expect(page.get_by_role("heading", name="Overview", level=1)).to_be_visible()
    page.goto(url + path.format(job=job))
    expect(page.get_by_role("heading", name=heading, level=1)).to_be_visible()
    expect(page.get_by_test_id("live-chip")).to_contain_text("live")
    expect(page.locator(".shimmer")).to_have_count(0, timeout=PATIENCE_SECONDS * 1000)
    page.add_style_tag(content=UNSEEN)
    page.evaluate("document.fonts.ready.then(() => true)")
    whole = tmp_path / f"{name}-{theme}.png"
    page.screenshot(path=whole, animations="disabled")
    seen = Image.open(whole).convert("RGB").resize(SMALL, Image.Resampling.BOX)
    kept = KEPT_IN / f"{name}-{theme}.png"
    if os.environ.get("ACCEPT_LOOKS"):
        seen.save(kept)

    with Image.open(kept) as before:
        assert differing(seen, before.convert("RGB")) <= MAY_DIFFER, f"see {whole}, beside {kept}"
