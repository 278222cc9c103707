from __future__ import annotations

from textwrap import indent
from typing import TYPE_CHECKING

import pytest

from imagelint.core.fact import UNKNOWN, Known
from imagelint.core.source import Source
from imagelint.documents.compose.document import parse_compose
from imagelint.documents.compose.launching import launch, scripts
from imagelint.documents.shell.script import ScriptRole

if TYPE_CHECKING:
    from imagelint.documents.compose.model import ComposeService


def service(fields: str) -> tuple[ComposeService, str]:
    whole = any(key in fields for key in ("image:", "extends:"))
    lines = fields.strip() if whole else f"image: i\n{fields.strip()}"
    text = f"services:\n  a:\n{indent(lines, '    ')}\n"
    (found,) = parse_compose(Source("compose.yaml", text)).services
    return found, text


@pytest.mark.parametrize(
    ("fields", "words", "complete", "appends"),
    [
        ("image: i", [], True, True),
        ("command: --model m", ["--model", "m"], True, True),
        ("entrypoint: vllm\ncommand: [serve, m]", ["vllm", "serve", "m"], True, False),
        ("entrypoint: []\ncommand: x", ["x"], True, False),
        ("command: [a, $B]", ["a", UNKNOWN], False, True),
        ("command: a 'b", [], False, True),
        ("extends: {service: b}", [], False, True),
    ],
)
def test_what_a_service_starts(
    fields: str, words: list[object], *, complete: bool, appends: bool
) -> None:
    found, _ = service(fields)
    start = launch(found)
    values = [word.value.value if isinstance(word.value, Known) else UNKNOWN for word in start.argv]
    assert values == words
    assert (start.complete, start.appends) == (complete, appends)
    assert start.runtime is found.runtime
    assert start.path == "services.a"


def test_scripts_of_commands_know_the_variables_of_the_service() -> None:
    found, text = service(
        """
environment: {MODEL: m}
command: |
  bash -c "vllm serve $$MODEL
    --port 80"
"""
    )
    (script,) = scripts(found)
    assert (script.shell, script.role, script.path) == (
        "bash",
        ScriptRole.START,
        "services.a.command",
    )
    command = script.commands[0]
    assert [word.text for word in command.words][:3] == ["vllm", "serve", "m"]
    assert text[slice(*command.words[0].span)] == "vllm"
    assert launch(found).complete


def test_what_compose_fills_in_is_not_a_variable_of_the_service() -> None:
    found, _ = service("environment: {MODEL: m}\ncommand: [sh, -c, 'serve $MODEL']")
    (script,) = scripts(found)
    assert script.commands[0].words[1].value is UNKNOWN
    assert not launch(found).complete


@pytest.mark.parametrize(
    ("test", "program"),
    [
        ("curl -f localhost", "curl"),
        ("[CMD-SHELL, 'curl -f localhost || exit 1']", "curl"),
        ("[CMD, sh, -c, 'curl localhost']", "curl"),
        ("[CMD, curl, localhost]", None),
        ("[NONE]", None),
        ("[CMD-SHELL]", None),
        ("[]", None),
        ("null", None),
        ("''", None),
    ],
)
def test_scripts_of_health_checks(test: str, program: str | None) -> None:
    found, _ = service(f"healthcheck: {{test: {test}}}")
    programs = [script.commands[0].program for script in scripts(found)]
    assert programs == ([program] if program else [])
    assert all(script.role is ScriptRole.HEALTHCHECK for script in scripts(found))
