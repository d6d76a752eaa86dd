"""The toolset `datasets`: evaluation datasets, their records, tags and experiments."""

from __future__ import annotations

import json
from typing import Any

import mlflow
from mlflow import MlflowClient

from checks import expect
from peer.servers import Json, Rest

from . import run_datasets
from .bench import Bench, Version, taken_apart

# What is awkward to write, to quote and to find again.
AWKWARD = "größe'\"` 🦉\n{}"
BOTH_QUOTES = 'it\'s "golden" \\ 100 %'

OLDER: dict[str, Json] = {
    "search_datasets": {},
    "get_dataset": {"name": "golden"},
    "get_dataset_records": {"dataset_id": "d-1"},
    "create_dataset": {"name": "golden"},
    "upsert_dataset_records": {"dataset_id": "d-1", "records": [{"inputs": {"q": 1}}]},
    "delete_dataset_records": {"dataset_id": "d-1", "dataset_record_ids": ["dr-1"]},
    "set_dataset_tags": {"dataset_id": "d-1", "tags": {"a": "b"}},
    "delete_dataset_tag": {"dataset_id": "d-1", "key": "a"},
    "add_dataset_to_experiments": {"dataset_id": "d-1", "experiment_ids": ["0"]},
    "remove_dataset_from_experiments": {"dataset_id": "d-1", "experiment_ids": ["0"]},
    "delete_dataset": {"dataset_id": "d-1"},
}


def check(bench: Bench, client: MlflowClient, rest: Rest, version: Version) -> None:
    run_datasets.check(bench, client)
    if version < (3, 0):
        for tool, arguments in OLDER.items():
            bench.refused(tool, arguments, "MLflow has them since 3.4, and this server is older")
            if tool not in ("search_datasets", "get_dataset", "get_dataset_records"):
                # Before it looks for a dataset, this dry run asks whether records can be deleted at all.
                since = "3.10 or newer" if tool == "delete_dataset_records" else "MLflow has them since 3.4"
                bench.refused(tool, {**arguments, "dry_run": True}, since)
        return
    home = client.create_experiment("home")
    dataset_id = creation(bench, client, home)
    if version < (3, 7):
        early(bench, client, dataset_id, home)
        return
    inserting(bench, client, dataset_id)
    updating(bench, client, dataset_id)
    sources(bench, client)
    odd_records(bench, client, dataset_id)
    deleting(bench, client, dataset_id)
    tags(bench, client, dataset_id)
    experiments(bench, client, dataset_id, home)
    paging(bench, client)
    searching(bench, client, home)
    removal(bench, client, dataset_id)


def all_datasets(client: MlflowClient) -> dict[str, str]:
    return {one.dataset_id: one.name for one in client.search_datasets(max_results=100)}


def records(client: MlflowClient, dataset_id: str) -> list[Json]:
    """By MLflow's own client, without ids and times."""
    told = ("inputs", "expectations", "outputs", "tags", "source")
    every = client.get_dataset(dataset_id).to_dict()["records"]
    return [{name: record[name] for name in told if record.get(name)} for record in every]


def ids(client: MlflowClient, dataset_id: str) -> list[str]:
    return [record["dataset_record_id"] for record in client.get_dataset(dataset_id).to_dict()["records"]]


def creation(bench: Bench, client: MlflowClient, home: str) -> str:
    def state() -> Any:
        found = [client.get_dataset(known) for known in all_datasets(client)]
        return [(one.name, one.tags, one.experiment_ids, one.created_by) for one in found]

    given = {"team": AWKWARD, "mlflow.user": "ada"}
    arguments = {"name": BOTH_QUOTES, "experiment_ids": [home, int(home)], "tags": given}
    answer = bench.change(
        "create_dataset", arguments, state, [(BOTH_QUOTES, {**given, "mlflow.user": "ada"}, [home], "ada")]
    )
    expect("note" not in answer, f"{answer}")
    # What was created, taken back and created again has another id.
    (dataset_id,) = all_datasets(client)
    found = bench.call("get_dataset", {"name": BOTH_QUOTES})
    expect((found["dataset_id"], found["experiment_ids"]) == (dataset_id, [home]), f"{found}")
    bench.refused("create_dataset", {"name": "x", "experiment_ids": ["999"]}, "there is no experiment")
    bench.refused("create_dataset", {"name": "x" * 256}, "MLflow keeps 255")
    bench.refused("create_dataset", {"name": "x", "tags": {"k": "v" * 5001}}, "MLflow keeps 5000")
    # MLflow takes a name twice, and by name then finds neither.
    first = bench.call("create_dataset", {"name": "twin"})
    would = bench.call("create_dataset", {"name": "twin", "dry_run": True})
    expect(first["dataset_id"] in would["would"] and "note" not in first, f"{would}")
    second = bench.call("create_dataset", {"name": "twin"})
    expect(first["dataset_id"] in second["note"], f"{second}")
    bench.refused("get_dataset", {"name": "twin"}, second["dataset_id"])
    for twin in (first, second):
        bench.call(*taken_apart(twin["undo"]))
    expect(list(all_datasets(client)) == [dataset_id], f"{all_datasets(client)}")
    return dataset_id


def inserting(bench: Bench, client: MlflowClient, dataset_id: str) -> None:
    def state() -> Any:
        return records(client, dataset_id)

    question = {"question": AWKWARD, "list": [1, 2.5, None, {"a": True}], "big": 2**53 + 1}
    given = [
        {"inputs": question, "expectations": {"answer": {"text": AWKWARD}}, "tags": {"set": "a", "n": 1}}
    ]
    after = [
        {
            "inputs": question,
            "expectations": {"answer": {"text": AWKWARD}},
            "tags": {"set": "a", "n": "1"},
            "source": {"source_type": "HUMAN", "source_data": {}},
        }
    ]
    answer = bench.change(
        "upsert_dataset_records", {"dataset_id": dataset_id, "records": given}, state, after
    )
    expect((answer["inserted"], answer["updated"]) == (1, 0), f"{answer}")
    # As text, and as one record.
    more = json.dumps({"inputs": {"question": "x"}})
    would = bench.call("upsert_dataset_records", {"dataset_id": dataset_id, "records": more, "dry_run": True})
    expect("insert 1, update 0" in would["would"], f"{would}")
    answer = bench.call("upsert_dataset_records", {"dataset_id": dataset_id, "records": more})
    expect(answer["inserted_record_ids"] == ids(client, dataset_id)[1:], f"{answer}")
    expect(
        records(client, dataset_id)[1]["source"]["source_type"] == "CODE", f"{records(client, dataset_id)}"
    )
    shown = bench.call("get_dataset", {"dataset_id": dataset_id})
    expect((shown["num_records"], shown["profile"]) == (2, {"num_records": 2}), f"{shown}")
    expect(shown["schema"] == json.loads(client.get_dataset(dataset_id).schema), f"{shown}")
    expect(shown["digest"] == client.get_dataset(dataset_id).digest, f"{shown}")


def early(bench: Bench, client: MlflowClient, dataset_id: str, home: str) -> None:
    """What a server before 3.7 can, and the refusal of what it cannot: records cannot be taken back there."""

    def state() -> list[str]:
        return list(all_datasets(client))

    arguments: Json = {"dataset_id": dataset_id, "records": [{"inputs": {"question": AWKWARD}}]}
    would = bench.call("upsert_dataset_records", {**arguments, "dry_run": True})
    expect("insert 1" in would["would"] and records(client, dataset_id) == [], f"{would}")
    expect("cannot be taken back" in would["would"], f"{would}")
    answer = bench.call("upsert_dataset_records", arguments)
    expect(answer["undo"] == [] and "cannot be taken back" in answer["note"], f"{answer}")
    expect(answer["inserted_record_ids"] == ids(client, dataset_id), f"{answer}")
    expect(records(client, dataset_id)[0]["inputs"] == {"question": AWKWARD}, "what was inserted")
    tags(bench, client, dataset_id)
    other = client.create_experiment("other")
    of_other = {"dataset_id": dataset_id, "experiment_ids": [other]}
    of_home = {"dataset_id": dataset_id, "experiment_ids": [home]}
    of_record = {"dataset_id": dataset_id, "dataset_record_ids": ids(client, dataset_id)}
    bench.refused("add_dataset_to_experiments", of_other, "needs MLflow 3.7 or newer")
    bench.refused("remove_dataset_from_experiments", of_home, "needs MLflow 3.7 or newer")
    for asked in (of_record, {**of_record, "dry_run": True}):
        bench.refused("delete_dataset_records", asked, "needs MLflow 3.10 or newer")
    bench.change("delete_dataset", {"dataset_id": dataset_id}, state, [])


def updating(bench: Bench, client: MlflowClient, dataset_id: str) -> None:
    def state() -> Any:
        return records(client, dataset_id)[1:]

    record = {"inputs": {"question": "x"}, "expectations": {"answer": "1", "score": 0.1}, "outputs": "first"}
    bench.call("upsert_dataset_records", {"dataset_id": dataset_id, "records": [record]})
    kept = {"inputs": {"question": "x"}, "source": {"source_type": "CODE", "source_data": {}}}
    expect(state() == [{**kept, "expectations": record["expectations"], "outputs": "first"}], f"{state()}")
    # Only what is given changes; MLflow keeps where a record is from.
    given = {"inputs": {"question": "x"}, "expectations": {"answer": "2"}, "outputs": "second"}
    given["source"] = {"source_type": "DOCUMENT", "source_data": {"source_id": "7"}}
    after = [{**kept, "expectations": {"answer": "2", "score": 0.1}, "outputs": "second"}]
    arguments = {"dataset_id": dataset_id, "records": [given]}
    would = bench.call("upsert_dataset_records", {**arguments, "dry_run": True})
    expect('replaces expectations {"answer":"1"}' in would["would"], f"{would}")
    answer = bench.change("upsert_dataset_records", arguments, state, after)
    expect(
        answer["previous"][0]["replaced"] == {"expectations": {"answer": "1"}, "outputs": "first"},
        f"{answer}",
    )
    expect("note" not in answer and (answer["inserted"], answer["updated"]) == (0, 1), f"{answer}")
    # One is there and one is not: both are taken back, but for what MLflow cannot remove.
    both = [{**given, "expectations": {"answer": "3", "new": 1}}, {"inputs": {"question": "y"}}]
    answer = bench.call("upsert_dataset_records", {"dataset_id": dataset_id, "records": both})
    expect((answer["inserted"], answer["updated"], len(answer["undo"])) == (1, 1, 2), f"{answer}")
    expect("1 member of expectations and tags" in answer["note"], f"{answer}")
    for call in answer["undo"]:
        bench.call(*taken_apart(call))
    after[0]["expectations"] = {"answer": "2", "score": 0.1, "new": 1}
    expect(state() == after, f"{state()}")
    refused = (
        ([{"inputs": {"q": 1}}, {"inputs": {"q": 1}}], "items 0 and 1 have the same inputs"),
        ([{"inputs": {"q": 1}, "expectation": {}}], 'Did you mean "expectations"?'),
        ([{"inputs": {"goal": "g"}}], "mixes sessions"),
        ([{"inputs": {"q": 1}, "source": {"source_type": "ME"}}], "one of HUMAN"),
        ("[{", "is no JSON"),
    )
    before = records(client, dataset_id)
    for wrong, says in refused:
        bench.refused("upsert_dataset_records", {"dataset_id": dataset_id, "records": wrong}, says)
    expect(records(client, dataset_id) == before, "a refusal changed something")
    unknown = {"dataset_id": f"d-{'0' * 32}", "records": [{"inputs": {"q": 1}}]}
    bench.refused("upsert_dataset_records", unknown, "there is no evaluation dataset with id")
    bench.refused("upsert_dataset_records", {**unknown, "dataset_id": BOTH_QUOTES}, dataset_id)


def sources(bench: Bench, client: MlflowClient) -> None:
    """What is inferred is what MLflow's own client infers."""
    given: list[Json] = [
        {"inputs": {"n": 1}, "expectations": {"a": 1}},
        {"inputs": {"n": 2}},
        {"inputs": {"n": 3}, "expectations": {}},
        {"inputs": {"n": 4}, "source": {"source_type": "trace", "source_data": {"trace_id": "tr-1"}}},
    ]
    theirs = mlflow.genai.datasets.create_dataset("theirs")
    theirs.merge_records(json.loads(json.dumps(given)))
    ours = bench.call("create_dataset", {"name": "ours"})["dataset_id"]
    bench.call("upsert_dataset_records", {"dataset_id": ours, "records": given})

    def of(dataset_id: str) -> list[Json]:
        every = [
            {key: one for key, one in record.items() if key != "tags"}
            for record in records(client, dataset_id)
        ]
        return sorted(every, key=lambda record: record["inputs"]["n"])

    expect(of(ours) == of(theirs.dataset_id), f"{of(ours)} {of(theirs.dataset_id)}")
    for dataset_id in (ours, theirs.dataset_id):
        bench.call("delete_dataset", {"dataset_id": dataset_id})


def odd_records(bench: Bench, client: MlflowClient, dataset_id: str) -> None:
    """What a data frame with missing cells leaves."""
    odd = client.create_dataset("odd")
    odd.merge_records([{"inputs": {"q": 1}, "expectations": {"score": float("nan"), "best": float("-inf")}}])
    found = bench.call("get_dataset_records", {"dataset_id": odd.dataset_id})["result"]
    expect(found[0]["expectations"] == {"score": "NaN", "best": "-Infinity"}, f"{found}")
    bench.call("delete_dataset", {"dataset_id": odd.dataset_id})
    theirs = client.get_dataset(dataset_id).to_dict()["records"]
    shown = bench.call("get_dataset_records", {"dataset_id": dataset_id})
    expect(shown["truncated"] is False and "next_page_token" not in shown, f"{shown}")
    for ours, record in zip(shown["result"], theirs, strict=True):
        for name, value in ours.items():
            expect(record[name] == value, f"{name} of {ours} is not that of {record}")


def deleting(bench: Bench, client: MlflowClient, dataset_id: str) -> None:
    def state() -> Any:
        every = [json.dumps(record, sort_keys=True) for record in records(client, dataset_id)]
        return sorted(every)

    # Added again, it has another id: so the change is not made a second time by the same call.
    first, second = ids(client, dataset_id)
    before = state()
    arguments = {"dataset_id": dataset_id, "dataset_record_ids": [second, second]}
    would = bench.call("delete_dataset_records", {**arguments, "dry_run": True})
    expect(second in would["would"] and state() == before, f"{would}")
    answer = bench.call("delete_dataset_records", arguments)
    expect(answer["deleted"] == 1 and ids(client, dataset_id) == [first], f"{answer}")
    bench.refused("delete_dataset_records", arguments, f'has no record "{second}"')
    bench.call(*taken_apart(answer["undo"]))
    expect(state() == before, f"{state()} instead of {before}")
    expect(bench.call("get_dataset", {"dataset_id": dataset_id})["num_records"] == 2, "two records")
    bench.call(
        "delete_dataset_records", {"dataset_id": dataset_id, "dataset_record_ids": ids(client, dataset_id)}
    )
    shown = bench.call("get_dataset", {"dataset_id": dataset_id})
    expect((shown["num_records"], records(client, dataset_id)) == (0, []), f"{shown}")


def tags(bench: Bench, client: MlflowClient, dataset_id: str) -> None:
    def state() -> Any:
        return client.get_dataset(dataset_id).tags

    base = {"team": AWKWARD, "mlflow.user": "ada"}
    expect(state() == base, f"{state()}")
    arguments: Json = {"dataset_id": dataset_id, "tags": {"team": "cv", "a b.c%": "x?#"}}
    answer = bench.change("set_dataset_tags", arguments, state, {**base, **arguments["tags"]})
    expect((answer["previous"], answer["new_tags"]) == ({"team": AWKWARD}, ["a b.c%"]), f"{answer}")
    one = {"dataset_id": dataset_id, "key": "a b.c%"}
    answer = bench.change("delete_dataset_tag", one, state, {**base, "team": "cv"})
    expect(answer["previous_value"] == "x?#", f"{answer}")
    bench.refused("delete_dataset_tag", one, "has no tag")
    # MLflow has no route for it.
    slash = {"dataset_id": dataset_id, "tags": {"a/b": "1"}}
    would = bench.call("set_dataset_tags", {**slash, "dry_run": True})
    expect("no way to remove" in would["would"], f"{would}")
    expect(bench.call("set_dataset_tags", slash)["undo"] == [], "it cannot be taken back")
    bench.refused("delete_dataset_tag", {"dataset_id": dataset_id, "key": "a/b"}, "cannot delete")
    expect(state() == {**base, "team": "cv", "a/b": "1"}, f"{state()}")


def experiments(bench: Bench, client: MlflowClient, dataset_id: str, home: str) -> None:
    def state() -> Any:
        return client.get_dataset(dataset_id).experiment_ids

    other = client.create_experiment("other")
    expect(state() == [home], f"{state()}")
    arguments = {"dataset_id": dataset_id, "experiment_ids": [other, home]}
    answer = bench.change("add_dataset_to_experiments", arguments, state, [home, other])
    expect((answer["added"], answer["unchanged"]) == ([other], [home]), f"{answer}")
    bench.refused(
        "add_dataset_to_experiments", {**arguments, "experiment_ids": ["999"]}, "there is no experiment"
    )
    arguments["experiment_ids"] = [other, "999"]
    answer = bench.change("remove_dataset_from_experiments", arguments, state, [home])
    expect((answer["removed"], answer["unchanged"]) == ([other], ["999"]), f"{answer}")
    bench.refused("remove_dataset_from_experiments", arguments, f"It is in {home}")


def paging(bench: Bench, client: MlflowClient) -> None:
    """Every record once and in MLflow's order, however the pages are cut."""
    long = client.create_dataset("long")
    count = 260
    for start in range(0, count, 130):
        texts = [{"inputs": {"n": n, "text": "ü" * (n * 7 % 900)}} for n in range(start, start + 130)]
        long.merge_records(texts)
    expected = [record["inputs"]["n"] for record in client.get_dataset(long.dataset_id).to_dict()["records"]]
    for asked in (7, 100, 1000):
        found, token, cut = [], None, 0
        while True:
            arguments = {"dataset_id": long.dataset_id, "max_results": asked, "page_token": token}
            page = bench.call("get_dataset_records", arguments)
            expect(len(json.dumps(page, ensure_ascii=False)) < 50_000, "an answer is too long")
            found += [record["inputs"]["n"] for record in page["result"]]
            cut += page["truncated"]
            token = page.get("next_page_token")
            if token is None:
                break
        expect(found == expected, f"{asked}: {len(found)} of {len(expected)}")
        expect((cut > 0) == (asked > 50), f"{asked}: {cut} pages are cut")
    bench.refused(
        "get_dataset_records", {"dataset_id": long.dataset_id, "page_token": "7"}, "is none of this list"
    )
    huge = {"inputs": {"n": -1, "text": "x" * 200_000, "list": list(range(5_000))}}
    bench.call("upsert_dataset_records", {"dataset_id": long.dataset_id, "records": [huge]})
    last = records_after(bench, long.dataset_id, expected)
    expect(last["inputs"]["text"].endswith("... (200000 characters)"), f"{str(last)[:300]}")
    omitted = {"clipped_values": 1, "inputs": 5_000 - len(last["inputs"]["list"])}
    expect(last["omitted"] == omitted and last["inputs"]["n"] == -1, f"{last['omitted']}")
    bench.call("delete_dataset", {"dataset_id": long.dataset_id})


def records_after(bench: Bench, dataset_id: str, before: list[int]) -> Json:
    token = None
    for _ in range(100):
        page = bench.call("get_dataset_records", {"dataset_id": dataset_id, "page_token": token})
        token = page.get("next_page_token")
        if token is None:
            return dict(page["result"][-1])
    raise AssertionError(f"no end after {len(before)} records")


def searching(bench: Bench, client: MlflowClient, home: str) -> None:
    for number in range(3):
        client.create_dataset(f"qa-{number}", experiment_id=home, tags={"team": "nlp", "n": str(number)})

    def names(arguments: Json) -> list[str]:
        return [one["name"] for one in bench.call("search_datasets", arguments)["result"]]

    every = ["qa-2", "qa-1", "qa-0", BOTH_QUOTES]
    expect(names({}) == every, f"{names({})}")
    expect(names({"experiment_ids": [home], "order_by": ["name ASC"]}) == sorted(every), "by name")
    expect(names({"filter_string": "name LIKE 'qa%' AND tags.n = '1'"}) == ["qa-1"], "by tag")
    first = bench.call("search_datasets", {"max_results": 3})
    rest = bench.call("search_datasets", {"max_results": 3, "page_token": first["next_page_token"]})
    expect([one["name"] for one in first["result"] + rest["result"]] == every, f"{first} {rest}")
    misled = bench.call("search_datasets", {"filter_string": "tags.`team` = 'nlp'"})
    expect(misled["result"] == [] and "tags.team = 'nlp'" in misled["note"], f"{misled}")
    bench.refused("search_datasets", {"filter_string": "name = 'a' OR name = 'b'"}, "Invalid clause")
    bench.refused("search_datasets", {"experiment_ids": ["999"]}, "there is no experiment")
    bench.refused("get_dataset", {"name": "qa-7"}, "Did you mean")
    bench.refused("get_dataset", {"dataset_id": "qa-1"}, "That is the name of dataset d-")


def removal(bench: Bench, client: MlflowClient, dataset_id: str) -> None:
    def state() -> Any:
        return sorted(all_datasets(client).values())

    arguments = {"dataset_id": dataset_id}
    bench.change("delete_dataset", arguments, state, ["qa-0", "qa-1", "qa-2"])
    bench.refused("delete_dataset", arguments, "there is no evaluation dataset with id")
    bench.refused("get_dataset_records", arguments, "there is no evaluation dataset with id")
