"""Files that break readers, and what pandas and plain Python read in them.

What the analysing tools are held against: the files are logged to a run of its own, and what is in
them is printed as one JSON object.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from pathlib import Path
from typing import Any

import mlflow
import pandas as pd  # type: ignore[import-untyped]

BIG = 100_000_000


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--tracking-uri", required=True, help="an MLflow server that may be written to")
    options = parser.parse_args()
    mlflow.set_tracking_uri(options.tracking_uri)
    mlflow.set_experiment("awkward files")
    with mlflow.start_run() as run, tempfile.TemporaryDirectory() as folder:
        written = write(Path(folder))
        mlflow.log_artifacts(folder)
        mlflow.log_table(
            {"step": [1, 2, 3], "text": ["a", "é", None], "score": [0.5, 0.25, 1.0]}, "eval.json"
        )
        print(json.dumps({"run_id": run.info.run_id, **written, "evaluation": evaluation()}))
    return 0


def write(folder: Path) -> dict[str, Any]:
    (folder / "empty.log").write_bytes(b"")
    dice = random.Random("binary")
    (folder / "weights.bin").write_bytes(bytes(dice.randrange(256) for _ in range(50_000)))
    (folder / "utf16.txt").write_bytes("eins\r\nzwei größe\r\ndrei\r\n".encode("utf-16"))
    (folder / "latin1.txt").write_bytes("eins\nzwei größe\n".encode("latin-1"))
    (folder / "crlf.txt").write_bytes(b"one\r\ntwo ERROR\r\nthree\r\n")
    (folder / "long.txt").write_text("x" * 3_000_000 + "needle" + "y" * 3_000_000 + "\nlast needle\n")
    (folder / "nan.json").write_text(json.dumps({"loss": float("nan"), "best": [float("inf"), 0.1]}))
    named_like_a_file = folder / "results.csv"
    named_like_a_file.mkdir()
    (named_like_a_file / "part.csv").write_text("a,b\n1,2\n")
    return {"big": big(folder / "big.log"), "table": table(folder / "table.csv"), "files": sizes(folder)}


def sizes(folder: Path) -> dict[str, int]:
    files = (file for file in folder.rglob("*") if file.is_file())
    return {file.relative_to(folder).as_posix(): file.stat().st_size for file in files}


def big(file: Path) -> dict[str, Any]:
    """A log of 100 MB, and what grep, head and tail would say of it."""
    dice, errors, size, number = random.Random("big"), list[int](), 0, 0
    middle = ""
    with file.open("w") as out:
        while size < BIG:
            number += 1
            wrong = dice.random() < 0.0005
            line = f"{number:09} {'ERROR' if wrong else 'INFO'} loss={dice.random():.12f} {'.' * 80}"
            if wrong:
                errors.append(number)
            if number == 700_000:
                middle = line
            size += out.write(line + "\n")
    return {"lines": number, "bytes": size, "errors": errors, "line_700000": middle, "last": line}


def table(file: Path) -> dict[str, Any]:
    """A table with quotes, line breaks and commas in its cells, as pandas writes and reads it."""
    dice = random.Random("table")
    rows = [
        {
            "id": f"{row:05}",
            "text": dice.choice(["plain", 'a "quoted" word', "two\nlines", "a, comma", "", "größe 🚀"]),
            "score": dice.choice([dice.random(), float("nan"), 1e300, -0.0]),
            "n": dice.randrange(1_000),
        }
        for row in range(20_000)
    ]
    pd.DataFrame(rows).to_csv(file, index=False)
    frame = pd.read_csv(file, dtype=str, keep_default_na=False)
    chosen = frame.loc[10_000:10_049, ["score", "text"]]
    return {"columns": list(frame.columns), "rows": len(frame), "chosen": chosen.to_numpy().tolist()}


def evaluation() -> list[dict[str, Any]]:
    """Every evaluation run of the sample data with what its file of statistics says, by way of pandas."""
    every = "tags.invocation_id LIKE '%'"
    runs = mlflow.search_runs(search_all_experiments=True, filter_string=every, output_format="pandas")
    assert isinstance(runs, pd.DataFrame)
    found = []
    for _, run in runs.iterrows():
        text = mlflow.artifacts.load_text(f"{run['artifact_uri']}/artifacts/eval_factory_metrics.json")
        statistics = pd.json_normalize(json.loads(text)).iloc[0]
        metrics = {str(name): value for name, value in run.items() if str(name).startswith("metrics.")}
        found.append(
            {
                "invocation_id": run["tags.invocation_id"],
                "task": run["tags.task_name"],
                "model": run["tags.model"],
                "metrics": {
                    name.removeprefix("metrics."): value
                    for name, value in metrics.items()
                    if not pd.isna(value)
                },
                "statistics": {
                    str(name): float(value)
                    for name, value in statistics.items()
                    if pd.api.types.is_number(value)
                },
            }
        )
    return found


if __name__ == "__main__":
    sys.exit(main())
