"""Where the sample's experiments, runs and models are: their ids differ from server to server."""

from __future__ import annotations

import json

from .exchange import Exchange, Json, RecordingFailed, send

API = "/api/2.0/mlflow"


class Sample:
    """Looks up by name what `sample_data.py` made, and remembers every id it met, in order."""

    def __init__(self, uri: str) -> None:
        self._uri = uri
        self.ids: list[str] = []
        _, _, version = send(uri, Exchange("version", 200, "GET", "/version"))
        self.version = version.decode().strip()

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])

    def experiment(self, name: str) -> str:
        route = f"{API}/experiments/get-by-name"
        found = self._json(Exchange(name, 200, "GET", route, {"experiment_name": name}))
        return str(found["experiment"]["experiment_id"])

    def run(self, experiment: str, name: str, view: str = "ACTIVE_ONLY") -> str:
        """The oldest run of that name."""
        runs = self._search(experiment, f"attributes.run_name = '{name}'", view)
        if not runs:
            raise RecordingFailed(
                f"no run {name!r} in experiment {experiment}: fill the server with sample_data.py"
            )
        return str(runs[0]["info"]["run_id"])

    def only_run(self, experiment: str) -> str:
        return str(self._search(experiment, "", "ALL")[0]["info"]["run_id"])

    def collect(self, experiments: list[str]) -> None:
        """Remember the ids of all runs and models, oldest first, so that each can get a stable one."""
        for experiment in experiments:
            self.ids += [run["info"]["run_id"] for run in self._search(experiment, "", "ALL")]
        if self.major >= 3:
            body = {
                "experiment_ids": experiments,
                "order_by": [{"field_name": "creation_time", "ascending": True}],
            }
            found = self._json(Exchange("models", 200, "POST", f"{API}/logged-models/search", body=body))
            self.ids += [model["info"]["model_id"].removeprefix("m-") for model in found.get("models", [])]

    def models(self, experiment: str) -> list[str]:
        """The ids of the experiment's logged models, best first."""
        body = {
            "experiment_ids": [experiment],
            "order_by": [{"field_name": "metrics.holdout/auc", "ascending": False}],
        }
        found = self._json(Exchange("models", 200, "POST", f"{API}/logged-models/search", body=body))
        return [model["info"]["model_id"] for model in found["models"]]

    def trace(self, experiment: str, status: str) -> str:
        """The newest trace of that status."""
        location = {"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": experiment}}
        body = {"locations": [location], "max_results": 1, "filter": f"status = '{status}'"}
        found = self._json(Exchange("traces", 200, "POST", "/api/3.0/mlflow/traces/search", body=body))
        return str(found["traces"][0]["trace_id"])

    def assessment(self, experiment: str) -> str:
        """The first of the newest failed trace."""
        location = {"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": experiment}}
        body = {"locations": [location], "max_results": 1, "filter": "status = 'ERROR'"}
        found = self._json(Exchange("traces", 200, "POST", "/api/3.0/mlflow/traces/search", body=body))
        return str(found["traces"][0]["assessments"][0]["assessment_id"])

    def second_traces(self, experiment: str) -> list[str]:
        """The ids of the traces as MLflow 2 has them, newest first; the server makes them up."""
        query = {"experiment_ids": experiment, "max_results": 100}
        found = self._json(Exchange("traces", 200, "GET", f"{API}/traces", query))
        ids = [trace["request_id"] for trace in found["traces"]]
        self.ids += ids
        return ids

    def evaluation_dataset(self, experiment: str) -> str:
        body = {"experiment_ids": [experiment], "max_results": 1}
        found = self._json(Exchange("datasets", 200, "POST", "/api/3.0/mlflow/datasets/search", body=body))
        return str(found["datasets"][0]["dataset_id"])

    def _search(self, experiment: str, filter_text: str, view: str) -> list[Json]:
        body: Json = {
            "experiment_ids": [experiment],
            "max_results": 1000,
            "run_view_type": view,
            "order_by": ["attributes.start_time ASC"],
        }
        if filter_text:
            body["filter"] = filter_text
        found = self._json(Exchange("runs", 200, "POST", f"{API}/runs/search", body=body))
        return list(found.get("runs", []))

    def _json(self, exchange: Exchange) -> Json:
        status, _, body = send(self._uri, exchange)
        if status != exchange.status:
            shown = body[:200].decode(errors="replace")
            raise RecordingFailed(
                f"{exchange.path_and_query} answered {status}: {shown}; is it the sample's server?"
            )
        return dict(json.loads(body))
