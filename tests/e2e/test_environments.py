"""One site, hosted by itself, and two installations it can point at."""

from __future__ import annotations

import json
import re
import shutil
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx
import pytest
from flask import Flask
from playwright.sync_api import expect
from werkzeug.serving import make_server

from functions import site
from tests.conftest import _database
from tests.e2e.test_access import faults
from trajectory.keys import create_key
from trajectory.settings import read_settings
from trajectory.store.engine import api_engine

if TYPE_CHECKING:
    from pathlib import Path

COLOUR = "#c0392b"


@contextmanager
def hosted(folder: Path):
    """The static files alone, as any host serves them."""
    app = Flask("host", static_folder=None)
    site.install(app, str(folder))

    @app.after_request
    def read_whole(response):
        # The server leaves a file open when who reads it goes away in the middle, as a page does that is reloaded.
        response.direct_passthrough = False
        data = response.get_data()
        response.close()
        response.set_data(data)
        return response

    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture
def host(dist, tmp_path):
    folder = tmp_path / "site"
    shutil.copytree(dist, folder)
    (folder / "config.json").unlink()
    with hosted(folder) as url:
        yield folder, url


def configure(folder: Path, config: object) -> None:
    text = config if isinstance(config, str) else json.dumps(config)
    (folder / "config.json").write_text(text)


@pytest.fixture
def staging(postgres, template, system, host):
    """Another installation: a database, a Redis and an API of its own. Its address and its key."""
    _, site_url = host
    with contextmanager(_database)(postgres, template) as database_url:
        redis_url = re.sub(r"/0$", "/1", system.redis_url)
        url = system.start_api(
            DATABASE_URL=database_url,
            REDIS_URL=redis_url,
            TRAJECTORY_CORS_ORIGINS=site_url,
            TRAJECTORY_TASKS="tests.work",
        )
        api = system.children[-1]
        engine = api_engine(read_settings({"DATABASE_URL": database_url, "REDIS_URL": redis_url}))
        key = create_key(engine, name="stager", role="admin")
        engine.dispose()
        yield url, key
        api.stop()
        system.children.remove(api)


@pytest.fixture
def production(system, host):
    """The installation of the other tests, by an API that lets in the site's origin."""
    _, site_url = host
    url = system.start_api(TRAJECTORY_CORS_ORIGINS=site_url)
    api = system.children[-1]
    yield url, system.key()
    api.stop()
    system.children.remove(api)


@pytest.fixture
def two(host, staging, production, open_context):
    """A page of the site that knows both, and where requests and sockets went since it was loaded."""
    folder, site_url = host
    environments = [
        {"name": "staging", "url": staging[0]},
        {"name": "eu-live", "url": production[0], "colour": COLOUR, "production": True},
    ]
    configure(folder, {"environments": environments})
    page = open_context().new_page()
    went: list[str] = []
    page.on("request", lambda request: went.append(request.url))
    page.on("websocket", lambda socket: went.append(socket.url))
    # What a page asks while it is being left is its own affair.
    page.on("domcontentloaded", lambda _: went.clear())
    page.goto(f"{site_url}/sign-in")
    return page, went


def sign_in(page, key):
    page.get_by_label("API key").fill(key)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()


def switch(page, name):
    page.get_by_role("button", name="Environment:").click()
    page.get_by_role("radio", name=name).click()


def port_of(url):
    return re.search(r":(\d+)", url).group(1)


def test_two_environments_are_never_mixed_and_each_keeps_its_key(two, staging, production, system):
    page, went = two
    job = system.wait(system.submit("test.noop", tags=["of-production"]))
    expect(page.get_by_test_id("production-edge")).to_have_count(0)
    sign_in(page, staging[1])
    expect(page.get_by_test_id("live-chip")).to_have_text("live")
    page.goto(re.sub(r"/\?env=staging$", "/jobs?tag=of-production", page.url))
    expect(page.get_by_text("No job matches")).to_be_visible()

    switch(page, "eu-live")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(page.get_by_test_id("production-edge")).to_have_text("eu-live")
    sign_in(page, production[1])
    expect(page.get_by_test_id("live-chip")).to_have_text("live")
    # On the page it was on, without the filter, which belonged to the other.
    expect(page).to_have_url(re.compile(r"/jobs\?env=eu-live$"))
    expect(page.get_by_role("table", name="Jobs").get_by_role("link", name="test.noop").first).to_be_visible()
    # All it asked since then went to production, and nothing to staging.
    assert any(port_of(production[0]) in url for url in went)
    assert [url for url in went if port_of(staging[0]) in url] == []

    switch(page, "staging")
    # Signed in there still, on the same page, with nothing of production on it.
    expect(page.get_by_role("heading", name="Jobs", level=1)).to_be_visible()
    expect(page.get_by_text("No jobs yet")).to_be_visible()
    expect(page.get_by_test_id("live-chip")).to_have_text("live")
    expect(page.get_by_test_id("production-edge")).to_have_count(0)
    assert [url for url in went if port_of(production[0]) in url] == []
    assert system.job(job.id).state == "succeeded"


def test_another_tab_that_switches_leaves_this_one_where_it_is(two, staging):
    page, _ = two
    sign_in(page, staging[1])
    other = page.context.new_page()
    other.goto(page.url)
    switch(other, "eu-live")
    expect(other.get_by_test_id("production-edge")).to_be_visible()

    page.reload()
    expect(page.get_by_role("button", name="Environment: staging")).to_be_visible()
    expect(page.get_by_test_id("production-edge")).to_have_count(0)


def test_a_link_opens_the_environment_it_was_copied_in(two, staging, production, system):
    page, _ = two
    job = system.wait(system.submit("test.noop"))
    page.get_by_label("Environment").select_option("eu-live")
    expect(page.get_by_test_id("production-edge")).to_be_visible()
    sign_in(page, production[1])
    page.get_by_role("region", name="Recent jobs").get_by_role("link", name="test.noop").first.click()
    expect(page).to_have_url(re.compile(rf"/jobs/{job.id}\?env=eu-live$"))
    copied = page.url

    # A colleague who was in staging, and has a key of both.
    colleague = page.context.new_page()
    colleague.goto(re.sub(r"/jobs/.*", "/?env=staging", copied))
    sign_in(colleague, staging[1])
    expect(colleague.get_by_role("button", name="Environment: staging")).to_be_visible()
    colleague.goto(copied)
    expect(colleague.get_by_test_id("job-state")).to_have_text("Succeeded")
    expect(colleague.get_by_test_id("production-edge")).to_have_text("eu-live")
    # Kept by what it leads to, and by an address that names none.
    colleague.get_by_role("navigation", name="Main").get_by_role("link", name="Queues").click()
    expect(colleague).to_have_url(re.compile(r"/queues\?env=eu-live$"))
    colleague.goto(re.sub(r"\?.*", "", colleague.url))
    expect(colleague).to_have_url(re.compile(r"/queues\?env=eu-live$"))

    colleague.goto(copied.replace("eu-live", "gone"))
    expect(colleague.get_by_text("This site has no environment called gone", exact=True)).to_be_visible()
    expect(colleague.get_by_test_id("production-edge")).to_have_text("eu-live")


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_switcher_of_environments_and_the_edge_of_production_are_clean(two, production, theme):
    page, _ = two
    page.emulate_media(color_scheme=theme)
    page.get_by_label("Environment").select_option("eu-live")
    expect(page.get_by_test_id("production-edge")).to_be_visible()
    assert faults(page) == []
    sign_in(page, production[1])
    page.get_by_role("button", name="Environment:").click()
    expect(page.get_by_role("radio", name="staging")).to_be_visible()
    assert faults(page) == []


def test_in_production_what_stops_or_destroys_asks_for_the_name(two, production, system):
    page, _ = two
    page.get_by_label("Environment").select_option("eu-live")
    expect(page.get_by_test_id("production-edge")).to_be_visible()
    sign_in(page, production[1])
    page.get_by_role("button", name="Pause low").click()
    question = page.get_by_role("alertdialog", name="Pause the queue low?")
    pause = question.get_by_role("button", name="Pause queue")
    expect(question.get_by_label("Type eu-live to go on")).to_be_focused()
    expect(pause).to_be_disabled()
    page.keyboard.type("staging")
    page.keyboard.press("Enter")
    expect(pause).to_be_disabled()
    page.keyboard.press("Control+A")
    page.keyboard.type("eu-live")
    assert faults(page) == []
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Low priority")).to_contain_text("Paused by")
    # What takes the stop back is done at once.
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("region", name="Low priority")).not_to_contain_text("Paused")

    job = system.wait(system.submit("test.noop"))
    page.goto(re.sub(r"/\?env=eu-live$", f"/jobs/{job.id}", page.url))
    page.get_by_role("button", name="Delete").click()
    question = page.get_by_role("alertdialog")
    expect(question.get_by_role("button", name="Delete job")).to_be_disabled()
    question.get_by_label("Type eu-live to go on").fill("eu-live")
    question.get_by_role("button", name="Delete job").click()
    expect(page).to_have_url(re.compile(r"/jobs\?env=eu-live$"))


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_a_config_that_is_wrong_is_a_page_that_names_every_fault(host, open_context, theme):
    folder, url = host
    configure(folder, {"environments": [{"name": "a", "url": "a.example", "prod": True, "colour": "#808080"}]})
    page = open_context(color_scheme=theme).new_page()
    page.goto(url)

    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("config.json cannot be used")
    expect(alert).to_contain_text("environments[0].prod: there is no such field")
    expect(alert).to_contain_text("environments[0].url: must be an origin")
    assert faults(page) == []

    configure(folder, "{ nothing")
    page.get_by_role("button", name="Read it again").click()
    expect(alert).to_contain_text("it is not JSON")


def test_a_site_without_the_file_asks_its_own_origin(host, open_context, watch):
    _, url = host
    watch.expect(r"answered: 404 GET .*/config\.json$")
    page = open_context().new_page()
    page.goto(url)

    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert httpx.get(f"{url}/config.json").status_code == 404
