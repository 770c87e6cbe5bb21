"""The OpenAPI document (3.1), made from the handlers and the shapes they take and give."""

from __future__ import annotations

import inspect
import json
import re
import sys
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, current_app
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from functions.access import OPEN, TAKES_TICKET
from functions.api_words import EXAMPLES, REFUSALS, TAGS
from functions.app import as_function, create_app, resources
from functions.endpoint import DESCRIPTIONS, IDEMPOTENCY_KEY, Description, endpoint
from trajectory import (
    act_schemas,
    error_schemas,
    facet_schemas,
    lane_schemas,
    saved_view_schemas,
    schedule_schemas,
    schemas,
    selection,
    stats_schemas,
)
from trajectory.repeats import MAX_KEY_LENGTH

if TYPE_CHECKING:
    from flask import Flask
    from pydantic import BaseModel
    from werkzeug.routing import Rule

blueprint = Blueprint("openapi", __name__)

MAY_BE_REPEATED = frozenset({"jobs.submit", "jobs.submit_batch"})
"""Handlers that know a request again by its Idempotency-Key."""

_REF = "#/components/schemas/{model}"


@blueprint.get("/openapi.json")
@endpoint(answer=None)
def openapi() -> Response:
    """This document."""
    return Response(json.dumps(document(current_app)), content_type="application/json")


def document(app: Flask) -> dict[str, Any]:
    """Every handler of `app` that is described, as OpenAPI 3.1."""
    modules = (
        schemas,
        act_schemas,
        error_schemas,
        facet_schemas,
        lane_schemas,
        saved_view_schemas,
        schedule_schemas,
        selection,
        stats_schemas,
    )
    shapes = {name: shape for module in modules for name, shape in vars(module).items()}.values()
    models = [model for model in shapes if isinstance(model, type) and issubclass(model, schemas.Wire)]
    taken = (
        schemas.Submission,
        schemas.SubmissionBatch,
        schedule_schemas.NewSchedule,
        schedule_schemas.ScheduleChange,
        saved_view_schemas.NewSavedView,
        saved_view_schemas.SavedViewChange,
        selection.BulkRequest,
        selection.JobQuery,
        act_schemas.Retry,
        act_schemas.PriorityChange,
        act_schemas.Resize,
    )
    wanted: list[tuple[type[BaseModel], JsonSchemaMode]] = [
        (model, "validation" if model in taken else "serialization") for model in models
    ]
    _, definitions = models_json_schema(wanted, ref_template=_REF, by_alias=True)
    paths: dict[str, Any] = {}
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        description = DESCRIPTIONS.get(f"{view.__module__}.{view.__name__}")
        if description is None:
            continue
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            paths.setdefault(path, {})[method.lower()] = _operation(rule, view.__name__, description)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Trajectory", "version": "1", "description": "Submit jobs, watch them, steer them."},
        "security": [{"key": []}],
        "tags": [{"name": name, "description": text} for name, text in TAGS.values()],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": definitions["$defs"],
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(rule: Rule, name: str, description: Description) -> dict[str, Any]:
    # As Python reads a docstring: one line that says what, and after an empty one whatever else there is to say.
    summary, _, rest = inspect.cleandoc(description.text).partition("\n\n")
    body = schemas.SubmissionBatch if rule.endpoint == "jobs.submit_batch" else description.body
    tag, _ = TAGS[rule.endpoint.split(".")[0]]
    operation: dict[str, Any] = {
        "operationId": name,
        "summary": summary,
        **({"description": rest} if rest else {}),
        "tags": [tag],
        "parameters": [
            *_path_parameters(rule),
            *_query_parameters(description, rule),
            *([_IDEMPOTENCY_KEY] if rule.endpoint in MAY_BE_REPEATED else []),
        ],
        "responses": {str(description.status): _answer(description), **_refusals(rule, description, body)},
    }
    if body is not None:
        schema = {"$ref": f"#/components/schemas/{body.__name__}"}
        operation["requestBody"] = {
            "required": not description.body_is_optional,
            "content": {"application/json": {"schema": schema, **_example(rule)}},
        }
    if rule.endpoint in MAY_BE_REPEATED:
        operation["responses"]["200"] = {**_answer(description), "description": "Nothing new was made: this is it"}
    if rule.endpoint in OPEN:
        operation["security"] = []
    return operation


def _example(rule: Rule) -> dict[str, Any]:
    return {"example": EXAMPLES[rule.endpoint]} if rule.endpoint in EXAMPLES else {}


def _refusals(rule: Rule, description: Description, body: type[BaseModel] | None) -> dict[str, Any]:
    """The statuses that follow from what a handler takes; what its own act may meet is in its words and the default."""
    met = {
        "400": description.query is not None or body is not None,
        "401": rule.endpoint not in OPEN,
        "404": bool(rule.arguments),
        "409": rule.endpoint in MAY_BE_REPEATED,
        "422": body is not None,
        "default": True,
    }
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        status: {"description": REFUSALS[status], "content": {"application/problem+json": {"schema": schema}}}
        for status, is_met in met.items()
        if is_met
    }


def _answer(description: Description) -> dict[str, Any]:
    if description.status == 204:
        return {"description": "Done"}
    schema: dict[str, Any] = {"type": "object" if description.media_type == "application/json" else "string"}
    if description.answer is not None:
        schema = {"$ref": f"#/components/schemas/{description.answer.__name__}"}
    return {"description": "Done", "content": {description.media_type: {"schema": schema}}}


_IDEMPOTENCY_KEY = {
    "name": IDEMPOTENCY_KEY,
    "in": "header",
    "required": False,
    "description": "A name for this request: repeated with the same body, it makes nothing twice",
    "schema": {"type": "string", "minLength": 1, "maxLength": MAX_KEY_LENGTH},
}


def _path_parameters(rule: Rule) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "format": "uuid"} if converter == "uuid" else {"type": "string"},
        }
        for converter, name in re.findall(r"<(?:(\w+):)?(\w+)>", rule.rule)
    ]


def _query_parameters(description: Description, rule: Rule) -> list[dict[str, Any]]:
    parameters = []
    if rule.endpoint in TAKES_TICKET:
        parameters.append({"name": "ticket", "in": "query", "required": False, "schema": {"type": "string"}})
    if description.query is not None:
        schema = description.query.model_json_schema(ref_template=_REF)
        parameters += [
            {"name": name, "in": "query", "required": name in schema.get("required", []), "schema": field}
            for name, field in schema["properties"].items()
        ]
    return parameters


handler = as_function(blueprint)


if __name__ == "__main__":
    # `python -m functions.openapi`: the site's client is generated from what this prints.
    sys.stdout.write(json.dumps(document(create_app(*resources())), indent=2) + "\n")
