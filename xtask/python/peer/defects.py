"""Where our answer differs from the other server's on purpose, each with its reason. A line that covers no
difference any more fails the comparison."""

from __future__ import annotations

from peer.compare import Defect

ERROR = "error"

UNKNOWN = "an unknown id or key is an error that says what to do next, not an empty list"
BOUNDED = "an answer is bounded, and says how to go on"
CONTENT = "every file can be read: pictures as pictures, Latin-1 as text, binary files as what they are"

DEFECTS: tuple[Defect, ...] = (
    Defect("get_experiment_*", "unknown", ERROR, UNKNOWN),
    Defect("get_runs", "unknown", ERROR, UNKNOWN),
    Defect("get_run_metric", "unknown", ERROR, UNKNOWN),
    Defect("get_run_metric", "long", ".length", BOUNDED + "; the curve keeps its shape in 200 points"),
    Defect("get_run_artifacts", "unknown", ERROR, UNKNOWN),
    Defect("get_artifact_content", "log", "", BOUNDED),
    Defect("get_artifact_content", "png", ERROR, CONTENT),
    Defect("get_artifact_content", "latin1", ERROR, CONTENT),
    Defect("get_artifact_content", "binary", ERROR, CONTENT),
    Defect(
        "register_model", "bad source", "MLflow: *", "a bad source leaves no empty registered model behind"
    ),
    Defect(
        "get_run_artifact", "*", "local_path", "a path on somebody's disk is of no use to a remote caller"
    ),
    Defect("get_run_artifact", "directory", "size_bytes", "a directory has entries, and no size of its own"),
    Defect("get_registered_model", "with aliases", ERROR, "fails there for every model with an alias"),
    Defect("get_model_versions", "unknown", ERROR, UNKNOWN),
    Defect("get_best_run", "unknown", ERROR, UNKNOWN),
    Defect("get_best_run", "one that is running", "*", "only finished runs are the best"),
    Defect("delete_model_alias", "not there", ERROR, "an alias that is not there is not reported as deleted"),
)
