"""The files of one benchmark run: configuration, scores, runtime statistics and the client's log."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from . import files

LOG_LINES = 120


@dataclass(frozen=True)
class Task:
    harness: str
    name: str
    metric: str
    samples: int

    @property
    def metric_key(self) -> str:
        return f"{self.name}.{self.metric}"

    @property
    def directory(self) -> str:
        return f"{self.harness}.{self.name}"


@dataclass(frozen=True)
class Launch:
    invocation_id: str
    model: str
    precision: str
    day: int
    scores: dict[str, float]


def run_files(
    launch: Launch, task: Task, start: int, minutes: int
) -> tuple[dict[str, bytes], dict[str, float]]:
    """Artifacts by path, and the metrics that the launcher exports from them.

    Configuration and statistics lie in the task's directory and once more at the run's root, because readers
    look for `config.yml` and `artifacts/eval_factory_metrics.json` there.
    """
    score = launch.scores[task.name]
    error = math.sqrt(score * (1 - score) / task.samples)
    config = files.yaml_bytes(_config(launch, task))
    statistics = _statistics(launch, task, start, minutes)
    directory = f"{task.directory}/artifacts"
    contents = {
        "config.yml": config,
        "artifacts/eval_factory_metrics.json": files.json_bytes(statistics),
        f"{directory}/config.yml": config,
        f"{directory}/results.yml": files.yaml_bytes(_results(launch, task, score, error)),
        f"{directory}/eval_factory_metrics.json": files.json_bytes(statistics),
        f"{task.directory}/logs/client-0.log": _client_log(launch, task, start, minutes),
    }
    metrics = {
        task.metric_key: score,
        f"{task.metric_key}_stderr": round(error, 6),
        "response_stats.avg_latency_ms": statistics["response_stats"]["avg_latency_ms"],
        "response_stats.avg_completion_tokens": statistics["response_stats"]["avg_completion_tokens"],
        "response_stats.successful_count": statistics["response_stats"]["successful_count"],
    }
    return contents, metrics


def _config(launch: Launch, task: Task) -> dict[str, Any]:
    return {
        "config": {
            "type": task.name,
            "output_dir": "/results",
            "params": {
                "limit_samples": None,
                "max_new_tokens": 8192 if task.name != "ifeval" else 1280,
                "max_retries": 5,
                "parallelism": 16,
                "request_timeout": 600,
                "temperature": 0.0,
                "top_p": 1.0,
                "task": task.name,
                "extra": {"n_samples": task.samples, "downsampling_ratio": None},
            },
        },
        "target": {
            "api_endpoint": {
                "api_key": "INFERENCE_API_KEY",
                "model_id": launch.model,
                "type": "chat",
                "url": "http://inference.example.com:8000/v1/chat/completions",
                "adapter_config": {"use_caching": True, "use_response_logging": True, "use_reasoning": False},
            }
        },
        "metadata": {
            "invocation_id": launch.invocation_id,
            "harness": task.harness,
            "precision": launch.precision,
            "container": f"registry.example.com/eval/{task.harness}:26.01",
        },
    }


def _results(launch: Launch, task: Task, score: float, error: float) -> dict[str, Any]:
    stats = {"count": task.samples, "stderr": round(error, 6), "mean": score}
    scores = {task.metric: {"value": score, "stats": stats}}
    outcome = {task.name: {"metrics": {task.metric: {"scores": scores}}}}
    return {
        "command": f"run_eval --task {task.name} --model {launch.model} --output_dir /results",
        "git_hash": "4c2f1e9",
        "results": {"groups": outcome, "tasks": outcome},
    }


def _statistics(launch: Launch, task: Task, start: int, minutes: int) -> dict[str, Any]:
    """Request and runtime figures; times in the units of their names."""
    of_task, dice = random.Random(task.name), random.Random(f"{launch.invocation_id}/{task.name}")
    prompt = round(of_task.uniform(180, 420), 2)
    completion = round(of_task.uniform(250, 900) * dice.uniform(0.97, 1.03), 2)
    latency = round(completion * (4.1 if launch.precision == "bf16" else 2.9) + dice.uniform(40, 90), 2)
    failed = dice.randint(0, 2)
    return {
        "response_stats": {
            "count": task.samples,
            "successful_count": task.samples - failed,
            "status_codes": {"200": task.samples - failed, **({"504": failed} if failed else {})},
            "finish_reason": {"stop": task.samples - failed - 3, "length": 3},
            "avg_prompt_tokens": prompt,
            "avg_completion_tokens": completion,
            "avg_total_tokens": round(prompt + completion, 2),
            "max_completion_tokens": round(completion * 3.4),
            "avg_latency_ms": latency,
            "max_latency_ms": round(latency * 4.7, 2),
            "inference_time_seconds": minutes * 60 - 41,
        },
        "evaluation": {
            "start_time": _iso(start),
            "end_time": _iso(start + minutes * 60_000),
            "runtime_seconds": minutes * 60,
            "peak_memory_bytes": dice.randint(900_000_000, 1_900_000_000),
        },
    }


def _client_log(launch: Launch, task: Task, start: int, minutes: int) -> bytes:
    dice = random.Random(f"log/{launch.invocation_id}/{task.name}")
    lines = [f"{_iso(start)} INFO loading task {task.name} ({task.samples} samples) for {launch.model}"]
    for line in range(1, LOG_LINES):
        when = _iso(start + line * minutes * 60_000 // LOG_LINES)
        done = line * task.samples // LOG_LINES
        lines.append(f"{when} INFO {done}/{task.samples} requests done, {dice.uniform(8, 19):.1f} requests/s")
        if line == LOG_LINES // 2:
            lines.append(f"{when} WARNING request {done + 1}: HTTP 429, retry 1 of 5 in 2 s")
    lines.append(f"{_iso(start + minutes * 60_000)} INFO {task.metric_key} = {launch.scores[task.name]}")
    return ("\n".join(lines) + "\n").encode()


def _iso(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, timezone.utc).isoformat()
