"""Files that describe development containers."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from imagelint.core.fact import UNKNOWN, Known
from imagelint.core.source import Source
from imagelint.documents.base import DocumentError
from imagelint.documents.devcontainer.document import DevContainer, parse_devcontainer
from imagelint.documents.devcontainer.jsonc import with_hashes, without_comments
from imagelint.documents.serving.command import ServingCommand
from imagelint.documents.shared import EnvVar, ImageUse
from imagelint.documents.shell.script import Script

if TYPE_CHECKING:
    from imagelint.documents.compose.model import ComposeService

NAME = ".devcontainer/devcontainer.json"


def read(text: str, name: str = NAME, **files: str) -> DevContainer:
    return parse_devcontainer(Source(name, text), files.get)


def service(text: str, name: str = NAME) -> ComposeService:
    return read(text, name).services[0]


def test_comments_are_blank_and_every_place_stays() -> None:
    text = '{"a": "http://b", // c "d"\n/* e\n"f" */ "g": "\\"//h", /**/}'
    plain = without_comments(text)
    assert plain == '{"a": "http://b",         \n    \n       "g": "\\"//h",     }'
    assert without_comments("{}") == "{}"
    assert without_comments('{"a": 1} /* b') == '{"a": 1}     '


def test_comments_begin_with_hashes_where_these_are_looked_for() -> None:
    assert with_hashes('{"a": "//b"} // c\n/* d */') == '{"a": "//b"}  # c\n # d   '


def test_flags_and_keys_say_the_same() -> None:
    keys = service('{"image": "a:1", "capAdd": ["X"], "init": true, "containerUser": "7"}')
    flags = service(
        '{"image": "a:1", "runArgs": ["--cap-add=X", "--init", "-u", "7"], "containerUser": ""}'
    )
    for one in (keys, flags):
        assert one.body["cap_add"][0].word() == "X"
        assert one.body["init"].word() == "true"
        assert one.runtime.user == Known("7", one.body["user"].span)
    assert keys.body["cap_add"][0].path == "capAdd[0]"
    assert service('{"runArgs": ["--ipc=host"]}').body["ipc"].path == "runArgs --ipc"
    assert keys.body.path == ""


def test_variables_of_the_editor() -> None:
    text = (
        '{"image": "a:${localEnv:TAG:1.2}", "containerEnv": {"A": "${localEnv:B}", "C": "$D ${E}",'
        ' "F": "${containerWorkspaceFolder}/g", "H=I": "j", "K": {}, "L": "${localEnv:M-N}",'
        ' "O": "${localWorkspaceFolder}/p"}}'
    )
    found = service(text)
    assert found.image is not None
    assert found.image.known is not None
    assert found.image.known.tag == "1.2"
    values = {one.name: one.value for one in found.env}
    assert {name for name, value in values.items() if value is UNKNOWN} == {"A", "F", "L", "O"}
    assert isinstance(values["C"], Known)
    assert values["C"].value == "$D ${E}"


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        (".devcontainer.json", "./a"),
        (".devcontainer/devcontainer.json", "../a"),
        ("b/.devcontainer/gpu/devcontainer.json", "../../a"),
        ("devcontainer.json", "./a"),
    ],
)
def test_paths_begin_where_the_editor_opens(name: str, folder: str) -> None:
    found = service('{"image": "a:1", "runArgs": ["--env-file", "a", "--env-file=/b"]}', name)
    assert [one.word() for one in found.body["env_file"].items()] == [folder, "/b"]


def test_ports_and_gpus() -> None:
    found = service('{"image": "a:1", "appPort": [80, "90:91"], "hostRequirements": {"gpu": true}}')
    assert [one.word() for one in found.body["ports"].items()] == ["127.0.0.1:80:80", "90:91"]
    assert found.runtime.gpus is not UNKNOWN
    some = service('{"image": "a:1", "appPort": 80, "hostRequirements": {"gpu": {"cores": 1}}}')
    assert isinstance(some.runtime.gpus, Known)
    optional = service('{"image": "a:1", "hostRequirements": {"gpu": "optional"}}')
    assert optional.body["gpus"].word() == ""
    assert service('{"image": "a:1", "hostRequirements": {"gpu": false}}').body["gpus"].node is None


@pytest.mark.parametrize("keys", ['"capAdd": [[]]', '"mounts": [null]', '"securityOpt": {}'])
def test_what_is_of_another_type_says_nothing(keys: str) -> None:
    body = service(f'{{"image": "a:1", {keys}}}').body
    assert not any(body[key].exists for key in ("cap_add", "volumes", "security_opt"))


def test_flags_with_variables_are_read() -> None:
    text = (
        '{"image": "a:1", "runArgs": ["-v", "${localEnv:HOME}/b:/c", "--env-file=${localEnv:D}"]}'
    )
    body = service(text).body
    assert [one.word() for one in body["volumes"].items()] == [""]
    assert body["env_file"].exists


def test_other_variables_are_unknown() -> None:
    found = service(
        '{"image": "a:1", "containerEnv": {"A": "${localEnv:B-C}", "D": "${devcontainerId}"}}'
    )
    assert [one.value for one in found.env] == [UNKNOWN, UNKNOWN]


@pytest.mark.parametrize("flags", ['["--no-such-flag", "a"]', '["--gpus", ["all"]]'])
def test_flags_that_are_not_known_are_told(flags: str) -> None:
    (gap,) = read(f'{{"image": "a:1", "runArgs": {flags}}}').gaps
    assert "`runArgs`" in gap.message


def test_flags_of_podman_are_known() -> None:
    assert not read('{"image": "a:1", "runArgs": ["--group-entry", "a"]}').gaps


def test_compose_files_that_are_not_there_are_told() -> None:
    document = read('{"dockerComposeFile": ["a.yaml", "b.yaml", null]}', **{"a.yaml": "services:"})
    assert [one.message.partition(",")[0] for one in document.gaps] == ["`b.yaml`"]
    assert document.services[0].image is not None
    assert document.services[0].image.known is None
    for name in ("/c.yaml", "${localEnv:C}"):
        assert read(f'{{"dockerComposeFile": "{name}"}}').gaps


def test_a_build_with_its_arguments() -> None:
    text = (
        '{"build": {"dockerfile": "a", "args": {"B": "1", "C": {}}, "target": "d",'
        ' "options": ["--build-arg", "E=2", "--network=host"]}}'
    )
    document = read(text, a="FROM b:1 AS d\n")
    found = document.services[0].build
    assert found is not None
    assert found.dockerfile == "a"
    assert found.target == "d"
    assert [one.name for one in found.arguments] == ["B", "E"]
    assert document.services[0].image is None
    assert len(document.embedded) == 1


@pytest.mark.parametrize(
    "build",
    [
        '"dockerfile": "${localEnv:A}"',
        '"dockerfile": "a", "options": ["--no-such-flag"]',
        '"dockerfile": "b"',
    ],
)
def test_what_is_not_known_of_a_build(build: str) -> None:
    found = read(f'{{"build": {{{build}, "target": "${{localEnv:T}}"}}}}', a="FROM b:1\n")
    assert found.services[0].build is not None
    assert not found.services[0].build.dockerfile
    assert not found.services[0].build.target


def test_what_is_run_later_is_read_and_starts_servers() -> None:
    text = (
        '{"image": "a:1", "postStartCommand": "vllm serve b --port 80",'
        ' "postCreateCommand": {"c": "pip install d", "e": ["curl", "-O", "https://f.example"],'
        ' "g": [], "h": null}, "onCreateCommand": 7, "postAttachCommand": [["i"]]}'
    )
    document = read(text)
    scripts = document.nodes_of(Script)
    assert {one.path for one in scripts} >= {"postStartCommand", "postCreateCommand.c"}
    assert not any(one.place.shipped for one in scripts)
    assert {one.place.title for one in scripts} == {"development container"}
    assert [one.engine for one in document.nodes_of(ServingCommand)] == ["vllm"]


def test_the_program_of_an_image_is_not_started() -> None:
    text = '{{"image": "vllm/vllm-openai:v0.11.0", "overrideCommand": {}}}'
    assert not read(text.format("true")).nodes_of(ServingCommand)
    assert read(text.format("false")).nodes_of(ServingCommand)


def test_a_command_on_the_machine_runs_containers() -> None:
    document = read('{"image": "a:1", "initializeCommand": "docker run --privileged b:2"}')
    assert [one.name for one in document.services] == ["a", "b"]
    assert document.services[1].runtime.privileges.privileged.on


@pytest.mark.parametrize(("count", "gaps"), [(200, 0), (201, 1), (400, 1)])
def test_no_more_commands_are_read_than_anybody_writes(count: int, gaps: int) -> None:
    commands = ", ".join(f'"{at}": "echo {at}"' for at in range(count))
    document = read(f'{{"image": "a:1", "postCreateCommand": {{{commands}}}}}')
    assert len(document.gaps) == gaps
    later = [one for one in document.nodes_of(Script) if one.path.startswith("postCreateCommand")]
    assert len(later) == 200


def test_features_are_images_that_do_not_run() -> None:
    text = '{"image": "a:1", "features": {"ghcr.io/b/c:1": {}, "./d": {}, "e": {}, "$f/g": {}}}'
    uses = [one for one in read(text).nodes_of(ImageUse) if not one.final]
    assert [one.text for one in uses] == ["ghcr.io/b/c:1"]


def test_advice_is_spelt_as_the_file_is() -> None:
    found = service('{"image": "a:1", "runArgs": ["--gpus all", "--health-cmd=curl b"]}')
    platform = found.runtime.platform
    assert platform.shared_memory(8).advice == 'add `"--shm-size=8g"` to `runArgs`'
    assert "type=volume" in platform.volume("/models").advice
    assert "<model cache>" in platform.volume("").advice
    assert "--gpus=all" in platform.gpus().advice
    assert platform.secret("A", "") == "write `${localEnv:A}`, and set it where the editor runs"
    assert "--api-key" in platform.secret("", "api-key")
    assert "--health-cmd" in platform.startup_probe(60, "/health").advice
    assert "--stop-timeout" in platform.grace_period(60)
    probe = found.runtime.probes.liveness
    assert isinstance(probe, Known)
    assert "--health-start-period" in platform.more_time(probe.value, 60).advice
    assert [name for _, name in platform.joined_flags] == ["--gpus"]
    assert found.words.title == "development container"
    assert found.words.setting("user", "7") == '"containerUser": "7"'
    assert found.words.setting("gpus", "all") == "--gpus=all"
    assert found.words.key("volumes") == "mounts"
    assert found.place.with_env(()).title == "development container"


def test_keys_that_are_written_twice_are_told() -> None:
    assert len(read('{"image": "a:1", "image": "b:1"}').complaints) == 1


@pytest.mark.parametrize("text", ["", "[]", '{"image": "a" "b": 1}', "7"])
def test_what_is_none_is_refused(text: str) -> None:
    with pytest.raises(DocumentError):
        read(text)


def test_changed_files_are_read_or_refused() -> None:
    text = (
        '{\n  // a\n  "image": "a:1", /* b */ "runArgs": ["--gpus", "all", "-v=/:/b"],\n'
        '  "build": {"dockerfile": "D", "args": {"A": "1"}, "options": ["--pull"]},\n'
        '  "mounts": [{"source": "/", "target": "/c"}, "type=tmpfs,target=/d"], "appPort": 80,\n'
        '  "features": {"ghcr.io/a/b:1": {}}, "containerEnv": {"A": "${localEnv:B:c}"},\n'
        '  "postCreateCommand": {"a": "b && c", "d": ["e", "f"]}, "dockerComposeFile": ["g"],\n'
        '  "hostRequirements": {"gpu": true}, "initializeCommand": "docker build -t a/b:1 .",\n}'
    )
    chance = random.Random(7)  # noqa: S311 - nothing is kept secret by it
    pieces = [
        '"',
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "null",
        "//",
        "/*",
        "*/",
        "$",
        "${",
        "7",
        " ",
        "\\",
    ]
    for _ in range(400):
        changed = list(text)
        for _ in range(chance.randint(1, 3)):
            at = chance.randrange(len(changed))
            changed[at : at + chance.randint(0, 6)] = [chance.choice(pieces)]
        try:
            document = read("".join(changed))
        except DocumentError:
            continue
        end = len(document.source.text)
        assert all(0 <= one.span.start <= one.span.end <= end for one in document.nodes_of(EnvVar))
        assert document.services
