"""The component in which every tool is a function, loaded by a host in another language than ours."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from wasmtime import Engine, Store, WasiConfig
from wasmtime.component import Component, Linker

from .servers import Failed, Http, Json


class Untyped(Exception):
    """The arguments have a form that only JSON has."""


class Functions:
    """Each call in a store of its own, as such hosts do it."""

    def __init__(self, component: Path, environment: dict[str, str], http: Http) -> None:
        self._engine = Engine()
        self._component = Component.from_file(self._engine, str(component))
        self._linker = Linker(self._engine)
        self._linker.add_wasip2()
        self._linker.add_wasi_http()
        self._environment = environment
        tools = http.ask("tools/list", {})["tools"]
        self._schemas: dict[str, Json] = {tool["name"]: tool["inputSchema"] for tool in tools}

    def call(self, tool: str, arguments: Json) -> Any:
        schema = self._schemas[tool]
        if unknown := set(arguments) - set(schema["properties"]):
            raise Untyped(f"{tool} has no {unknown}")
        if missing := set(schema.get("required", [])) - set(arguments):
            raise Untyped(f"{tool} needs {missing}")
        given = [typed(one, arguments.get(name)) for name, one in schema["properties"].items()]
        store = Store(self._engine)
        wasi = WasiConfig()
        wasi.env = list(self._environment.items())
        store.set_wasi(wasi)
        store.set_wasi_http()
        function = self._linker.instantiate(store, self._component).get_func(
            store, f"mlflow-{tool.replace('_', '-')}"
        )
        if function is None:
            raise RuntimeError(f"there is no function for {tool}")
        answer = function(store, *given)
        if answer.tag == "err":
            raise Failed(answer.payload)
        return json.loads(answer.payload)


def typed(schema: Json, value: Any) -> Any:
    """The value in the type that the world has for the schema."""
    kind, items = schema["type"], schema.get("items", {}).get("type")
    if value is None:
        return None
    if kind == "object" or items == "object":
        return value if isinstance(value, str) else json.dumps(value)
    expected = {"string": str, "integer": int, "number": float, "boolean": bool, "array": list}[kind]
    if not isinstance(value, expected):
        raise Untyped(f"{value!r} is no {kind}")
    return value
