"""What may be asked of many jobs at once, and what is refused because it may be an accident."""

from __future__ import annotations

import pytest
from pydantic import ValidationError
from uuid_utils.compat import uuid7

from functions.app import create_app, resources
from trajectory import lifecycle
from trajectory.schemas import Submission
from trajectory.selection import BulkRequest


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"filter": {}}, "every job there is"),
        ({}, "filter or ids"),
        ({"filter": {"tag": "x"}, "ids": [uuid7()]}, "filter or ids"),
        ({"filter": {"tag": "x"}, "all": True}, "contradicts"),
        ({"ids": [uuid7()], "all": True}, "contradicts"),
        ({"ids": [uuid7()], "priority": "high"}, "goes with the action"),
        ({"ids": []}, "at least 1"),
    ],
)
def test_a_request_that_may_be_an_accident_is_refused(wanted, message):
    for action in ("cancel", "delete", "retry", "run-now"):
        with pytest.raises(ValidationError, match=message):
            BulkRequest.model_validate({"action": action, **wanted})


@pytest.fixture
def client(catalogue):
    client = create_app(*resources()).test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {catalogue.key()}"
    return client


def test_over_http_an_act_is_accepted_followed_and_aborted(client):
    lifecycle.submit_batch([Submission(task="test.noop", tags=["x"])] * 3)
    body = {"action": "cancel", "filter": {"tag": "x", "state": ["queued"], "created_after": "2020-01-01T00:00:00Z"}}
    counted = client.post("/api/v1/jobs/bulk", json=body | {"dry_run": True})
    accepted = client.post("/api/v1/jobs/bulk", json=body)

    assert (counted.status_code, counted.json) == (200, {"matched": 3, "complete": True})
    assert (accepted.status_code, accepted.json["matched"]) == (202, 3)
    at = f"/api/v1/bulk/{accepted.json['bulk_id']}"
    act = client.get(at).json
    assert (act["state"], act["done"], act["created_by"], act["filter"]["tag"]) == ("running", 0, "test", "x")
    assert client.get("/api/v1/bulk").json["items"] == [act]
    assert client.post(f"{at}/abort").json["state"] == "aborted"
    again = client.post(f"{at}/abort")
    assert (again.status_code, again.json["code"]) == (409, "bulk_ended")
    assert client.get(f"/api/v1/bulk/{uuid7()}").status_code == 404


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"action": "cancel", "filter": {}}, ""),
        ({"action": "explode", "ids": [str(uuid7())]}, "/action"),
        ({"action": "cancel", "filter": {"colour": "red"}}, "/filter/colour"),
        ({"action": "cancel", "filter": {"state": ["gone"]}}, "/filter/state/0"),
        ({"action": "cancel", "filter": {"q": "\x00"}}, "/filter/q"),
        ({"action": "cancel", "ids": ["x"]}, "/ids/0"),
        ({"action": "priority", "ids": [str(uuid7())]}, ""),
    ],
)
def test_over_http_a_wrong_request_names_its_fault_and_starts_nothing(client, body, pointer):
    answer = client.post("/api/v1/jobs/bulk", json=body)

    assert (answer.status_code, answer.json["code"]) == (422, "invalid_submission")
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]
    assert client.get("/api/v1/bulk").json["items"] == []
