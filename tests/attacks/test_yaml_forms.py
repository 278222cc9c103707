"""Forms of YAML that people do not write, and that kubectl and compose read all the same.

What kubectl makes of each was asked of kubectl 1.32 (`annotate --local -o json`).
"""

from __future__ import annotations

import json
from textwrap import indent
from typing import TYPE_CHECKING

import pytest

from tests.cli.projects import DIGEST

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Program

IMAGE = f"registry.example.com/llm/server:2.1@{DIGEST}"
POD = f"""\
apiVersion: v1
kind: Pod
metadata: {{name: x}}
spec:
  containers:
  - name: a
    image: {IMAGE}
    securityContext:
      CONTEXT
"""
PRIVILEGED = POD.replace("CONTEXT", "privileged: true")
OBJECT = json.dumps(
    {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "x"},
        "spec": {
            "containers": [
                {"name": "a", "image": IMAGE, "securityContext": {"privileged": True}},
            ]
        },
    }
)


def found(program: Program, here: Path, text: str, name: str = "pod.yaml") -> set[str]:
    """The rules that find something in a file, under the policy that asks for least."""
    (here / name).write_text(text, encoding="utf-8", newline="")
    answer = program("check", "--no-cache", "--policy", "strict", "--format", "json")
    report = json.loads(answer.out)
    assert not report["problems"]
    return {finding["rule"] for finding in report["findings"]}


@pytest.mark.parametrize(
    "word",
    [
        *("y", "Y", "yes", "On", "!!bool yes", '!!bool "true"', "!!bool 'y'"),
        *("!<tag:yaml.org,2002:bool> 'on'", "!!bool &a 'Yes'", "!!bool |-\n        true"),
        '!!bool "t\\x72ue"',
    ],
)
def test_every_word_for_yes_is_one(program: Program, here: Path, word: str) -> None:
    text = POD.replace("CONTEXT", f"privileged: {word}")
    assert "privileged-container" in found(program, here, text)


@pytest.mark.parametrize(
    "context",
    [
        "!!binary cHJpdmlsZWdlZA==: true",
        "? !!str privileged\n      : true",
        "privileged: false\n      <<: {privileged: true}",
        "<<: {privileged: false}\n      <<: {privileged: true}",
        "<<: [{privileged: true}, {privileged: false}]",
        "!!merge '<<': {privileged: true}",
        "runAsUser: 1 # x\u2028      privileged: true",
        "runAsUser: 1\u0085      privileged: true",
        "runAsUser: 1 # x\r      privileged: true",
    ],
)
def test_a_key_is_read_however_it_comes(program: Program, here: Path, context: str) -> None:
    assert "privileged-container" in found(program, here, POD.replace("CONTEXT", context))


@pytest.mark.parametrize(
    "context",
    [
        "<<: {privileged: true}\n      privileged: false",
        "<<: {privileged: true}\n      <<: {privileged: false}",
        "!!str <<: {privileged: true}",
        "'<<': {privileged: true}",
        "privileged: !!bool 'no'",
    ],
)
def test_what_does_not_count_is_not_found(program: Program, here: Path, context: str) -> None:
    assert "privileged-container" not in found(program, here, POD.replace("CONTEXT", context))


def test_a_merge_key_behind_what_it_changes_is_told(program: Program, here: Path) -> None:
    text = POD.replace("CONTEXT", "privileged: true\n      <<: {privileged: true, runAsUser: 1}")
    assert "duplicate-key" not in found(program, here, text)
    text = POD.replace("CONTEXT", "runAsUser: 2\n      <<: {runAsUser: 1}")
    assert "duplicate-key" in found(program, here, text)


@pytest.mark.parametrize(
    "number",
    [
        *("0", "00", "-0", "+0", "0x0", "0X0", "0o0", "0O0", "0b0", "0B0", "0_0", "0b0_0", "0_"),
        *("0.0", "-0.0", ".0", "0.", "0e0", '!!int "0"', "!!int '00'", "!!float '0'"),
    ],
)
def test_every_zero_is_root(program: Program, here: Path, number: str) -> None:
    text = POD.replace("CONTEXT", f"{{runAsUser: {number}, runAsNonRoot: true}}")
    assert "run-as-root" in found(program, here, text)
    assert "malformed-object" not in found(program, here, text)


@pytest.mark.parametrize("number", ["0x10", "1_0", "017", "1e3"])
def test_other_numbers_are_not(program: Program, here: Path, number: str) -> None:
    text = POD.replace("CONTEXT", f"{{runAsUser: {number}, runAsNonRoot: true}}")
    assert not found(program, here, text) & {"run-as-root", "malformed-object"}


ITEM = indent(PRIVILEGED, "  ").lstrip()
FLOW = OBJECT.replace('"kind"', "kind").replace('"apiVersion"', "apiVersion")


@pytest.mark.parametrize(
    "text",
    [
        f"apiVersion: v1\nkind: ConfigMap\nitems:\n- {ITEM}",
        f"apiVersion: v1\nkind: PodList\nitems:\n- {ITEM}".replace("  apiVersion: v1\n", ""),
        PRIVILEGED.replace("kind:", "!!binary a2luZA==:").replace(
            "apiVersion:", "!!binary YXBpVmVyc2lvbg==:"
        ),
        PRIVILEGED.replace("kind: Pod", "<<: {kind: Pod}"),
        f"a: b\n...\n%YAML 1.1\n---\n{PRIVILEGED}",
        f"--- # x\n{PRIVILEGED}",
    ],
)
def test_an_object_is_one_however_it_comes(program: Program, here: Path, text: str) -> None:
    assert "privileged-container" in found(program, here, text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        *((f"{name}.json", OBJECT) for name in ("package", "tsconfig.x", "a.schema")),
        *((name, PRIVILEGED) for name in ("Chart.yaml", "pnpm-lock.yaml", ".gitlab-ci.yml")),
        *((name, PRIVILEGED) for name in ("imagelint.yaml", "kustomization.yaml")),
        *((name, FLOW) for name in ("values.yaml", "compose.yaml", "docker-bake.json")),
    ],
)
def test_no_name_hides_an_object(program: Program, here: Path, name: str, text: str) -> None:
    assert "privileged-container" in found(program, here, text, name)


@pytest.mark.parametrize("word", ["y", "'yes'", "ON", '"tRuE"', "!!bool 'true'"])
def test_compose_takes_more_words(program: Program, here: Path, word: str) -> None:
    text = f"services:\n  a:\n    image: {IMAGE}\n    privileged: {word}\n"
    assert "privileged-container" in found(program, here, text, "compose.yaml")


@pytest.mark.parametrize("user", ["00", "+0", "-0", '"000:0"', "root:x"])
def test_every_zero_is_root_of_a_service(program: Program, here: Path, user: str) -> None:
    text = f"services:\n  a:\n    image: {IMAGE}\n    user: {user}\n"
    assert "run-as-root" in found(program, here, text, "compose.yaml")


@pytest.mark.parametrize("user", ["0", "00", "+0", "-0", "0:1", "root:root", ":0", '""'])
def test_every_zero_is_root_of_an_image(program: Program, here: Path, user: str) -> None:
    assert "root-user" in found(program, here, f"FROM alpine:3.20\nUSER {user}\n", "Dockerfile")


DEFINITION = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n"


@pytest.mark.parametrize(
    "over",
    [
        "apiVersion: v1\nkind: Pod\n",
        "<<: {apiVersion: v1, kind: Pod}\n",
        "!!binary a2luZA==: Pod\napiVersion: v1\n",
    ],
)
def test_a_schema_that_is_passed_over_hides_nothing(
    program: Program, here: Path, over: str
) -> None:
    body = PRIVILEGED.removeprefix("apiVersion: v1\nkind: Pod\n")
    assert "privileged-container" in found(program, here, DEFINITION + body + over)
