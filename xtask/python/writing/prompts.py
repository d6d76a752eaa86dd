"""The toolset `prompts`: versions, aliases and tags of prompts, and how MLflow's own client reads them."""

from __future__ import annotations

import json
from typing import Any

from mlflow import MlflowClient

from checks import expect
from peer.servers import Rest

from .bench import Bench, Version, taken_apart

# What is awkward to write, to quote and to find again.
AWKWARD = "größe'\"` 🦉\n{}"

ONLY_PROMPTS = "tags.`mlflow.prompt.is_prompt` = 'true'"


def check(bench: Bench, client: MlflowClient, rest: Rest, version: Version) -> None:
    name = "greeting_1.x"
    texts(bench, client, name, version)
    aliases(bench, client, name)
    tags(bench, client, name)
    reads(bench, client, name)
    served(bench, client, name)
    if version >= (3, 0):
        chats(bench, client, version)
    else:
        # The limit of a tag's value there; the prompt that was created for the version goes again.
        bench.refused("register_prompt", {"name": "long", "template": "x" * 5001}, "max length of 5000")
    bench.refused("register_prompt", {"name": "longer", "template": "x" * 100_001}, "max length of")
    left = {prompt.name for prompt in client.search_registered_models(ONLY_PROMPTS)}
    expect(not left & {"long", "longer"}, f"{left}")


def load(client: MlflowClient, uri: str) -> Any:
    """By MLflow's own client, which keeps what it has loaded for a while unless it is told not to."""
    try:
        return client.load_prompt(uri, cache_ttl_seconds=0)
    except TypeError:  # before MLflow 3.8
        return client.load_prompt(uri)


def versions(client: MlflowClient, name: str) -> list[str]:
    found = client.search_model_versions(f"name = '{name}' AND {ONLY_PROMPTS}")
    return sorted(str(version.version) for version in found)


def texts(bench: Bench, client: MlflowClient, name: str, version: Version) -> None:
    def state() -> list[str]:
        return versions(client, name)

    template = f"Hello {{{{ name }}}}, {AWKWARD}\nof {{{{user.city}}}}."
    arguments = {"name": name, "template": template, "commit_message": AWKWARD, "tags": {"author": AWKWARD}}
    answer = bench.change("register_prompt", arguments, state, ["1"])
    expect(answer["created_prompt"] is True and answer["variables"] == ["name", "user.city"], f"{answer}")
    found = load(client, f"prompts:/{name}/1")
    expect((found.template, found.commit_message) == (template, AWKWARD), f"{found.template!r}")
    expect(found.variables == {"name", "user.city"}, f"{found.variables}")
    of_version = found.tags if version >= (3, 0) else found.version_metadata
    expect(of_version["author"] == AWKWARD, f"{of_version}")
    settings = {
        "model_config": {"model_name": "big", "temperature": 0.5},
        "response_format": {"type": "object"},
    }
    as_text = {key: json.dumps(value) for key, value in settings.items()}
    arguments = {"name": name, "template": "Hello {{name}}!", **as_text}
    would = bench.call("register_prompt", {**arguments, "dry_run": True})
    expect("next version" in would["would"] and state() == ["1"], f"{would}")
    answer = bench.call("register_prompt", arguments)
    expect(answer["created_prompt"] is False and state() == ["1", "2"], f"{answer}")
    found = load(client, f"prompts:/{name}/2")
    expect(found.template == "Hello {{name}}!", f"{found}")
    # Since 3.8 of the client.
    if version >= (3, 8):
        read = {"model_config": found.model_config, "response_format": found.response_format}
        expect(read == settings and found.tags == {}, f"{read} {found.tags}")
    # The number of a version that is taken back is never given again.
    answer = bench.call("register_prompt", {"name": name, "template": "A slip."})
    expect(state() == ["1", "2", "3"], f"{state()}")
    bench.call(*taken_apart(answer["undo"]))
    expect(state() == ["1", "2"], f"{state()}")
    client.create_registered_model("churn")
    bench.refused("register_prompt", {"name": "churn", "template": "x"}, "is a registered model")
    bench.refused("register_prompt", {"name": "a b", "template": "x"}, "nothing was changed")


def aliases(bench: Bench, client: MlflowClient, name: str) -> None:
    def state() -> Any:
        found = client.search_registered_models(f"name = '{name}' AND {ONLY_PROMPTS}")[0].aliases
        return {alias: str(version) for alias, version in found.items()}

    first = {"name": name, "alias": "production", "version": "1"}
    bench.change("set_prompt_alias", first, state, {"production": "1"})
    second = {**first, "version": 2}
    answer = bench.change("set_prompt_alias", second, state, {"production": "2"})
    expect(answer["previous_version"] == "1", f"{answer}")
    template = load(client, f"prompts:/{name}@production").template
    expect(template == "Hello {{name}}!", template)
    bench.refused("set_prompt_alias", {**first, "version": 9}, 'no version "9". The newest is 2')
    bench.change("delete_prompt_alias", {"name": name, "alias": "production"}, state, {})
    bench.refused("delete_prompt_alias", {"name": name, "alias": "production"}, "It has no aliases")
    bench.call("set_prompt_alias", first)


def tags(bench: Bench, client: MlflowClient, name: str) -> None:
    def state() -> Any:
        found = client.search_registered_models(f"name = '{name}' AND {ONLY_PROMPTS}")[0]._tags
        return {key: value for key, value in found.items() if "mlflow" not in key}

    arguments = {"name": name, "key": "a b/c", "value": AWKWARD}
    bench.change("set_prompt_tag", arguments, state, {"author": AWKWARD, "a b/c": AWKWARD})
    bench.change("set_prompt_tag", {**arguments, "value": "cv"}, state, {"author": AWKWARD, "a b/c": "cv"})
    bench.change("delete_prompt_tag", {"name": name, "key": "author"}, state, {"a b/c": "cv"})
    bench.refused("delete_prompt_tag", {"name": name, "key": "author"}, "a b/c")
    bench.refused(
        "set_prompt_tag", {"name": name, "key": "mlflow.prompt.is_prompt", "value": "x"}, "MLflow's"
    )


def reads(bench: Bench, client: MlflowClient, name: str) -> None:
    """What MLflow's own client has written, and what it makes of a template."""
    template = "{{a}} {{ b.c }}\t{{{a}}} {{ }} {{1}} {{a|upper}} {x} \\u {{a.b.}}"
    client.register_prompt("theirs", template, commit_message=AWKWARD)
    theirs = load(client, "prompts:/theirs/1")
    ours = bench.call("load_prompt", {"name": "theirs"})
    expect((ours["template"], ours["commit_message"]) == (template, AWKWARD), f"{ours}")
    expect((ours["type"], ours["version"]) == ("text", "1"), f"{ours}")
    expect(ours["variables"] == sorted(theirs.variables), f"{ours['variables']} {theirs.variables}")
    values = {"a": "größe 🦉 \"'", "b.c": "7"}
    rendered = bench.call("render_prompt", {"name": "theirs", "variables": values})
    expect(rendered["text"] == theirs.format(**values), f"{rendered} {theirs.format(**values)!r}")
    bench.refused("render_prompt", {"name": "theirs", "variables": {"a": "1", "d": "2"}}, 'lacks "b.c"')
    found = bench.call("search_prompts", {"name": "GREET", "tags": {"a b/c": "cv"}})["result"]
    expect([(one["name"], one["latest_version"]) for one in found] == [(name, "2")], f"{found}")
    expect(found[0]["aliases"] == {"production": "1"}, f"{found}")
    names = [one["name"] for one in bench.call("search_prompts", {})["result"]]
    expect(names == [name, "theirs"], f"{names}")
    first = bench.call("search_prompts", {"max_results": 1})
    rest = bench.call("search_prompts", {"max_results": 1, "page_token": first["next_page_token"]})
    expect([one["name"] for one in first["result"] + rest["result"]] == names, f"{first} {rest}")
    listed = bench.call("search_prompt_versions", {"name": name})["result"]
    expect([one["version"] for one in listed] == ["2", "1"], f"{listed}")
    expect(
        (listed[1]["aliases"], listed[1]["variables"]) == (["production"], ["name", "user.city"]), f"{listed}"
    )
    loaded = bench.call("load_prompt", {"name": name, "alias": "production"})
    expect(loaded["template"] == load(client, f"prompts:/{name}/1").template, f"{loaded}")
    diff = bench.call("diff_prompts", {"name": name, "baseline": "production"})
    expect((diff["variables_removed"], diff["variables_added"]) == (["user.city"], []), f"{diff}")
    changed = {one["key"] for one in diff["changed"]}
    expect({"model_config.model_name", "response_format", "tags.author"} <= changed, f"{diff}")
    bench.refused("load_prompt", {"name": "thiers"}, 'Did you mean "theirs"?')
    bench.refused("load_prompt", {"name": "churn"}, "is a registered model, not a prompt")


def served(bench: Bench, client: MlflowClient, name: str) -> None:
    """The same prompts, as prompts of the protocol."""
    listed = {prompt["name"]: prompt for prompt in bench.ask("prompts/list", {})["prompts"]}
    expect({name, "theirs", "find_best_run"} <= set(listed), f"{sorted(listed)}")
    found = load(client, "prompts:/theirs/1")
    arguments = [(argument["name"], argument["required"]) for argument in listed["theirs"]["arguments"]]
    expect(arguments == [(variable, True) for variable in sorted(found.variables)], f"{arguments}")
    expect(listed["theirs"]["description"].startswith(AWKWARD), f"{listed['theirs']}")
    values = {"a": "größe 🦉 \"'", "b.c": "7"}
    got = bench.ask("prompts/get", {"name": "theirs", "arguments": values})["messages"]
    said = [{"role": "user", "content": {"type": "text", "text": found.format(**values)}}]
    expect(got == said, f"{got} instead of {said}")
    values = {"name": "Zoë", "user.city": "Graz"}
    by_alias = {"name": f"prompts:/{name}@production", "arguments": values}
    text = bench.ask("prompts/get", by_alias)["messages"][0]["content"]["text"]
    expect(text == load(client, f"prompts:/{name}@production").format(**values), f"{text!r}")


def chats(bench: Bench, client: MlflowClient, version: Version) -> None:
    messages = [
        {"role": "system", "content": "Be {{ style }}. größe 🦉"},
        {"role": "user", "content": "{{question}}\n{{question}}"},
    ]

    def state() -> list[str]:
        return versions(client, "chat")

    answer = bench.change("register_prompt", {"name": "chat", "messages": messages}, state, ["1"])
    expect((answer["type"], answer["variables"]) == ("chat", ["question", "style"]), f"{answer}")
    found = load(client, "prompts:/chat/1")
    expect(found.template == messages and not found.is_text_prompt, f"{found.template}")
    values = {"style": "kind", "question": "Why \\1?"}
    rendered = bench.call("render_prompt", {"name": "chat", "version": 1, "variables": values})
    expect(rendered["messages"] == found.format(**values), f"{rendered}")
    got = bench.ask("prompts/get", {"name": "chat", "arguments": values})["messages"]
    said = [message["content"]["text"] for message in got]
    expect(said == [message["content"] for message in found.format(**values)], f"{got}")
    parts = [{"role": "user", "content": "{{a}} {{question}}"}]
    client.register_prompt("chat", parts)
    ours = bench.call("load_prompt", {"name": "prompts:/chat@latest"})
    expect((ours["messages"], ours["variables"]) == (parts, ["a", "question"]), f"{ours}")
    jinja = "{% if a %}{{ a }}{% endif %}"
    client.register_prompt("jinja", jinja)
    bench.refused("render_prompt", {"name": "jinja", "variables": {"a": "b"}}, "is a Jinja2 template")
    if version >= (3, 8):
        expect(load(client, "prompts:/jinja/1").format(a="b") == "b", "MLflow renders it")
