"""One call that changes something: what it says it would do, what it does, and how it is taken back."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from checks import expect
from peer.servers import Failed, Http, Json

# Major and minor, of MLflow's server and of its client, which is the same release here.
Version = tuple[int, int]


class Bench:
    """Calls tools and counts them."""

    def __init__(self, http: Http) -> None:
        self._http = http
        self.calls: dict[str, int] = {}

    def call(self, tool: str, arguments: Json) -> Json:
        self.calls[tool] = self.calls.get(tool, 0) + 1
        return self._http.call(tool, arguments)

    def ask(self, method: str, params: Json) -> Json:
        """Another method of the protocol."""
        return self._http.ask(method, params)

    def refused(self, tool: str, arguments: Json, says: str) -> None:
        """The call fails, and its text has these words."""
        try:
            answer = self.call(tool, arguments)
        except Failed as error:
            expect(says in str(error), f"{tool} {arguments}: {says!r} is not in {error}")
            return
        expect(False, f"{tool} {arguments} is not refused: {answer}")

    def change(self, tool: str, arguments: Json, state: Callable[[], Any], after: Any) -> Json:
        """`state` reads what the call changes with MLflow's own client; `after` is what it is to be then.

        A dry run before leaves it as it is. Where the answer has the calls that take it back, these are made,
        with the state as it was, and the change is made again.
        """
        before = state()
        expect(before != after, f"{tool} {arguments} changes nothing: {before!r}")
        would = self.call(tool, {**arguments, "dry_run": True})
        expect(would.get("dry_run") is True and len(would["would"]) > 10, f"{tool}: {would}")
        expect(state() == before, f"a dry run of {tool} changed {before!r} to {state()!r}")
        answer = self.call(tool, arguments)
        expect(state() == after, f"{tool} {arguments}: {state()!r} instead of {after!r}")
        undo = answer.get("undo", "")
        calls = [undo] if isinstance(undo, str) else undo
        if calls and calls[0].endswith("}"):
            for call in calls:
                self.call(*taken_apart(call))
            expect(state() == before, f"{undo} of {tool}: {state()!r} instead of {before!r}")
            self.call(tool, arguments)
            expect(state() == after, f"{tool} {arguments} once more: {state()!r} instead of {after!r}")
        return answer


def taken_apart(undo: str) -> tuple[str, Json]:
    tool, _, arguments = undo.partition(" ")
    return tool, json.loads(arguments)
