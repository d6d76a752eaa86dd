"""Record the answers of a server that `sample_data.py` has filled, one JSON file per answer.

Run it once per MLflow version, into a directory of that version's own. Ids and creation times are replaced by
stable ones, so that a new recording shows in the diff only what MLflow changed.
"""

from __future__ import annotations

import argparse
import base64
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from recording import catalogue, made
from recording.exchange import Exchange, Json, RecordingFailed, answer, send
from recording.sample import API, Sample
from recording.stable import stable
from writing.llm import Llm

LARGEST_BYTES = 20_000
EXPERIMENTS = (
    catalogue.CHURN,
    catalogue.FINETUNING,
    catalogue.UNICODE,
    catalogue.DELETED,
    catalogue.LAYOUT,
    catalogue.NIGHTLY,
    "llm-eval-release",
    catalogue.AGENT,
)
STRANGER = ("fixture-reader", "a password for fixtures only")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--tracking-uri", required=True, help="a server filled by sample_data.py")
    parser.add_argument(
        "--auth-uri", help="also a server with MLflow's basic-auth app: http://ADMIN:PASSWORD@HOST"
    )
    parser.add_argument(
        "--llm-port", type=int, help="the server runs jobs, for which an LLM is imitated at this port"
    )
    parser.add_argument("--out", required=True, type=Path, help="directory for the fixtures, one per version")
    options = parser.parse_args()
    try:
        llm = Llm(options.llm_port) if options.llm_port else None
        written = record(options.tracking_uri, options.out, llm)
        if options.auth_uri:
            written += record_auth(options.auth_uri, options.out)
    except RecordingFailed as error:
        print(f"record fixtures: {error}", file=sys.stderr)
        return 1
    print(f"record fixtures: {written} files in {options.out}", file=sys.stderr)
    return 0


def record(uri: str, out: Path, llm: Llm | None) -> int:
    sample = Sample(uri)
    sample.collect([sample.experiment(name) for name in EXPERIMENTS])
    written = write(uri, catalogue.exchanges(sample), out, sample.ids)
    if sample.major < 3:
        return written
    names: set[str] = set()

    def kept(exchange: Exchange) -> Json:
        names.add(exchange.name)
        body: Json = keep(uri, exchange, out, sample.ids)
        return body

    made.record(sample, kept, llm)
    return written + len(names)


def write(uri: str, exchanges: Iterator[Exchange], out: Path, ids: list[str]) -> int:
    out.mkdir(parents=True, exist_ok=True)
    written = 0
    for exchange in exchanges:
        keep(uri, exchange, out, ids)
        written += 1
    return written


def keep(uri: str, exchange: Exchange, out: Path, ids: list[str]) -> Any:
    """Write the answer as a fixture; its body is as the server gave it."""
    said = answer(uri, exchange)
    body = said["response"].get("body")
    text = json.dumps(stable(said, ids), indent=1, ensure_ascii=False) + "\n"
    if len(text.encode()) > LARGEST_BYTES:
        raise RecordingFailed(f"{exchange.name} has {len(text)} characters: ask for fewer rows")
    (out / f"{exchange.name}.json").write_text(text, encoding="utf-8")
    return body


def record_auth(uri: str, out: Path) -> int:
    """What the basic-auth app answers to nobody, to a wrong password, to a user without permission."""
    parts = urlsplit(uri)
    bare = f"{parts.scheme}://{parts.hostname}:{parts.port}"
    admin = basic(unquote(parts.username or ""), unquote(parts.password or ""))
    user = {"username": STRANGER[0], "password": STRANGER[1]}
    create = Exchange("user", 200, "POST", f"{API}/users/create", body=user, secret_headers=admin)
    status, _, body = send(bare, create)
    if status != 200 and b"RESOURCE_ALREADY_EXISTS" not in body:
        raise RecordingFailed(f"users/create answered {status}: {body[:200].decode(errors='replace')}")
    return write(bare, auth_exchanges(), out, [])


def auth_exchanges() -> Iterator[Exchange]:
    search, one = f"{API}/experiments/search", {"max_results": 1}
    wrong, stranger = basic("nobody", "wrong"), basic(*STRANGER)
    yield Exchange("auth-missing", 401, "POST", search, body=one)
    yield Exchange("auth-wrong", 401, "POST", search, body=one, secret_headers=wrong)
    tag = {"experiment_id": "0", "key": "owner", "value": "x"}
    write_tag = f"{API}/experiments/set-experiment-tag"
    yield Exchange("auth-forbidden", 403, "POST", write_tag, body=tag, secret_headers=stranger)


def basic(user: str, password: str) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


if __name__ == "__main__":
    sys.exit(main())
