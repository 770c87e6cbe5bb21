"""The document of the API says enough to be read by itself, and points at nothing that is not there."""

from __future__ import annotations

from collections import Counter

import pytest
from pydantic import BaseModel

from functions.api_words import EXAMPLES, TAGS
from functions.app import create_app, resources
from functions.endpoint import DESCRIPTIONS
from functions.openapi import document
from trajectory.schemas import SubmissionBatch

METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture(scope="module")
def app():
    return create_app(*resources())


@pytest.fixture(scope="module")
def described(app):
    return document(app)


@pytest.fixture(scope="module")
def operations(described):
    return [one for methods in described["paths"].values() for name, one in methods.items() if name in METHODS]


def references(part):
    if isinstance(part, dict):
        for name, value in part.items():
            yield from [value] if name == "$ref" else references(value)
    elif isinstance(part, list):
        for value in part:
            yield from references(value)


def resolved(described, reference):
    found = described
    for name in reference.removeprefix("#/").split("/"):
        found = found[name.replace("~1", "/").replace("~0", "~")]
    return found


def test_every_reference_leads_to_a_schema(described):
    met = set(references(described))

    assert "#/components/schemas/Problem" in met
    for reference in met:
        assert resolved(described, reference)["type"] in ("object", "string"), reference


def test_every_operation_says_what_it_does_in_one_line_and_belongs_to_a_described_group(described, operations):
    groups = {tag["name"] for tag in described["tags"] if tag["description"]}

    for operation in operations:
        assert operation["summary"].endswith("."), operation["operationId"]
        assert "\n" not in operation["summary"], operation["operationId"]
        assert operation["tags"][0] in groups, operation["operationId"]
    assert Counter(one["operationId"] for one in operations).most_common(1)[0][1] == 1
    assert {tag for one in operations for tag in one["tags"]} == {name for name, _ in TAGS.values()}


def test_every_parameter_in_a_path_is_described_by_its_operation(described):
    for path, methods in described["paths"].items():
        for operation in methods.values():
            named = {one["name"] for one in operation["parameters"] if one["in"] == "path"}
            assert named == {part.strip("{}") for part in path.split("/") if part.startswith("{")}, path


@pytest.mark.parametrize("endpoint", sorted(EXAMPLES))
def test_a_body_that_is_shown_is_one_that_is_taken(app, endpoint):
    view = app.view_functions[endpoint]
    model = DESCRIPTIONS[f"{view.__module__}.{view.__name__}"].body or SubmissionBatch

    assert issubclass(model, BaseModel)
    assert model.model_validate(EXAMPLES[endpoint])
