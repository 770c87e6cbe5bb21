"""What every handler shares: parse what came, call, render what is answered, and describe it all for OpenAPI."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar, get_origin

from flask import Response, g, request
from pydantic import BaseModel, ValidationError

from functions.errors import InvalidQuery, NotJson
from trajectory.errors import InvalidSubmission
from trajectory.lifecycle import parse
from trajectory.repeats import named_request

if TYPE_CHECKING:
    from trajectory.store.idempotency import NamedRequest
    from trajectory.store.keys import Key

IDEMPOTENCY_KEY = "Idempotency-Key"
TICKET = "ticket"
"""The parameter that stands for a key: it belongs to no query."""

MAX_BODY_BYTES = 1024 * 1024

Handler = TypeVar("Handler", bound=Callable[..., Any])


@dataclass(frozen=True)
class Description:
    """What a handler takes and gives, for the OpenAPI document."""

    answer: type[BaseModel] | None
    status: int
    body: type[BaseModel] | None
    query: type[BaseModel] | None
    media_type: str
    text: str
    body_is_optional: bool


DESCRIPTIONS: dict[str, Description] = {}
"""By module and name of the handler."""


def endpoint(
    *,
    answer: type[BaseModel] | None,
    status: int = 200,
    body: type[BaseModel] | None = None,
    body_is_optional: bool = False,
    query: type[BaseModel] | None = None,
    body_limit: int = MAX_BODY_BYTES,
    media_type: str = "application/json",
) -> Callable[[Handler], Callable[..., Response]]:
    """A handler that is given `body` and `query` as values, and returns a value, alone or with headers and a status.

    One that returns None answers with the status alone. With `body_is_optional`, a request without a body gives what
    `body` is with all its defaults.
    """

    def decorate(function: Handler) -> Callable[..., Response]:
        @wraps(function)
        def handle(**path: Any) -> Response:
            request.max_content_length = body_limit
            if query is not None:
                path["query"] = read_query(query)
            if body is not None:
                path["body"] = body() if body_is_optional and not request.get_data() else read_body(body)
            given = function(**path)
            if isinstance(given, Response):
                return given
            if given is None:
                return Response(status=status)
            value, headers, code = (*given, status)[:3] if isinstance(given, tuple) else (given, None, status)
            text = value.model_dump_json(by_alias=True)
            return Response(text, code, headers, content_type=media_type)

        DESCRIPTIONS[f"{function.__module__}.{function.__name__}"] = Description(
            answer, status, body, query, media_type, (function.__doc__ or "").strip(), body_is_optional
        )
        return handle

    return decorate


def caller() -> Key:
    """Whose key came with this request."""
    key: Key = g.key
    return key


def raw_body() -> bytes:
    """The body as it came. It is kept only for a request that is named: its name will be asked for with a digest."""
    return request.get_data(cache=IDEMPOTENCY_KEY in request.headers)


def idempotent_request() -> NamedRequest | None:
    """The request as its client named it. Raises `InvalidIdempotencyKey`."""
    key = request.headers.get(IDEMPOTENCY_KEY)
    return None if key is None else named_request(caller().id, key, raw_body())


def read_body(model: type[Any]) -> Any:
    """The body as a value of `model`. Raises `NotJson` or `InvalidSubmission`."""
    data = raw_body()

    def validate(raw: bytes) -> Any:
        try:
            return model.model_validate_json(raw, strict=True)
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False, include_input=False)[0]
            if first["type"] == "json_invalid":
                raise NotJson(f"{first['msg']}; nothing was stored") from None
            raise

    return parse(validate, data)


def read_query(model: type[Any]) -> Any:
    """The query parameters as a value of `model`. Raises `InvalidQuery`."""
    values: dict[str, Any] = {}
    for name in request.args:
        if name == TICKET:
            continue
        field = model.model_fields.get(name)
        repeats = field is not None and get_origin(field.annotation) in (list, tuple)
        values[name] = request.args.getlist(name) if repeats else request.args[name]
    try:
        return parse(model.model_validate, values)
    except InvalidSubmission as error:
        raise InvalidQuery("the query parameters are not valid", error.errors) from None
