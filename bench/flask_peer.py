"""The least a Flask application can do to submit a job to Celery: no key, no check, no row."""

from __future__ import annotations

from flask import Flask, jsonify, request

from bench.celery_work import noop

app = Flask(__name__)


@app.post("/jobs")
def submit() -> tuple[object, int]:
    result = noop.apply_async((request.get_json()["params"]["payload"],))
    return jsonify(id=result.id), 201
