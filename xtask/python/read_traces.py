"""Print the tags of an experiment's traces, by id, as MLflow's own client of the second line reads them.

Needs the environment of `mlflow2.txt`. Spans are not read: they are in files, which traces made by REST do
not have, and that client waits long for them.
"""

from __future__ import annotations

import argparse
import json

from mlflow import MlflowClient


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--tracking-uri", required=True, help="an MLflow server")
    parser.add_argument("--experiment", required=True, help="its id")
    options = parser.parse_args()
    client = MlflowClient(options.tracking_uri)
    found = client.search_traces([options.experiment], include_spans=False)
    assert not found.token, "more traces than one page has"
    print(json.dumps({trace.info.request_id: trace.info.tags for trace in found}, ensure_ascii=True))


if __name__ == "__main__":
    main()
