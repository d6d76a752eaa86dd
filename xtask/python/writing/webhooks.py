"""The webhooks of the toolset `admin`, and what somebody hears who listens at their address.

On MLflow 3 the server has to let webhooks lead to this machine, over http.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

from mlflow import MlflowClient

from checks import expect
from peer.servers import Json, Rest

from .bench import Bench, Version

# What is awkward to write, to quote and to find again.
AWKWARD = "größe'\"` 🦉\n{}"

SECRET = "open sesame größe"

OLDER: dict[str, Json] = {
    "list_webhooks": {},
    "get_webhook": {"webhook_id": "7"},
    "create_webhook": {"name": "hook", "url": "https://hooks.test", "events": ["prompt.created"]},
    "update_webhook": {"webhook_id": "7", "name": "hook"},
    "delete_webhook": {"webhook_id": "7"},
    "test_webhook": {"webhook_id": "7"},
}


class Listener:
    """Hears what comes, until the program ends."""

    def __init__(self) -> None:
        self.heard: list[tuple[Json, bool]] = []
        heard = self.heard

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:  # noqa: N802  the name is the library's
                body = self.rfile.read(int(self.headers["content-length"])).decode()
                parts = [self.headers["X-MLflow-Delivery-Id"], self.headers["X-MLflow-Timestamp"], body]
                digest = hmac.new(SECRET.encode(), ".".join(parts).encode(), hashlib.sha256).digest()
                signature = f"v1,{base64.b64encode(digest).decode()}"
                heard.append((json.loads(body), self.headers["X-MLflow-Signature"] == signature))
                self.send_response(418 if self.path == "/teapot" else 200)
                self.end_headers()
                self.wfile.write(b"heard")

            def log_message(self, *arguments: Any) -> None:
                """Nobody reads it."""

        server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{server.server_port}"
        Thread(target=server.serve_forever, daemon=True).start()


def check(bench: Bench, client: MlflowClient, rest: Rest, version: Version) -> None:
    if version < (3, 0):
        for tool, arguments in OLDER.items():
            bench.refused(tool, arguments, "needs MLflow 3.3 or newer")
        return
    listener = Listener()
    webhook = created(bench, client, listener)
    updated(bench, client, listener, version)
    tested(bench, listener, webhook, another(version))
    refusals(bench, client, webhook)
    listed(bench, client)


def webhooks(client: MlflowClient) -> dict[str, Any]:
    """By MLflow's own client."""
    found: Any = client.list_webhooks()
    return {
        one.name: [one.url, sorted(str(event) for event in one.events), one.description, str(one.status)]
        for one in found
    }


def created(bench: Bench, client: MlflowClient, listener: Listener) -> str:
    def state() -> dict[str, Any]:
        return webhooks(client)

    arguments = {
        "name": "hook-1.x",
        "url": f"{listener.url}/a?b=c",
        "events": ["model_version.created", "PROMPT_ALIAS.DELETED", "model_version.created"],
        "description": AWKWARD,
        "secret": SECRET,
    }
    events = ["model_version.created", "prompt_alias.deleted"]
    after = {"hook-1.x": [arguments["url"], events, AWKWARD, "ACTIVE"]}
    answer = bench.change("create_webhook", arguments, state, after)
    expect(SECRET not in json.dumps(answer, ensure_ascii=False), f"{answer}")
    expect((answer["status"], sorted(answer["events"])) == ("ACTIVE", events), f"{answer}")
    id_: str = next(iter(client.list_webhooks())).webhook_id
    ours = bench.call("get_webhook", {"webhook_id": id_})
    expect((ours["name"], ours["description"]) == ("hook-1.x", AWKWARD), f"{ours}")
    return id_


def another(version: Version) -> str:
    """What 3.11 has and 3.10 has not, where it is there."""
    return "budget_policy.exceeded" if version >= (3, 11) else "registered_model.created"


def updated(bench: Bench, client: MlflowClient, listener: Listener, version: Version) -> None:
    def state() -> list[Any]:
        found: list[Any] = next(iter(webhooks(client).values()))
        return found

    url, events, description, status = state()
    arguments: Json = {"webhook_id": next(iter(client.list_webhooks())).webhook_id}
    after = [f"{listener.url}/b", [another(version)], "New.", "DISABLED"]
    changes = {"url": after[0], "events": after[1], "description": after[2], "status": after[3]}
    answer = bench.change("update_webhook", {**arguments, **changes}, state, after)
    previous = answer["previous"]
    expect(
        (previous["url"], previous["status"], previous["description"]) == (url, status, description),
        f"{answer}",
    )
    expect(sorted(json.loads(previous["events"])) == events, f"{answer}")
    answer = bench.call("update_webhook", {**arguments, "secret": "another"})
    expect(answer["previous"] == {} and "undo" not in answer and state() == after, f"{answer}")
    # 3.5 takes an empty one for none at all, as it takes an empty name.
    if version > (3, 5):
        answer = bench.change(
            "update_webhook", {**arguments, "description": ""}, lambda: state()[2] or "", ""
        )
        expect(answer["previous"] == {"description": "New."}, f"{answer}")
    bench.call("update_webhook", {**arguments, "secret": SECRET})


def tested(bench: Bench, listener: Listener, webhook: str, event: str) -> None:
    arguments: Json = {"webhook_id": webhook}
    would = bench.call("test_webhook", {**arguments, "dry_run": True})
    expect(f"an example of {event}" in would["would"] and not listener.heard, f"{would}")
    answer = bench.call("test_webhook", arguments)
    expect(
        (answer["success"], answer["response_status"], answer["response_body"]) == (True, 200, "heard"),
        f"{answer}",
    )
    bench.call("test_webhook", {**arguments, "event": "prompt.created"})
    heard = [(message["entity"], message["action"], signed) for message, signed in listener.heard]
    expect(heard == [(*event.split("."), True), ("prompt", "created", True)], f"{heard}")
    bench.call("update_webhook", {**arguments, "url": f"{listener.url}/teapot"})
    answer = bench.call("test_webhook", arguments)
    expect((answer["success"], answer["response_status"]) == (False, 418), f"{answer}")


def refusals(bench: Bench, client: MlflowClient, webhook: str) -> None:
    before = webhooks(client)
    hook = {"name": "other", "url": "http://127.0.0.1:9", "events": ["prompt.created"]}
    bench.refused("create_webhook", {**hook, "name": "a b"}, "letters, digits, dots")
    bench.refused("create_webhook", {**hook, "url": "ftp://hooks.test"}, "Invalid webhook URL scheme")
    bench.refused("create_webhook", {**hook, "url": "http://ann:word@127.0.0.1:9"}, "a user or password")
    bench.refused("create_webhook", {**hook, "events": ["prompt.creatd"]}, 'Did you mean "prompt.created"?')
    bench.refused("create_webhook", {**hook, "events": []}, "nothing was changed")
    bench.refused("update_webhook", {"webhook_id": webhook}, "nothing to change")
    bench.refused("update_webhook", {"webhook_id": webhook, "url": " "}, "is empty")
    missing = "00000000-0000-0000-0000-000000000000"
    for tool, more in {
        "get_webhook": {},
        "update_webhook": {"name": "x"},
        "delete_webhook": {},
        "test_webhook": {},
    }.items():
        bench.refused(tool, {"webhook_id": missing, **more}, "list_webhooks lists the webhooks")
    expect(webhooks(client) == before, "refusals change nothing")


def listed(bench: Bench, client: MlflowClient) -> None:
    hook = {"url": "http://127.0.0.1:9", "events": ["prompt.created"], "status": "DISABLED"}
    for number in range(3):
        bench.call("create_webhook", {"name": f"more-{number}", **hook})
    theirs = [one.webhook_id for one in client.list_webhooks()]
    first = bench.call("list_webhooks", {"max_results": 3})
    rest = bench.call("list_webhooks", {"max_results": 3, "page_token": first["next_page_token"]})
    ours = [one["webhook_id"] for one in first["result"] + rest["result"]]
    expect(ours == theirs and len(ours) == 4, f"{ours} instead of {theirs}")
    for id_ in theirs:

        def ids() -> list[str]:
            return [one.webhook_id for one in client.list_webhooks()]

        answer = bench.change(
            "delete_webhook", {"webhook_id": id_}, ids, [one for one in ids() if one != id_]
        )
        expect(answer["webhook_id"] == id_ and answer["url"], f"{answer}")
