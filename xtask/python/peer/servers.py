"""The three sides of the comparison: the other server, ours, and MLflow's own REST API."""

from __future__ import annotations

import json
import os
import subprocess
from http.client import HTTPConnection
from types import TracebackType
from typing import Any
from urllib.parse import urlencode, urlsplit

Json = dict[str, Any]

TIMEOUT_SECONDS = 300
REVISION = "2025-06-18"


class Failed(Exception):
    """A tool said no; the text is what a model would read."""


class Stdio:
    """The other server, as desktop clients start it: one JSON-RPC message per line."""

    def __init__(self, program: str, tracking_uri: str, *arguments: str) -> None:
        environment = {**os.environ, "MLFLOW_TRACKING_URI": tracking_uri, "MLFLOW_DISABLE_TELEMETRY": "true"}
        self._process = subprocess.Popen(
            [program, *arguments],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._last = 0
        self.opened = self.ask(
            "initialize",
            {
                "protocolVersion": REVISION,
                "capabilities": {},
                "clientInfo": {"name": "compare", "version": "1"},
            },
        )
        self._send({"jsonrpc": "2.0", "method": "notifications/initialized"})

    def __enter__(self) -> Stdio:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.stdin:
            self._process.stdin.close()
        self._process.terminate()
        self._process.wait()

    def ask(self, method: str, params: Json) -> Json:
        self._last += 1
        self._send({"jsonrpc": "2.0", "id": self._last, "method": method, "params": params})
        if not self._process.stdout:
            raise RuntimeError("the other server has no output")
        while line := self._process.stdout.readline():
            message = json.loads(line)
            if message.get("id") == self._last:
                return result_of(message)
        raise RuntimeError("the other server ended")

    def tools(self) -> list[str]:
        return [tool["name"] for tool in self.ask("tools/list", {})["tools"]]

    def call(self, tool: str, arguments: Json) -> Any:
        """What the tool means: a list tool's value, an object tool's object, a text tool's text."""
        result = self.ask("tools/call", {"name": tool, "arguments": arguments})
        texts = [block["text"] for block in result["content"] if block["type"] == "text"]
        if result.get("isError"):
            raise Failed(" ".join(texts))
        structured = result.get("structuredContent")
        if structured is not None:
            return structured["result"]
        return json.loads(texts[0])

    def _send(self, message: Json) -> None:
        if not self._process.stdin:
            raise RuntimeError("the other server has no input")
        self._process.stdin.write(json.dumps(message).encode() + b"\n")
        self._process.stdin.flush()


class Http:
    """Ours, over one kept connection."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._path = parts.path
        self._connection = HTTPConnection(parts.netloc, timeout=TIMEOUT_SECONDS)

    def ask(self, method: str, params: Json) -> Json:
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
        headers = {"Content-Type": "application/json", "MCP-Protocol-Version": REVISION}
        return result_of(json.loads(answer(self._connection, "POST", self._path, body, headers)[1]))

    def tools(self) -> list[str]:
        return [tool["name"] for tool in self.ask("tools/list", {})["tools"]]

    def call(self, tool: str, arguments: Json) -> Json:
        result = self.ask("tools/call", {"name": tool, "arguments": arguments})
        if result.get("isError"):
            raise Failed(result["content"][0]["text"])
        structured: Json = result["structuredContent"]
        return structured

    def pages(self, tool: str, arguments: Json) -> list[Any]:
        """Every item of a list, page by page."""
        found: list[Any] = []
        while True:
            answer = self.call(tool, arguments)
            found += answer["result"]
            if not (token := answer.get("next_page_token")):
                return found
            arguments = {**arguments, "page_token": token}


class Rest:
    """MLflow itself."""

    def __init__(self, uri: str, keep: bool = False) -> None:
        self._netloc = urlsplit(uri).netloc
        self._kept = HTTPConnection(self._netloc, timeout=TIMEOUT_SECONDS) if keep else None

    def get(self, path: str, query: Json | None = None) -> Any:
        return json.loads(self.send("GET", f"{path}?{urlencode(query, doseq=True)}" if query else path))

    def post(self, path: str, body: Json, method: str = "POST") -> Any:
        return json.loads(self.send(method, path, body) or b"{}")

    def send(self, method: str, path: str, body: Json | None = None) -> bytes:
        connection = self._kept or HTTPConnection(self._netloc, timeout=TIMEOUT_SECONDS)
        text = None if body is None else json.dumps(body)
        headers = {} if body is None else {"Content-Type": "application/json"}
        status, content = answer(connection, method, path, text, headers)
        if not self._kept:
            connection.close()
        if status >= 300:
            raise Failed(f"{method} {path}: {status} {content[:300]!r}")
        return content


def answer(
    connection: HTTPConnection, method: str, path: str, body: str | None, headers: dict[str, str]
) -> tuple[int, bytes]:
    """Status and body. A kept connection that the server has closed meanwhile is opened again."""
    try:
        connection.request(method, path, body, headers)
        response = connection.getresponse()
    except (BrokenPipeError, ConnectionResetError):  # RemoteDisconnected is one of the latter
        connection.close()
        connection.request(method, path, body, headers)
        response = connection.getresponse()
    return response.status, response.read()


def result_of(message: Json) -> Json:
    if "error" in message:
        raise Failed(json.dumps(message["error"]))
    result: Json = message["result"]
    return result
