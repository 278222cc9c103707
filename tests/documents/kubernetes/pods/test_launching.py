from __future__ import annotations

from textwrap import indent
from typing import TYPE_CHECKING

import pytest

from imagelint.core.fact import UNKNOWN, Known
from imagelint.core.source import Source
from imagelint.documents.kubernetes.manifest import parse_manifest
from imagelint.documents.kubernetes.pods.launching import launch, scripts
from imagelint.documents.shell.script import ScriptRole

if TYPE_CHECKING:
    from imagelint.documents.kubernetes.objects import Container


def container(fields: str, kind: str = "apiVersion: v1\nkind: Pod") -> tuple[Container, str]:
    text = f"{kind}\nspec:\n  containers:\n  - name: c\n{indent(fields.strip(), '    ')}\n"
    (pod,) = parse_manifest(Source("m.yaml", text)).pods
    return pod.containers[0], text


def test_words_are_those_of_command_and_arguments() -> None:
    found, text = container(
        """
image: i
command: [vllm]
args: [serve, "$(MODEL)", --port, 8000, "$(KEY)"]
env:
- {name: MODEL, value: m}
- {name: KEY, valueFrom: {secretKeyRef: {}}}
"""
    )
    start = launch(found)
    values = [word.value.value if isinstance(word.value, Known) else UNKNOWN for word in start.argv]
    assert values == ["vllm", "serve", "m", "--port", "8000", UNKNOWN]
    assert [text[slice(*word.span)] for word in start.argv][1:3] == ["serve", "$(MODEL)"]
    assert not start.complete
    assert start.env_complete
    assert start.appends is False
    assert start.image is found.image
    assert start.path == "spec.containers[0]"


@pytest.mark.parametrize(
    ("fields", "complete", "appends", "count"),
    [
        ("image: i", True, True, 0),
        ("image: i\nargs: [a]", True, True, 1),
        ("image: i\ncommand: []\nargs: [a]", True, True, 1),
        ("image: i\ncommand: [a]", True, False, 1),
        ("image: i\nargs: '{{ x }}'", False, True, 0),
        ("image: i\nargs: ['{{ x }}']", False, True, 1),
        ("image: i\nargs: [{}]", False, True, 1),
        ("image: i\ncommand: vllm serve", False, False, 0),
    ],
)
def test_what_cannot_be_read_is_not_complete(
    fields: str, count: int, *, complete: bool, appends: bool
) -> None:
    start = launch(container(fields)[0])
    assert (start.complete, start.appends, len(start.argv)) == (complete, appends, count)


def test_a_script_is_a_word_and_is_read() -> None:
    found, text = container(
        """
image: i
command: [/bin/bash, -ec]
args:
- |
  export A=1
  exec vllm serve $(MODEL) \\
    --port ${PORT} "$(date)"
env: [{name: MODEL, value: m}]
"""
    )
    start = launch(found)
    assert start.complete
    assert isinstance(start.argv[2].value, Known)
    assert "vllm serve m \\" in start.argv[2].value.value
    assert "${PORT}" in start.argv[2].value.value
    (script,) = scripts(found)
    assert (script.shell, script.role) == ("bash", ScriptRole.START)
    command = next(command for command in script.commands if command.program == "vllm")
    assert text[slice(*command.span)].endswith('"$(date)"')
    assert text[slice(*command.words[0].span)] == "vllm"
    assert script.path == "spec.containers[0].args[0]"


def test_probes_have_scripts_too() -> None:
    found, _ = container(
        "image: i\nlivenessProbe: {exec: {command: [sh, -c, 'curl localhost']}}\n"
        "startupProbe: {exec: {command: [cat, x]}}\nreadinessProbe: {httpGet: {}}"
    )
    (script,) = scripts(found)
    assert script.role is ScriptRole.HEALTHCHECK
    assert script.commands[0].program == "curl"


@pytest.mark.parametrize("script", ["''", "{}", "null"])
def test_an_empty_script_is_none(script: str) -> None:
    found, _ = container(f"image: i\ncommand: [sh, -c, {script}]")
    assert list(scripts(found)) == []
    assert len(launch(found).argv) == 3


def test_an_operator_may_set_more_variables() -> None:
    found, _ = container("image: i", "apiVersion: serving.kserve.io/v1alpha1\nkind: ServingRuntime")
    assert not launch(found).env_complete
