"""Saved views: kept for their owner, seen by others when they are shared."""

from __future__ import annotations

from uuid import uuid4

import pytest

from functions.app import create_app, resources

BODY = {"name": "Failed exports", "filter": {"state": ["failed"], "task": ["data_export"], "tag": "nightly"}}


@pytest.fixture
def other(catalogue):
    """Somebody else with a key."""
    client = create_app(*resources()).test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {catalogue.key()}"
    return client


@pytest.fixture
def made(client):
    return client.post("/api/v1/views", json=BODY).json


def names(client):
    return [view["name"] for view in client.get("/api/v1/views").json["items"]]


def test_a_view_is_saved_listed_read_and_forgotten(client):
    answer = client.post("/api/v1/views", json=BODY)
    where = answer.headers["Location"]

    assert (answer.status_code, where) == (201, f"/api/v1/views/{answer.json['id']}")
    assert {name: answer.json[name] for name in ("name", "filter", "shared", "owner", "own")} == {
        **BODY,
        "shared": False,
        "owner": "test",
        "own": True,
    }
    assert client.get(where).json == answer.json
    assert client.get("/api/v1/views").json == {"items": [answer.json]}
    assert client.delete(where).status_code == 204
    assert client.get(where).status_code == 404
    assert names(client) == []


def test_a_change_touches_what_was_sent(client, made):
    answer = client.patch(f"/api/v1/views/{made['id']}", json={"name": "  Renamed ", "shared": True})

    assert answer.status_code == 200
    assert {name for name, value in answer.json.items() if value != made[name]} == {"name", "shared", "updated_at"}
    assert answer.json["name"] == "Renamed"
    refiltered = client.patch(f"/api/v1/views/{made['id']}", json={"filter": {"q": "timeout"}}).json
    assert (refiltered["filter"], refiltered["name"]) == ({"q": "timeout"}, "Renamed")


def test_what_is_not_shared_is_its_owners_alone(client, other, made):
    assert names(other) == []
    for answer in (other.get(f"/api/v1/views/{made['id']}"), other.delete(f"/api/v1/views/{made['id']}")):
        assert (answer.status_code, answer.json["code"]) == (404, "not_found")


def test_what_is_shared_is_seen_by_others_and_changed_by_its_owner_alone(client, other, made):
    where = f"/api/v1/views/{made['id']}"
    client.patch(where, json={"shared": True})

    assert other.get(where).json["own"] is False
    for answer in (other.patch(where, json={"name": "Mine"}), other.delete(where)):
        assert (answer.status_code, answer.json["code"]) == (403, "not_yours")
    assert names(client) == names(other) == ["Failed exports"]


def test_two_people_may_use_the_same_name_and_one_may_not_twice(client, other, made):
    assert other.post("/api/v1/views", json=BODY).status_code == 201
    again = client.post("/api/v1/views", json=BODY)
    assert (again.status_code, again.json["code"], again.json["errors"][0]["pointer"]) == (409, "name_taken", "/name")
    second = client.post("/api/v1/views", json=BODY | {"name": "another"}).json
    renamed = client.patch(f"/api/v1/views/{second['id']}", json={"name": BODY["name"]})
    assert (renamed.status_code, renamed.json["code"]) == (409, "name_taken")
    assert names(client) == ["another", "Failed exports"]


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"name": ""}, "/name"),
        ({"name": "  "}, "/name"),
        ({"filter": {"state": ["gone"]}}, "/filter/state/0"),
        ({"filter": {"colour": "red"}}, "/filter/colour"),
        ({"colour": "red"}, "/colour"),
    ],
)
def test_a_view_that_no_list_could_show_is_refused_with_the_field(client, made, wrong, pointer):
    for answer in (
        client.post("/api/v1/views", json=BODY | wrong),
        client.patch(f"/api/v1/views/{made['id']}", json=wrong),
    ):
        assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, pointer)
    assert names(client) == [BODY["name"]]


def test_a_change_to_nothing_is_refused(client, made):
    answer = client.patch(f"/api/v1/views/{made['id']}", json={"name": None})
    assert (answer.status_code, answer.json["code"]) == (422, "invalid_submission")


def test_a_view_that_is_not_there_is_not_found(client):
    where = f"/api/v1/views/{uuid4()}"
    for answer in (client.get(where), client.patch(where, json={"shared": True}), client.delete(where)):
        assert (answer.status_code, answer.json["code"]) == (404, "not_found")
