"""One installation and one browser for all tests here; every test has a browser context of its own."""

from __future__ import annotations

import itertools
import re
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from local import site as static_site
from local.waiting import wait_until
from tests.conftest import _database
from tests.e2e.driver import Watch, running_browser
from tests.e2e.many import ten_thousand_failed
from tests.system import System
from trajectory import acts, steering
from trajectory.errors import InvalidTransition
from trajectory.parts import parts
from trajectory.states import FINAL, WAITING, JobState
from trajectory.store.filters import JobFilter
from trajectory.views import jobs as list_jobs
from trajectory.views import queues

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page

    from local.servers import Server
    from trajectory.schemas import Job

# More than the 30 seconds after which the page asks again by itself.
PATIENCE_SECONDS = 60
expect.set_options(timeout=PATIENCE_SECONDS * 1000)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with running_browser() as started:
        yield started


@pytest.fixture(scope="package")
def dist() -> str:
    return str(static_site.build())


@dataclass(frozen=True)
class Installation:
    """Where the site is, and the key that opens it."""

    system: System
    url: str
    key: str

    @property
    def sign_in(self) -> str:
        return f"{self.url}/sign-in#key={self.key}"


@pytest.fixture(scope="package")
def installation(
    postgres: Server, template: str, valkey: Server, tmp_path_factory: pytest.TempPathFactory, dist: str
) -> Iterator[Installation]:
    """A worker with one slot, the dispatcher, and gunicorn with the built site."""
    with (
        contextmanager(_database)(postgres, template) as database_url,
        pytest.MonkeyPatch.context() as monkeypatch,
        System(
            database_url=database_url,
            redis_url=valkey.url,
            folder=tmp_path_factory.mktemp("e2e"),
            monkeypatch=monkeypatch,
            tasks="tests.work,tests.e2e.work",
        ) as system,
    ):
        system.start_dispatcher()
        system.start_worker(slots=1)
        url = system.start_api(TRAJECTORY_SITE=dist)
        yield Installation(system, url, system.key())


@pytest.fixture
def system(installation: Installation) -> Iterator[System]:
    """The installation, left with nothing paused, nothing waiting and nothing running."""
    system = installation.system
    yield system
    for queue in queues().items:
        if queue.paused:
            steering.resume(queue.name)
    unfinished = JobFilter(states=tuple(state for state in JobState if state not in FINAL))

    def is_idle() -> bool:
        held = list_jobs(unfinished, limit=200, cursor=None).items
        for job in held:
            # It may have been started meanwhile.
            with suppress(InvalidTransition):
                if job.state in WAITING:
                    acts.cancel(job.id)
        return not held

    assert wait_until(is_idle, PATIENCE_SECONDS, every=0.1)


def forget_stopped_workers() -> None:
    """Their lanes are no part of what others look at: a bar is pointed at in the row of the first slot."""
    with parts().engine.connect() as connection:
        connection.exec_driver_sql("DELETE FROM workers WHERE stopped_at IS NOT NULL")


@pytest.fixture
def watch() -> Iterator[Watch]:
    made = Watch()
    yield made
    made.verify()


@pytest.fixture
def open_context(installation: Installation, browser: Browser, watch: Watch) -> Iterator[Callable[..., BrowserContext]]:
    """Make a browser context that is watched: what one person has open."""
    made: list[BrowserContext] = []

    def open_one(**options: Any) -> BrowserContext:
        context = browser.new_context(base_url=installation.url, viewport={"width": 1280, "height": 800}, **options)
        context.set_default_timeout(PATIENCE_SECONDS * 1000)
        watch.over(context)
        made.append(context)
        return context

    yield open_one
    for context in made:
        context.close()


@pytest.fixture
def page(open_context: Callable[..., BrowserContext]) -> Page:
    return open_context().new_page()


@pytest.fixture
def enter(installation: Installation) -> Callable[[Page], Page]:
    """Sign in by the link."""

    def enter_one(page: Page) -> Page:
        page.goto(installation.sign_in)
        expect(page.get_by_role("heading", name="Overview", level=1)).to_be_visible()
        return page

    return enter_one


@pytest.fixture
def signed_in(page: Page, enter: Callable[[Page], Page]) -> Page:
    return enter(page)


_orders = itertools.count(1)


@dataclass
class ToldJob:
    """A job that does what it is told."""

    id: Any
    order: Path

    def tell(self, word: str | int) -> None:
        # Renamed into place: a file that is being written reads as half a word.
        written = self.order.with_suffix(".new")
        written.write_text(str(word))
        written.rename(self.order)


@pytest.fixture
def told(system: System, tmp_path: Path) -> Iterator[Callable[..., ToldJob]]:
    made: list[ToldJob] = []

    def submit(first: str | int = 0, **how: Any) -> ToldJob:
        order = tmp_path / f"order-{next(_orders)}"
        job = ToldJob(None, order)
        job.tell(first)
        job.id = system.submit("e2e.told", {"path": str(order)}, **how).id
        made.append(job)
        return job

    yield submit
    for job in made:
        job.tell("done")


def job_id_of(page: Page) -> str:
    """The job of the page one is on."""
    expect(page).to_have_url(re.compile(r"/jobs/[0-9a-f-]{36}$"))
    return page.url.rsplit("/", 1)[-1]


def state_of(page: Page) -> Any:
    return page.get_by_test_id("job-state")


def drawn(canvas: Any) -> Any:
    """The canvas of lanes, once it has the size of its box: its first frame gives it that."""
    expect(canvas).to_have_attribute("style", re.compile("width"))
    return canvas


def with_tag(tag: str) -> list[Job]:
    return list_jobs(JobFilter(tag=tag), limit=200, cursor=None).items


@pytest.fixture
def ten_thousand(system: System) -> Iterator[None]:
    with ten_thousand_failed(system):
        yield
