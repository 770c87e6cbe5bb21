"""The API by Flask's own client: what is taken, what is refused, and that nothing is stored of what is refused."""

from __future__ import annotations

import json
import re
import time
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from itsdangerous import TimestampSigner

from functions.endpoint import MAX_BODY_BYTES
from tests.system import ROOT
from trajectory.parts import parts
from trajectory.schemas import MAX_DELAY_SECONDS
from trajectory.settings import settings
from trajectory.states import JobState


def stored(system):
    return sum(system.count(state) for state in JobState)


def test_a_submission_answers_with_the_job_and_where_it_is(catalogue, client):
    answer = client.post("/api/v1/jobs", json={"task": "test.noop", "priority": "high", "tags": ["a"]})

    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/api/v1/jobs/{answer.json['id']}"
    assert (answer.json["state"], answer.json["created_by"], answer.json["allowed_actions"]) == (
        "queued",
        "test",
        ["cancel", "priority"],
    )
    assert client.get(answer.headers["Location"]).json["tags"] == ["a"]


@pytest.mark.parametrize(
    ("body", "status", "code", "pointers"),
    [
        ({"task": "test.nop"}, 422, "unknown_task", ["/task"]),
        (
            {"task": "test.note", "params": {"text": 1, "more": 2}},
            422,
            "invalid_submission",
            ["/params/path", "/params/text"],
        ),
        ({"task": "test.noop", "params": {"x": 1}}, 422, "invalid_submission", ["/params/x"]),
        ({}, 422, "invalid_submission", ["/task"]),
        ({"task": "test.noop", "priority": "urgent"}, 422, "invalid_submission", ["/priority"]),
        ({"task": "test.noop", "max_retries": "3"}, 422, "invalid_submission", ["/max_retries"]),
        ({"task": "test.noop", "delay_seconds": -1}, 422, "invalid_submission", ["/delay_seconds"]),
        ({"task": "test.noop", "run_at": "2026-01-01T00:00:00"}, 422, "invalid_submission", ["/run_at"]),
        ({"task": "test.noop", "run_at": "9999-12-31T23:59:59-12:00"}, 422, "invalid_submission", ["/run_at"]),
        ({"task": "test.noop", "tags": ["a\x00"]}, 422, "invalid_submission", ["/tags/0"]),
        ({"task": "test.noop", "colour": "red"}, 422, "invalid_submission", ["/colour"]),
        ([], 422, "invalid_submission", [""]),
    ],
)
def test_a_rejected_submission_names_each_fault_and_stores_nothing(catalogue, client, body, status, code, pointers):
    answer = client.post("/api/v1/jobs", json=body)

    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert answer.json["code"] == code
    assert [error["pointer"] for error in answer.json["errors"]] == pointers
    assert all(error["message"] for error in answer.json["errors"])
    assert stored(catalogue) == 0


NO_NUMBERS = ["NaN", "Infinity", "-Infinity", "1e999", "-1e999"]


@pytest.mark.parametrize("number", NO_NUMBERS)
@pytest.mark.parametrize(
    ("path", "form", "pointer"),
    [
        ("/api/v1/jobs", "{job}", "/params"),
        ("/api/v1/jobs/batch", '{{"jobs": [{{"task": "test.noop"}}, {job}]}}', "/jobs/1/params"),
        ("/api/v1/jobs/batch", '{{"task": "test.noop"}}\n{job}', "/jobs/1/params"),
    ],
)
def test_a_number_that_is_none_is_refused_wherever_it_is(catalogue, client, path, form, pointer, number):
    job = f'{{"task": "test.note", "params": {{"path": "NaN", "seconds": {number}, "x": [1, {{"a/b": {number}}}]}}}}'
    content_type = "application/x-ndjson" if "\n" in form else "application/json"
    answer = client.post(path, data=form.format(job=job), content_type=content_type)

    assert (answer.status_code, answer.json["code"]) == (422, "invalid_submission")
    assert {error["pointer"]: error["message"] for error in answer.json["errors"]} == dict.fromkeys(
        [f"{pointer}/seconds", f"{pointer}/x/1/a~1b"], "must be a finite number"
    )
    assert len(answer.json["errors"]) == 2
    assert stored(catalogue) == 0


def test_text_that_looks_like_no_number_and_large_numbers_are_taken(catalogue, client):
    params = {"path": "/x", "NaN": "NaN", "x": ["Infinity", 1e22, -0.5]}
    answer = client.post("/api/v1/jobs", json={"task": "test.note", "params": params})

    assert answer.status_code == 201
    assert client.get(answer.headers["Location"]).json["params"] == params


@pytest.mark.parametrize("run_at", ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00+12:00", "1969-12-31T23:59:59Z"])
@pytest.mark.parametrize("form", ["single", "keyed", "batch"])
def test_a_time_that_passed_long_ago_is_now(catalogue, client, run_at, form):
    job = {"task": "test.noop", "run_at": run_at} | ({"unique_key": "a"} if form == "keyed" else {})
    if form == "batch":
        answer = client.post("/api/v1/jobs/batch", json={"jobs": [job] * 2})
    else:
        answer = client.post("/api/v1/jobs", json=job)

    assert answer.status_code == 201
    found = client.get("/api/v1/jobs").json["items"]
    assert {job["state"] for job in found} == {"queued"}
    assert all(job["run_at"] <= job["created_at"] for job in found)


def test_a_time_is_as_far_ahead_as_a_delay_may_be(catalogue, client):
    def submitted(**ahead):
        run_at = (datetime.now(UTC) + timedelta(**ahead)).isoformat()
        return client.post("/api/v1/jobs", json={"task": "test.noop", "run_at": run_at})

    refused = submitted(seconds=MAX_DELAY_SECONDS + 60)

    assert submitted(seconds=MAX_DELAY_SECONDS - 60).json["state"] == "scheduled"
    assert (refused.status_code, refused.json["errors"][0]["message"]) == (422, "must be at most 366 days from now")


def test_a_batch_names_the_job_whose_time_is_too_far_ahead(catalogue, client):
    jobs = [{"task": "test.noop"}, {"task": "test.noop", "run_at": "9999-12-31T23:59:59-12:00"}]
    answer = client.post("/api/v1/jobs/batch", json={"jobs": jobs})

    assert (answer.status_code, [error["pointer"] for error in answer.json["errors"]]) == (422, ["/jobs/1/run_at"])
    assert stored(catalogue) == 0


@pytest.mark.parametrize("raw", [b"", b"task=test.noop", b'{"task": ', b"\xff\xfe"])
def test_what_is_not_json_is_refused(catalogue, client, raw):
    answer = client.post("/api/v1/jobs", data=raw)

    assert (answer.status_code, answer.json["code"]) == (400, "not_json")
    assert stored(catalogue) == 0


def test_a_body_over_one_mebibyte_is_refused(catalogue, client):
    answer = client.post("/api/v1/jobs", json={"task": "test.note", "params": {"path": "x" * MAX_BODY_BYTES}})

    assert (answer.status_code, answer.json["code"]) == (413, "too_large")
    assert str(MAX_BODY_BYTES) in answer.json["detail"]
    assert stored(catalogue) == 0


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer tj_wrong", "Basic dGVzdDp0ZXN0", "Bearer x\u00e4"])
def test_without_a_good_key_nothing_is_answered_or_stored(catalogue, client, authorization):
    headers = {"Authorization": authorization}
    answer = client.post("/api/v1/jobs", json={"task": "test.noop"}, headers=headers)

    assert (answer.status_code, answer.json["code"]) == (401, "unauthenticated")
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert stored(catalogue) == 0


def test_nothing_but_health_is_open(client):
    del client.environ_base["HTTP_AUTHORIZATION"]
    rules = [rule for rule in client.application.url_map.iter_rules() if "GET" in rule.methods]
    open_rules = set()
    for rule in rules:
        path = re.sub(r"<uuid:\w+>", str(uuid4()), rule.rule).replace("<name>", "x")
        if client.get(path).status_code != 401:
            open_rules.add(rule.rule)

    assert open_rules == {"/health", "/ready"}
    assert client.get("/ready").json["parts"] == {}


def test_a_batch_names_each_faulty_job_and_stores_none(catalogue, client):
    jobs = [{"task": "test.noop"}, {"task": "test.nop"}, {"task": "test.noop", "params": {"x": 1}}]
    answer = client.post("/api/v1/jobs/batch", json={"jobs": jobs})

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json["errors"]] == ["/jobs/1/task", "/jobs/2/params/x"]
    assert stored(catalogue) == 0


@pytest.mark.parametrize("form", ["json", "ndjson"])
def test_a_batch_is_taken_as_json_or_a_job_a_line(catalogue, client, form):
    jobs = [{"task": "test.noop"}, {"task": "test.noop", "priority": "low"}]
    if form == "json":
        answer = client.post("/api/v1/jobs/batch", json={"jobs": jobs})
    else:
        lines = "\n".join(json.dumps(job) for job in jobs)
        answer = client.post("/api/v1/jobs/batch", data=lines, content_type="application/x-ndjson")

    assert (answer.status_code, answer.json["count"]) == (201, 2)
    page = client.get("/api/v1/jobs", query_string={"batch_id": answer.json["batch_id"]}).json
    assert [job["id"] for job in page["items"]] == answer.json["ids"][::-1]


@pytest.mark.parametrize(("count", "status"), [(0, 422), (10_000, 201), (10_001, 422)])
def test_a_batch_is_one_to_ten_thousand_jobs(client, count, status):
    assert client.post("/api/v1/jobs/batch", json={"jobs": [{"task": "test.noop"}] * count}).status_code == status


def test_pages_follow_each_other_without_gap_or_repeat(catalogue, client):
    submitted = [str(catalogue.submit("test.noop").id) for _ in range(7)]
    seen, cursor = [], None
    while True:
        query = {"limit": 3} | ({"cursor": cursor} if cursor else {})
        page = client.get("/api/v1/jobs", query_string=query).json
        seen += [job["id"] for job in page["items"]]
        catalogue.submit("test.noop")  # newer jobs do not move a page
        if not (cursor := page["next_cursor"]):
            break

    assert seen == submitted[::-1]
    assert "params" not in page["items"][0]


def test_filters_combine(catalogue, client):
    high = catalogue.submit("test.noop", priority="high", tags=["x"])
    catalogue.submit("test.noop", priority="low", tags=["x"])
    catalogue.submit("test.note", {"path": "/"}, priority="high", tags=["x", "y"])

    def found(query):
        return [job["id"] for job in client.get(f"/api/v1/jobs?{query}").json["items"]]

    assert found("priority=high&task=test.noop&tag=x&state=queued") == [str(high.id)]
    assert len(found("priority=high&priority=low&q=NOOP")) == 2
    assert len(found(f"q={str(high.id)[:13]}")) >= 1
    assert found("tag=y&state=failed") == []
    assert found("q=%25") == []
    assert client.get("/api/v1/jobs/counts?tag=x&state=failed").json["counts"]["queued"] == 3


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("state=gone", "invalid_query"),
        ("limit=0", "invalid_query"),
        ("colour=red", "invalid_query"),
        ("cursor=x", "invalid_cursor"),
    ],
)
def test_a_query_that_cannot_be_understood_is_refused(client, query, code):
    answer = client.get(f"/api/v1/jobs?{query}")

    assert (answer.status_code, answer.json["code"]) == (400, code)


FAR = ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00+12:00", "1969-12-31T23:59:59Z", "9999-12-31T23:59:59-12:00"]


@pytest.mark.parametrize("moment", FAR)
@pytest.mark.parametrize("name", ["from", "to"])
@pytest.mark.parametrize("path", ["/api/v1/jobs/histogram", "/api/v1/stats", "/api/v1/lanes"])
def test_a_span_that_no_calendar_holds_is_refused(client, path, name, moment):
    answer = client.get(path, query_string={name: moment})

    assert (answer.status_code, answer.json["code"]) == (400, "invalid_query")
    assert answer.json["errors"] == [{"pointer": f"/{name}", "message": "must be in the years 1970 to 9998"}]


@pytest.mark.parametrize("query", [{"to": "1970-01-01T00:00:00Z"}, {"to": "9998-12-31T23:59:59Z"}])
@pytest.mark.parametrize("path", ["/api/v1/jobs/histogram", "/api/v1/stats", "/api/v1/lanes"])
def test_the_first_and_last_spans_are_answered(client, path, query):
    assert client.get(path, query_string=query).status_code == 200


@pytest.mark.parametrize("bucket", [60 * 10**12, 60 * 10**30])
def test_a_bucket_of_statistics_is_no_longer_than_a_year(client, bucket):
    answer = client.get("/api/v1/stats", query_string={"bucket": bucket})

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (400, "/bucket")


@pytest.mark.parametrize("moment", FAR)
@pytest.mark.parametrize("name", ["created_after", "created_before"])
def test_a_filter_may_name_any_moment(catalogue, client, name, moment):
    catalogue.submit("test.noop")
    all_match = (name == "created_after") is not moment.startswith("9999")

    assert len(client.get("/api/v1/jobs", query_string={name: moment}).json["items"]) == all_match


def test_acts_follow_the_states_and_say_why_not(catalogue, client):
    job = catalogue.submit("test.noop")

    cancelled = client.post(f"/api/v1/jobs/{job.id}/cancel")
    assert (cancelled.json["state"], cancelled.json["allowed_actions"]) == ("cancelled", ["retry", "delete"])
    again = client.post(f"/api/v1/jobs/{job.id}/cancel")
    assert (again.status_code, again.json["code"]) == (409, "invalid_transition")
    assert client.post(f"/api/v1/jobs/{job.id}/retry").json["state"] == "queued"
    assert client.post(f"/api/v1/jobs/{uuid4()}/retry").status_code == 404


def test_what_is_not_there_is_a_problem_too(client):
    for path in (f"/api/v1/jobs/{uuid4()}", f"/api/v1/jobs/{uuid4()}/logs", "/api/v1/jobs/x", "/api/v1/nothing"):
        answer = client.get(path)
        assert (answer.status_code, answer.content_type) == (404, "application/problem+json")
    assert client.delete("/api/v1/queues").status_code == 405


def test_a_ticket_opens_a_file_and_nothing_else(catalogue, client):
    ticket = client.post("/api/v1/ticket").json["ticket"]
    del client.environ_base["HTTP_AUTHORIZATION"]

    assert client.get(f"/api/v1/jobs/{uuid4()}/artifacts/x?ticket={ticket}").status_code == 404
    assert client.get(f"/api/v1/jobs/{uuid4()}/artifacts/x?ticket={ticket}x").status_code == 401
    assert client.get(f"/api/v1/jobs?ticket={ticket}").status_code == 401


@pytest.mark.parametrize(("ahead_seconds", "status"), [(30, 404), (-30, 404), (90, 401), (-90, 401)])
def test_a_ticket_is_good_on_a_machine_whose_clock_is_a_little_off(
    catalogue, client, monkeypatch, ahead_seconds, status
):
    with monkeypatch.context() as patched:
        patched.setattr(TimestampSigner, "get_timestamp", lambda _: int(time.time()) + ahead_seconds)
        ticket = client.post("/api/v1/ticket").json["ticket"]
    del client.environ_base["HTTP_AUTHORIZATION"]

    assert client.get(f"/api/v1/jobs/{uuid4()}/artifacts/x?ticket={ticket}").status_code == status


def test_the_site_of_another_origin_is_let_in_only_when_the_settings_name_it(catalogue, client, monkeypatch):
    def allowed():
        headers = {"Origin": "https://site.example"}
        return client.options("/api/v1/jobs", headers=headers).headers.get("Access-Control-Allow-Origin")

    assert allowed() is None
    monkeypatch.setenv("TRAJECTORY_CORS_ORIGINS", "https://site.example")
    catalogue.renew()
    assert allowed() == "https://site.example"
    answer = client.get("/api/v1/queues", headers={"Origin": "https://other.example"})
    assert "Access-Control-Allow-Origin" not in answer.headers
    # A cache must not hand this answer to the site that is let in.
    assert answer.headers["Vary"] == "Origin"


def test_the_document_that_the_site_is_generated_from_is_the_one_that_is_served(client):
    assert client.get("/openapi.json").json == json.loads((ROOT / "static-site" / "openapi.json").read_text())


def test_metrics_are_prometheus_text(catalogue, client):
    catalogue.submit("test.noop")
    text = client.get("/metrics").text

    assert 'trajectory_jobs{priority="high",state="queued"} 0.0' in text
    assert "# TYPE trajectory_jobs_happened_total counter" in text


def test_while_the_database_is_away_a_submission_is_refused_with_a_time_to_come_back(catalogue, client, monkeypatch):
    client.post("/api/v1/jobs", json={"task": "test.noop"})
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    catalogue.parts.close()
    parts.cache_clear()
    settings.cache_clear()
    answer = client.post("/api/v1/jobs", json={"task": "test.noop"})

    assert (answer.status_code, answer.json["code"]) == (503, "database_unavailable")
    assert int(answer.headers["Retry-After"]) > 0
