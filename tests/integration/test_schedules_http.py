"""Schedules by Flask's own client."""

from __future__ import annotations

from uuid import uuid4

import pytest

from functions.app import create_app, resources
from trajectory import schedules

BODY = {"name": "nightly", "cron": "0 3 * * *", "timezone": "Europe/Berlin", "task": "test.noop"}


@pytest.fixture
def client(catalogue):
    client = create_app(*resources()).test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {catalogue.key()}"
    return client


@pytest.fixture
def made(client):
    return client.post("/api/v1/schedules", json=BODY).json


def test_a_schedule_is_made_listed_read_and_forgotten(client):
    answer = client.post("/api/v1/schedules", json=BODY)
    where = answer.headers["Location"]

    assert (answer.status_code, where) == (201, f"/api/v1/schedules/{answer.json['id']}")
    assert (answer.json["created_by"], answer.json["declared"], answer.json["cron_in_words"]) == (
        "test",
        False,
        "At 03:00 every day",
    )
    assert client.get(where).json == answer.json
    assert answer.json["next_runs"][0] == answer.json["next_run_at"]
    assert len(set(answer.json["next_runs"])) == 5
    [item] = client.get("/api/v1/schedules").json["items"]
    assert (item["id"], item["next_run_at"], item["last_job"]) == (
        answer.json["id"],
        answer.json["next_run_at"],
        None,
    )
    assert client.delete(where).status_code == 204
    assert client.get(where).status_code == 404
    assert client.get("/api/v1/schedules").json["items"] == []


@pytest.mark.parametrize(
    ("wrong", "code", "pointer", "says"),
    [
        ({"cron": "61 * * * *"}, "invalid_submission", "/cron", "the minute '61' is not valid"),
        ({"cron": "* * *"}, "invalid_submission", "/cron", "five fields"),
        ({"timezone": "Europe/Berlim"}, "invalid_submission", "/timezone", "did you mean 'Europe/Berlin'?"),
        ({"task": "test.nop"}, "unknown_task", "/task", "did you mean 'test.noop'?"),
        ({"task": "test.note"}, "invalid_submission", "/params/path", "is required"),
        ({"params": {"x": 1}}, "invalid_submission", "/params/x", "is not a parameter"),
        ({"overlap": "allow"}, "invalid_submission", "/overlap", "skip"),
        ({"catch_up": "some"}, "invalid_submission", "/catch_up", "last"),
        ({"catch_up_limit": 0}, "invalid_submission", "/catch_up_limit", "1"),
        ({"name": ""}, "invalid_submission", "/name", "1"),
        ({"colour": "red"}, "invalid_submission", "/colour", "not permitted"),
    ],
)
def test_a_refused_schedule_names_the_faulty_field(client, wrong, code, pointer, says):
    answer = client.post("/api/v1/schedules", json=BODY | wrong)

    assert (answer.status_code, answer.json["code"]) == (422, code)
    [fault] = answer.json["errors"]
    assert fault["pointer"] == pointer
    assert says in fault["message"]
    assert client.get("/api/v1/schedules").json["items"] == []


@pytest.mark.parametrize("number", ["NaN", "-Infinity", "1e999"])
def test_a_number_that_is_none_is_refused(client, made, number):
    params = f'"task": "test.note", "params": {{"path": "/x", "x": {number}}}'
    made_of_it = client.post("/api/v1/schedules", data=f'{{"name": "other", "cron": "* * * * *", {params}}}')
    changed = client.patch(f"/api/v1/schedules/{made['id']}", data=f"{{{params}}}")

    for answer in (made_of_it, changed):
        assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/params/x")


def test_every_faulty_field_is_named_at_once(client):
    answer = client.post("/api/v1/schedules", json=BODY | {"cron": "x", "timezone": "y", "priority": "z"})
    assert [error["pointer"] for error in answer.json["errors"]] == ["/cron", "/timezone", "/priority"]


def test_a_name_that_is_taken_is_a_conflict(client, made):
    answer = client.post("/api/v1/schedules", json=BODY)

    assert (answer.status_code, answer.json["code"]) == (409, "name_taken")
    assert [error["pointer"] for error in answer.json["errors"]] == ["/name"]


def test_a_change_touches_what_was_sent(client, made):
    answer = client.patch(f"/api/v1/schedules/{made['id']}", json={"cron": "30 4 * * 1-5", "tags": ["a"]})

    assert answer.status_code == 200
    assert answer.json["cron_in_words"] == "At 04:30 on Monday through Friday"
    changed = {"cron", "cron_in_words", "tags", "version", "updated_at", "next_run_at", "next_runs"}
    assert {name for name, value in answer.json.items() if value != made[name]} == changed


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [({"cron": "x"}, "/cron"), ({"name": None}, "/name"), ({"params": {"x": 1}}, "/params/x"), ({"id": "x"}, "/id")],
)
def test_a_refused_change_names_the_field_and_changes_nothing(client, made, wrong, pointer):
    where = f"/api/v1/schedules/{made['id']}"
    answer = client.patch(where, json=wrong)

    assert (answer.status_code, [error["pointer"] for error in answer.json["errors"]]) == (422, [pointer])
    assert client.get(where).json == made


def test_it_is_paused_resumed_and_run_now(client, made):
    where = f"/api/v1/schedules/{made['id']}"
    assert client.post(f"{where}/pause").json["next_run_at"] is None
    run = client.post(f"{where}/run-now")
    resumed = client.post(f"{where}/resume").json

    assert (run.status_code, run.json["source"], run.json["created_by"]) == (201, "schedule:nightly", "test")
    assert (resumed["paused_at"], resumed["next_run_at"]) == (None, made["next_run_at"])
    assert resumed["last_job"]["id"] == run.json["id"]
    assert "params" not in resumed["last_job"]


def test_its_runs_are_the_jobs_of_its_id_page_by_page(client, made):
    client.post("/api/v1/jobs", json={"task": "test.noop"})
    ids = [client.post(f"/api/v1/schedules/{made['id']}/run-now").json["id"] for _ in range(3)]
    address = f"/api/v1/jobs?schedule_id={made['id']}&limit=2"
    first = client.get(address).json
    second = client.get(f"{address}&cursor={first['next_cursor']}").json

    assert [job["id"] for job in first["items"] + second["items"]] == ids[::-1]
    assert second["next_cursor"] is None


@pytest.mark.parametrize(
    ("method", "act"),
    [("get", ""), ("delete", ""), ("post", "/pause"), ("post", "/resume"), ("post", "/run-now"), ("patch", "")],
)
def test_a_schedule_that_is_not_there_is_not_found(client, method, act):
    answer = getattr(client, method)(f"/api/v1/schedules/{uuid4()}{act}", json={} if method == "patch" else None)
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")


def test_a_preview_tells_when_and_in_words(client):
    answer = client.get("/api/v1/schedules/preview?cron=0 9 * * 1&timezone=Asia/Tokyo&count=3")

    assert answer.json["cron_in_words"] == "At 09:00 on Monday"
    assert len(answer.json["next_runs"]) == 3
    assert all("T00:00:00" in tick for tick in answer.json["next_runs"])


@pytest.mark.parametrize(
    ("query", "pointers"),
    [("cron=x&timezone=y&count=0", ["/cron", "/timezone", "/count"]), ("", ["/cron"]), ("cron=@daily", ["/cron"])],
)
def test_a_preview_of_nonsense_names_each_fault(client, query, pointers):
    answer = client.get(f"/api/v1/schedules/preview?{query}")
    assert (answer.status_code, [error["pointer"] for error in answer.json["errors"]]) == (400, pointers)


def test_a_declared_schedule_is_not_changed_by_the_api(client, made, catalogue):
    with catalogue.parts.engine.connect() as connection:
        connection.exec_driver_sql("UPDATE schedules SET declared = true")
    answer = client.patch(f"/api/v1/schedules/{made['id']}", json={"cron": "* * * * *"})

    assert (answer.status_code, answer.json["code"]) == (409, "declared_in_code")
    assert "declared beside the task 'test.noop'" in answer.json["detail"]
    assert schedules.schedule(made["id"]).cron == BODY["cron"]


def test_schedules_are_listed_by_name_whatever_its_case_page_by_page(client):
    names = ["alpha", "Beta", "beta", "gamma", "Zeta"]
    for name in reversed(names):
        client.post("/api/v1/schedules", json=BODY | {"name": name})
    pages, cursor = [], {}
    while cursor is not None:
        page = client.get("/api/v1/schedules", query_string={"limit": 2, **cursor}).json
        pages.append([item["name"] for item in page["items"]])
        cursor = {"cursor": page["next_cursor"]} if page["next_cursor"] else None

    assert [len(page) for page in pages] == [2, 2, 1]
    listed = [name for page in pages for name in page]
    assert sorted(listed) == sorted(names)
    assert [name.lower() for name in listed] == [name.lower() for name in names]


def test_a_page_goes_on_after_a_schedule_that_was_deleted_meanwhile(client):
    for name in ("a", "b", "c"):
        client.post("/api/v1/schedules", json=BODY | {"name": name})
    page = client.get("/api/v1/schedules?limit=2").json
    client.delete(f"/api/v1/schedules/{page['items'][1]['id']}")

    [rest] = client.get("/api/v1/schedules", query_string={"cursor": page["next_cursor"]}).json["items"]
    assert rest["name"] == "c"


@pytest.mark.parametrize("limit", [0, 201, "x"])
def test_a_page_of_schedules_has_one_to_two_hundred(client, limit):
    answer = client.get(f"/api/v1/schedules?limit={limit}")

    assert (answer.status_code, answer.json["code"]) == (400, "invalid_query")
