"""One request to a server, and its answer as a fixture keeps it."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlencode, urlsplit

Json = dict[str, Any]

TIMEOUT_SECONDS = 120
# What a client acts on. Dates, entity tags and server names would change with every recording.
KEPT_HEADERS = (
    "accept-ranges",
    "allow",
    "connection",
    "content-disposition",
    "content-length",
    "content-range",
    "content-type",
    "location",
    "www-authenticate",
    "x-content-type-options",
)


class RecordingFailed(Exception):
    """What could not be recorded, and why."""


@dataclass(frozen=True)
class Exchange:
    """A request, the name of its fixture, and the status without which it is not worth keeping."""

    name: str
    status: int
    method: str
    path: str
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Json | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    # Headers that are sent but not kept, because they carry credentials.
    secret_headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def path_and_query(self) -> str:
        return f"{self.path}?{urlencode(self.query, doseq=True)}" if self.query else self.path


def answer(uri: str, exchange: Exchange) -> Json:
    """Send the request over a connection of its own; return the fixture."""
    status, headers, body = send(uri, exchange)
    if status != exchange.status:
        shown = body[:200].decode(errors="replace")
        raise RecordingFailed(f"{exchange.name}: {exchange.path_and_query} answered {status}: {shown}")
    kept = {name: value for name, value in headers.items() if name in KEPT_HEADERS}
    stored = _body(body)
    if isinstance(stored.get("body"), dict):
        kept.pop("content-length", None)  # the JSON is stored as a value: its bytes are not kept
    request: Json = {"method": exchange.method, "path_and_query": exchange.path_and_query}
    if exchange.headers:
        request["headers"] = dict(exchange.headers)
    request["body"] = exchange.body
    return {
        "request": request,
        "response": {"status": status, "headers": dict(sorted(kept.items())), **stored},
    }


def send(uri: str, exchange: Exchange) -> tuple[int, dict[str, str], bytes]:
    parts = urlsplit(uri)
    body = None if exchange.body is None else json.dumps(exchange.body).encode()
    headers = {**exchange.headers, **exchange.secret_headers}
    if body is not None:
        headers["content-type"] = "application/json"
    connection = HTTPConnection(parts.hostname or "", parts.port or 80, timeout=TIMEOUT_SECONDS)
    try:
        connection.request(exchange.method, parts.path.rstrip("/") + exchange.path_and_query, body, headers)
        response = connection.getresponse()
        return (
            response.status,
            {name.lower(): value for name, value in response.getheaders()},
            response.read(),
        )
    except (OSError, HTTPException) as error:
        raise RecordingFailed(f"{exchange.name}: no answer from {uri}: {error}") from error
    finally:
        connection.close()


def _body(body: bytes) -> Json:
    """JSON as a value, other text as it is, anything else in base64."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return {"body_base64": base64.b64encode(body).decode()}
    try:
        value = json.loads(text, parse_constant=_refuse)
    except ValueError:
        return {"body": text}
    return {"body": value} if isinstance(value, dict) else {"body": text}


def _refuse(constant: str) -> None:
    """Python would read the bare NaN and Infinity that some routes write; JSON has no such thing."""
    raise ValueError(constant)
