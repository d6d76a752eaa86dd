"""Cost of the tools that work runs out, beside fetching all runs and computing, on 10, 1 000 and 10 000 runs.

Needs an empty server on SQLite, and the program of our host, which it starts behind a proxy that counts. The
runs are written into the database of the server: to log ten thousand takes minutes. Prints requests to MLflow
and their bytes, bytes to the caller, medians of time, and the least memory in which the tool still answers.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from peer.grown import BEGAN, grow, insert
from peer.servers import Failed, Http, Json, Rest

SIZES = [10, 1_000, 10_000]

# Runs with a curve, and the points of each.
CURVES = 10
POINTS = 1_000

SEARCH = "/api/2.0/mlflow/runs/search"

# The least memory of a request is looked for among these, in MiB.
MEMORY = [4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128]

HEADER = (
    f"{'':32} {'calls':>6} {'MLflow, kB':>11} {'caller, kB':>11} {'naive, kB':>10} {'fewer':>7} "
    f"{'ms':>8} {'naive, ms':>10} {'MiB':>5}"
)


class Counted(ThreadingHTTPServer):
    """MLflow, and what was asked of it."""

    daemon_threads = True

    def __init__(self, uri: str) -> None:
        super().__init__(("127.0.0.1", 0), Forward)
        self.netloc = urlsplit(uri).netloc
        self.lock = threading.Lock()
        self.calls = 0
        self.bytes = 0


class Forward(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def forward(self) -> None:
        server = self.server
        assert isinstance(server, Counted)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        connection = HTTPConnection(server.netloc, timeout=300)
        headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
        connection.request(self.command, self.path, body or None, headers)
        response = connection.getresponse()
        content = response.read()
        with server.lock:
            server.calls += 1
            server.bytes += len(content)
        self.send_response(response.status)
        self.send_header("Content-Type", response.headers.get("Content-Type", ""))
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        connection.close()

    do_GET = do_POST = forward

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the table is the log."""


@dataclass(frozen=True)
class Task:
    """A call, and what somebody fetches who computes the same by hand."""

    tool: str
    arguments: Json
    naive: Callable[[Rest], int]


@dataclass(frozen=True)
class Sides:
    """Our host, the MLflow that it asks, and the same without the proxy."""

    program: Path
    counted: Counted
    rest: Rest


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--program", required=True, type=Path, help="our host")
    parser.add_argument("--tracking-uri", required=True, help="the MLflow server")
    parser.add_argument("--database", required=True, type=Path, help="its SQLite file")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    rest = Rest(options.tracking_uri)
    counted = Counted(options.tracking_uri)
    threading.Thread(target=counted.serve_forever, daemon=True).start()
    print(HEADER)
    for size in SIZES:
        experiment = grow(rest, options.database, size)
        curved = curves(rest, options.database, experiment)
        for task in tasks(experiment, curved):
            sides = Sides(options.program, counted, rest)
            print(row(task, size, sides, options.rounds), flush=True)
    return 0


def curves(rest: Rest, database: Path, experiment: str) -> list[str]:
    """The ids of ten runs that now have a curve each."""
    search = {"experiment_ids": [experiment], "max_results": CURVES}
    runs = [run["info"]["run_id"] for run in rest.post(SEARCH, search)["runs"]]
    with closing(sqlite3.connect(database, timeout=60)) as connection, connection:
        for run in runs:
            rows = [
                {
                    "run_uuid": run,
                    "key": "loss",
                    "value": 1 / (1 + n),
                    "timestamp": BEGAN + n,
                    "step": n,
                    "is_nan": 0,
                }
                for n in range(POINTS)
            ]
            insert(connection, "metrics", rows)
            insert(connection, "latest_metrics", rows[-1:])
    return runs


def tasks(experiment: str, curved: list[str]) -> list[Task]:
    runs = {"experiment_ids": [experiment]}
    return [
        Task("rank_runs", {**runs, "order_by": ["val/auc DESC"], "k": 3}, lambda r: every(r, experiment)),
        Task(
            "aggregate_runs",
            {**runs, "metrics": ["val/auc", "val/loss"], "group_by": ["user_id"]},
            lambda r: every(r, experiment),
        ),
        Task("find_runs", {**runs, "query": "run-7", "limit": 3}, lambda r: every(r, experiment)),
        Task("metric_history", {"run_ids": curved, "metrics": ["loss"]}, lambda r: history(r, curved)),
    ]


def every(rest: Rest, experiment: str) -> int:
    """The bytes of all runs, a thousand at a time, as MLflow's client fetches them."""
    read, token = 0, ""
    while True:
        search = {"experiment_ids": [experiment], "max_results": 1000, "page_token": token}
        content = rest.send("POST", SEARCH, search)
        read += len(content)
        token = json.loads(content).get("next_page_token", "")
        if not token:
            return read


def history(rest: Rest, runs: list[str]) -> int:
    """The bytes of every point of the curves."""
    path = "/api/2.0/mlflow/metrics/get-history?metric_key=loss&max_results=100000&run_id="
    return sum(len(rest.send("GET", path + run)) for run in runs)


def row(task: Task, size: int, sides: Sides, rounds: int) -> str:
    program, counted = sides.program, sides.counted
    naive_bytes = 0
    naive: list[float] = []
    for _ in range(rounds):
        begun = time.perf_counter()
        naive_bytes = task.naive(sides.rest)
        naive.append((time.perf_counter() - begun) * 1000)
    times: list[float] = []
    answered, calls, read = 0, 0, 0
    with host(program, counted, MEMORY[-1]) as url:
        ours = Http(url)
        ours.call("health", {})
        for _ in range(rounds):
            calls, read = counted.calls, counted.bytes
            begun = time.perf_counter()
            answer = ours.call(task.tool, task.arguments)
            times.append((time.perf_counter() - begun) * 1000)
            calls, read = counted.calls - calls, counted.bytes - read
            answered = len(json.dumps(answer))
    return (
        f"{task.tool + f' ({size})':32} {calls:6} {read / 1000:11.1f} {answered / 1000:11.1f} "
        f"{naive_bytes / 1000:10.1f} {naive_bytes / answered:6.0f}x {statistics.median(times):8.0f} "
        f"{statistics.median(naive):10.0f} {memory(task, program, counted):5}"
    )


def memory(task: Task, program: Path, counted: Counted) -> int:
    """The least memory of a request, in MiB, in which the tool answers."""
    return next(limit for limit in MEMORY if answers(task, program, counted, limit))


def answers(task: Task, program: Path, counted: Counted, limit: int) -> bool:
    try:
        with host(program, counted, limit) as url:
            Http(url).call(task.tool, task.arguments)
    except (Failed, OSError, ValueError, KeyError, EOFError):
        return False
    return True


@contextmanager
def host(program: Path, counted: Counted, limit: int) -> Iterator[str]:
    """Our host in front of the proxy; its address."""
    uri = f"http://127.0.0.1:{counted.server_address[1]}"
    command = [str(program), "serve", "--listen", "127.0.0.1:0", "--tracking-uri", uri]
    command += ["--max-memory", f"{limit}MiB"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        try:
            for line in process.stderr:
                if line.startswith("mlflow-mcp: serving "):
                    threading.Thread(target=process.stderr.read, daemon=True).start()
                    yield line.split()[2]
                    return
            raise EOFError("the host does not serve")
        finally:
            process.terminate()
            process.wait()


if __name__ == "__main__":
    sys.exit(main())
