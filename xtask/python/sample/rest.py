"""The part of MLflow's REST API that the sample writes through."""

from __future__ import annotations

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import OpenerDirector, ProxyHandler, Request, build_opener

Json = dict[str, Any]

# A server's first answer takes seconds while its worker imports; a busy machine makes that a minute.
TIMEOUT_SECONDS = 120
UPLOADS_AT_ONCE = 4


class RequestFailed(Exception):
    """One line: which request failed, with what answer."""


class Tracking:
    """A running MLflow server. Every request uses a connection of its own, so it may be shared by threads."""

    def __init__(self, uri: str) -> None:
        parts = urlsplit(uri)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise RequestFailed(f"tracking URI {uri!r} is not http://HOST[:PORT] or https://HOST[:PORT]")
        self._base = uri.rstrip("/")
        # The server is the caller's own: a proxy from the environment must not get between.
        self._opener: OpenerDirector = build_opener(ProxyHandler({}))
        self.version = self._send("GET", "/version").decode().strip()

    @property
    def major(self) -> int:
        """3 for `3.17.2`: what the server can do differs between the lines 2.x and 3.x."""
        return int(self.version.split(".")[0])

    @property
    def takes_spans(self) -> bool:
        """As OTLP in JSON: 3.5 takes it as Protocol Buffers only, and clients store traces as files there."""
        return tuple(map(int, self.version.split(".")[:2])) > (3, 5)

    def get(self, path: str, **query: str | int) -> Json:
        return _object(self._send("GET", f"{_route(path)}?{urlencode(query)}"))

    def post(self, path: str, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Json:
        return self._json("POST", path, body, headers)

    def patch(self, path: str, body: Mapping[str, Any]) -> Json:
        return self._json("PATCH", path, body, None)

    def upload(self, artifact_uri: str, files: Mapping[str, bytes]) -> None:
        """Store `files` (path -> content) below a root such as `mlflow-artifacts:/1/ID/artifacts`."""
        root = urlsplit(artifact_uri)
        if root.scheme != "mlflow-artifacts":
            raise RequestFailed(
                f"artifact root {artifact_uri} is not proxied: start MLflow with --serve-artifacts"
            )

        def put(item: tuple[str, bytes]) -> None:
            path = quote(f"{root.path}/{item[0]}")
            self._send(
                "PUT", f"/api/2.0/mlflow-artifacts/artifacts{path}", item[1], "application/octet-stream"
            )

        with ThreadPoolExecutor(UPLOADS_AT_ONCE) as pool:
            list(pool.map(put, files.items()))

    def _json(
        self, method: str, path: str, body: Mapping[str, Any], headers: Mapping[str, str] | None
    ) -> Json:
        sent = json.dumps(body, allow_nan=False).encode()
        answer = self._send(method, _route(path), sent, "application/json", headers)
        return _object(answer)

    def _send(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        content_type: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> bytes:
        request = Request(self._base + path, data=body, method=method, headers=dict(headers or {}))
        if content_type:
            request.add_header("Content-Type", content_type)
        try:
            with self._opener.open(request, timeout=TIMEOUT_SECONDS) as response:
                return bytes(response.read())
        except HTTPError as error:
            answer = error.read().decode(errors="replace")[:300]
            raise RequestFailed(f"{method} {path} answered {error.code}: {answer}") from error
        except (URLError, OSError) as error:
            raise RequestFailed(
                f"{method} {self._base}{path}: no answer ({error}); is MLflow running?"
            ) from error


def _object(answer: bytes) -> Json:
    """Every JSON answer of MLflow is an object; some routes answer with nothing at all."""
    return dict(json.loads(answer)) if answer else {}


def _route(path: str) -> str:
    """`runs/create` means the 2.0 API; anything that starts with a slash is taken as it is."""
    return path if path.startswith("/") else f"/api/2.0/mlflow/{path}"
