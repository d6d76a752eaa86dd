"""An LLM as judges ask it, after OpenAI's interface: it finds polite what says "please"."""

from __future__ import annotations

import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any


class Llm:
    """Serves on loopback until the program ends."""

    def __init__(self, port: int) -> None:
        self.asked: list[dict[str, Any]] = []
        self.may_answer = Event()
        self.may_answer.set()
        llm = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:  # noqa: N802  the name is the library's
                question = json.loads(self.rfile.read(int(self.headers["content-length"])))
                llm.asked.append(question)
                llm.may_answer.wait(120)
                body = json.dumps(completion(question)).encode()
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments: Any) -> None:
                """Nobody reads it."""

        server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        Thread(target=server.serve_forever, daemon=True).start()


def completion(question: dict[str, Any]) -> dict[str, Any]:
    said = str(question["messages"][-1]["content"])
    verdict = {
        "result": "yes" if "please" in said else "no",
        "rationale": f"größe: {question['model']} has read {len(said)} characters",
    }
    message = {"role": "assistant", "content": json.dumps(verdict)}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": question["model"],
        "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
        "usage": {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5},
    }
