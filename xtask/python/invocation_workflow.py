"""What evaluation users ask an agent to do, done with the official Python client and the server's own tools.

Given only an invocation id: find its runs in every experiment, compare their metrics, read their config.

Needs the environment of `clients.txt`. Prints one JSON summary; exits 1 with one line when a check fails.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from mcp import Client

from checks import HANDSHAKE, CheckFailed, expect, run

TOOLS = (
    "health",
    "get_experiments",
    "search_experiments",
    "get_experiment_by_name",
    "get_runs",
    "query_runs",
    "search_runs_by_tags",
    "get_run",
    "get_run_metrics",
    "get_run_metric",
    "get_run_artifacts",
    "get_artifact_content",
)
MODERN = "2026-07-28"
CONFIG = "config.yml"
STATISTICS = "artifacts/eval_factory_metrics.json"
READ_TIMEOUT_SECONDS = 120
CONFIG_LINES = 8
RUNS_PER_SEARCH = 50

Json = dict[str, Any]


@dataclass(frozen=True)
class Found:
    """A run of the invocation, as the tag search and the metrics tool report it."""

    run_id: str
    experiment_id: str
    name: str
    metrics: dict[str, float | None]


def main() -> int:
    parser = argparse.ArgumentParser(description="Check the invocation workflow against a running server.")
    parser.add_argument("--url", required=True, help="the MCP endpoint, e.g. http://127.0.0.1:3000/mcp")
    parser.add_argument("--mode", choices=("auto", "legacy", MODERN), default="auto", help="how to open")
    parser.add_argument("--invocation", required=True, help="invocation ids to find and compare: ID[,ID]")
    parser.add_argument(
        "--experiments", required=True, help="the ids of all experiments that hold its runs: ID[,ID]"
    )
    options = parser.parse_args()
    script = workflow(
        options.url, options.mode, options.invocation.split(","), options.experiments.split(",")
    )
    return run(options.url, script)


async def workflow(url: str, mode: str, invocations: list[str], expected: list[str]) -> Json:
    async with Client(url, mode=mode, read_timeout_seconds=READ_TIMEOUT_SECONDS) as client:
        version = await negotiated(client, mode)
        tools = await tool_names(client)
        missing = [tool for tool in TOOLS if tool not in tools]
        expect(not missing, f"tools/list lacks {', '.join(missing)}; it has {len(tools)} tools")
        experiments = await experiment_ids(client)
        found = {invocation: await find_runs(client, invocation, experiments) for invocation in invocations}
        holding = sorted({run.experiment_id for runs in found.values() for run in runs})
        expect(
            holding == sorted(expected),
            f"runs were found in experiments {holding}, expected {sorted(expected)}",
        )
        configs = [await read_files(client, run, name) for name, runs in found.items() for run in runs]
        return {
            "protocol_version": version,
            "tools": len(tools),
            "experiments_searched": len(experiments),
            "runs": {name: by_experiment(runs) for name, runs in found.items()},
            "metrics": metric_table(found),
            "config": configs[0].splitlines()[:CONFIG_LINES],
        }


async def negotiated(client: Client, mode: str) -> str:
    """The version in use. A pinned client sends no probe, so ask the server whether it speaks it."""
    version = client.protocol_version
    if mode == "legacy":
        expect(
            version in HANDSHAKE, f"the handshake ended in {version!r}, not in one of {', '.join(HANDSHAKE)}"
        )
        return version
    expect(version == MODERN, f"mode {mode} ended in {version!r}: the server did not answer server/discover")
    answer = await client.session.send_discover(MODERN)
    supported = answer.get("supportedVersions", [])
    expect(MODERN in supported, f"server/discover lists {supported}, without {MODERN}")
    return version


async def tool_names(client: Client) -> set[str]:
    names: set[str] = set()
    cursor: str | None = None
    while True:
        page = await client.list_tools(cursor=cursor)
        names.update(tool.name for tool in page.tools)
        cursor = page.next_cursor
        if not cursor:
            return names


async def call(client: Client, tool: str, **arguments: Any) -> Json:
    """A tool's structured result; the client has already held it against the tool's output schema."""
    result = await client.call_tool(tool, arguments)
    text = " ".join(getattr(block, "text", "") for block in result.content)
    expect(not result.is_error, f"{tool}({json.dumps(arguments)}) failed: {text[:300]}")
    content = result.structured_content
    if not isinstance(content, dict):
        raise CheckFailed(f"{tool} answered without an object as structuredContent: {content!r:.200}")
    return content


async def rows(client: Client, tool: str, **arguments: Any) -> list[Json]:
    found = (await call(client, tool, **arguments)).get("result")
    if not isinstance(found, list):
        raise CheckFailed(f"{tool}: structuredContent.result is not a list: {found!r:.200}")
    return found


async def experiment_ids(client: Client) -> list[str]:
    found = await rows(client, "get_experiments")
    expect(found, "get_experiments found no experiment")
    for row in found:
        expect(
            isinstance(row.get("id"), str) and row.get("name"),
            f"get_experiments: row without id or name: {row}",
        )
    return [row["id"] for row in found]


async def find_runs(client: Client, invocation: str, experiments: Iterable[str]) -> list[Found]:
    """Search every experiment; a row counts only if tag and param both carry the id that was asked for."""
    found: list[Found] = []
    for experiment in experiments:
        arguments = {
            "experiment_id": experiment,
            "tags": {"invocation_id": invocation},
            "limit": RUNS_PER_SEARCH,
        }
        for row in await rows(client, "search_runs_by_tags", **arguments):
            run_id = row["run_id"]
            carried = (row["tags"].get("invocation_id"), row["params"].get("invocation_id"))
            expect(
                carried == (invocation, invocation),
                f"run {run_id} has tag and param {carried}, not {invocation}",
            )
            metrics = await run_metrics(client, row)
            found.append(Found(run_id, experiment, row["tags"].get("task_name", run_id), metrics))
    expect(found, f"no run with the tag invocation_id = {invocation}")
    return found


async def run_metrics(client: Client, row: Json) -> dict[str, float | None]:
    """The metrics tool must agree with what the search already showed."""
    metrics = await call(client, "get_run_metrics", run_id=row["run_id"])
    expect(metrics, f"run {row['run_id']} has no metrics")
    expect(metrics == row["metrics"], f"run {row['run_id']}: get_run_metrics and the search differ")
    numbers = all(value is None or isinstance(value, (int, float)) for value in metrics.values())
    expect(numbers, f"run {row['run_id']}: not every metric is a number: {metrics}")
    return metrics


async def read_files(client: Client, found: Found, invocation: str) -> str:
    """List the run's files, then read its configuration and its runtime statistics."""
    listed = {
        row["path"]: row for row in await rows(client, "get_run_artifacts", run_id=found.run_id, path="")
    }
    expect(CONFIG in listed, f"run {found.run_id} lists {sorted(listed)}, without {CONFIG}")
    directories = [path for path, row in listed.items() if row["is_dir"] and path.endswith(f".{found.name}")]
    expect(directories, f"run {found.run_id} has no directory <harness>.{found.name}")
    nested = await rows(client, "get_run_artifacts", run_id=found.run_id, path=f"{directories[0]}/artifacts")
    results = f"{directories[0]}/artifacts/results.yml"
    expect(results in [row["path"] for row in nested], f"{results} is not listed: {nested}")
    config = await text(client, found.run_id, CONFIG)
    expect(
        invocation in config, f"{CONFIG} of run {found.run_id} does not name {invocation}: {config[:200]!r}"
    )
    statistics = json.loads(await text(client, found.run_id, STATISTICS))
    expect(
        statistics["response_stats"]["count"] > 0, f"{STATISTICS} of run {found.run_id} counts no response"
    )
    return config


async def text(client: Client, run_id: str, path: str) -> str:
    content = (await call(client, "get_artifact_content", run_id=run_id, artifact_path=path)).get("result")
    if not isinstance(content, str) or not content:
        raise CheckFailed(f"get_artifact_content({path!r}) answered no text: {content!r:.200}")
    return content


def by_experiment(runs: list[Found]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for found in runs:
        grouped.setdefault(found.experiment_id, []).append(found.run_id)
    return grouped


def metric_table(found: dict[str, list[Found]]) -> dict[str, dict[str, dict[str, float | None]]]:
    """Task, then metric, then invocation: the numbers to compare stand side by side."""
    table: dict[str, dict[str, dict[str, float | None]]] = {}
    for invocation, runs in found.items():
        for item in runs:
            for key, value in item.metrics.items():
                table.setdefault(item.name, {}).setdefault(key, {})[invocation] = value
    return table


if __name__ == "__main__":
    sys.exit(main())
