"""Benchmark runs as evaluation launchers export them: one run per task, spread over more than one experiment.

What ties the runs of a launch together is its invocation id, 16 hex digits, kept as a tag and as a param.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from .evaluation_files import Launch, Task, run_files
from .rest import Tracking
from .runs import at, create_experiment, create_run, finals

NIGHTLY = "llm-eval-nightly"
RELEASE = "llm-eval-release"

TASKS = {
    NIGHTLY: (
        Task("lm-evaluation-harness", "ifeval", "prompt_level_strict_acc", 541),
        Task("simple_evals", "gpqa_diamond", "score", 198),
        Task("simple_evals", "mmlu_pro", "score", 12032),
    ),
    RELEASE: (
        Task("simple_evals", "math_500", "score", 500),
        Task("bigcode-evaluation-harness", "humaneval", "pass_at_1", 164),
    ),
}

BASELINE = Launch(
    invocation_id="a1f0c3d95e7b2846",
    model="orion-8b-instruct",
    precision="bf16",
    day=10,
    scores={
        "ifeval": 0.7874,
        "gpqa_diamond": 0.3384,
        "mmlu_pro": 0.4871,
        "math_500": 0.522,
        "humaneval": 0.6707,
    },
)
QUANTIZED = Launch(
    invocation_id="4be07d915c3fa268",
    model="orion-8b-instruct-fp8",
    precision="fp8",
    day=11,
    scores={
        "ifeval": 0.7763,
        "gpqa_diamond": 0.3283,
        "mmlu_pro": 0.4839,
        "math_500": 0.51,
        "humaneval": 0.6646,
    },
)
# What a real server also holds: a launch whose id must not be mixed up with the two above.
ABANDONED = Launch(
    invocation_id="a1f0c3d95e7b2847",
    model="orion-3b-instruct",
    precision="bf16",
    day=12,
    scores={"ifeval": 0.6118},
)


@dataclass(frozen=True)
class Recorded:
    run_id: str
    experiment_id: str
    task: Task

    def entry(self) -> dict[str, Any]:
        return {
            "run_id": self.run_id,
            "experiment_id": self.experiment_id,
            "task": self.task.name,
            "harness": self.task.harness,
            "metric": self.task.metric_key,
            "artifacts": self.task.directory,
        }


def launches(server: Tracking) -> dict[str, Any]:
    """Both experiments, filled in the order of time."""
    experiments = {
        NIGHTLY: create_experiment(
            server, NIGHTLY, "Every night: instruction following and knowledge.", team="eval"
        ),
        RELEASE: create_experiment(server, RELEASE, "Before a release: maths and code on top.", team="eval"),
    }
    recorded = [
        _entry(launch, _record(server, experiments, launch)) for launch in (BASELINE, QUANTIZED, ABANDONED)
    ]
    return {
        "experiments": {
            "eval_nightly": {"id": experiments[NIGHTLY], "name": NIGHTLY},
            "eval_release": {"id": experiments[RELEASE], "name": RELEASE},
        },
        "invocations": recorded,
    }


def _entry(launch: Launch, runs: list[Recorded]) -> dict[str, Any]:
    return {
        "invocation_id": launch.invocation_id,
        "model": launch.model,
        "experiment_ids": sorted({run.experiment_id for run in runs}),
        "runs": [run.entry() for run in runs],
    }


def _record(server: Tracking, experiments: dict[str, str], launch: Launch) -> list[Recorded]:
    tasks = [(name, task) for name, group in TASKS.items() for task in group if task.name in launch.scores]
    return [
        _record_task(server, experiments[name], launch, task, position)
        for position, (name, task) in enumerate(tasks)
    ]


def _record_task(server: Tracking, experiment: str, launch: Launch, task: Task, position: int) -> Recorded:
    start = at(launch.day, 12, 40 * position)
    minutes = 10 + task.samples // 500
    files, metrics = run_files(launch, task, start, minutes)
    run = create_run(
        server,
        experiment,
        f"eval-{launch.invocation_id}-{task.name}",
        start=start,
        minutes=minutes,
        user="eval-bot",
        params=_params(launch, task, start),
        tags=_tags(launch, task, position),
        metrics=finals(metrics, start + minutes * 60_000),
    )
    server.upload(run.artifact_uri, files)
    return Recorded(run.id, experiment, task)


def _params(launch: Launch, task: Task, start: int) -> dict[str, str]:
    return {
        "invocation_id": launch.invocation_id,
        "executor": "slurm",
        "timestamp": f"{start / 1000:.1f}",
        "model": launch.model,
        "precision": launch.precision,
        "config.params.temperature": "0.0",
        "config.params.limit_samples": str(task.samples),
    }


def _tags(launch: Launch, task: Task, position: int) -> dict[str, str]:
    cluster = random.Random(launch.invocation_id).choice(("north", "south"))
    return {
        "invocation_id": launch.invocation_id,
        "job_id": f"{launch.invocation_id}.{position}",
        "task_name": task.name,
        "benchmark": task.name,
        "harness": task.harness,
        "executor": "slurm",
        "model": launch.model,
        "cluster": cluster,
    }
