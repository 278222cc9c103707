"""What a hostile author may try: to silence a check, exhaust us, speak through us."""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path
from textwrap import indent
from typing import TYPE_CHECKING

import pytest

from tests.cli.projects import GOOD, POD, write

if TYPE_CHECKING:
    from tests.conftest import Program

HANG_SECONDS = 120  # far beyond a machine's bad day: this is about hanging, not about speed

RULES = ("--policy", "strict", "--no-cache")
PRIVILEGED = POD + "      securityContext: {privileged: true}\n"
JOINT = "\\\n"
PIPE = "curl -sSL https://example.com/install.sh | sh"


@pytest.mark.parametrize(
    "mark", ["<", "<<<", ">", "|", "a|", "&a ", "a() ", "$[", "${a#", "(( a", "a | ", "${", "<<A "]
)
def test_a_script_that_is_costly_to_read_is_reported_soon(
    program: Program, here: Path, mark: str
) -> None:
    line = mark * (60_000 // len(mark))  # the build reads no line of more than 65,535 bytes
    write(here, Dockerfile=f"FROM alpine\nRUN {PIPE}; {JOINT.join([line] * 5)}\n")
    started = time.monotonic()
    answer = program("check", *RULES)
    assert time.monotonic() - started < HANG_SECONDS
    assert answer.code == 1
    assert "unreadable-script" in answer.out


def test_many_scripts_that_are_costly_to_read_take_no_longer(program: Program, here: Path) -> None:
    costly = "a|" * 190
    write(here, Dockerfile=GOOD + f"RUN {costly}b > c <<<'d'\n" * 500)
    started = time.monotonic()
    program("check", *RULES)
    assert time.monotonic() - started < HANG_SECONDS


SCALED = """\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: p{0}}}
spec:
  template: {{metadata: {{labels: {{a: p{0}}}}}, spec: {{containers: [{{name: a, image: b}}]}}}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {{name: s{0}}}
spec: {{scaleTargetRef: {{kind: Deployment, name: p{0}}}, metrics: []}}
---
"""
ALLOWED = "      # imagelint: allow writable-root -- x\n    - {name: a, image: b}\n"
FLOODS = {
    "autoscalers": ("pod.yaml", "".join(map(SCALED.format, range(400))), "unpinned-image"),
    "allowances": ("pod.yaml", POD + ALLOWED * 3_000, "writable-root"),
    "secrets": (
        "Dockerfile",
        f"FROM a\nENV {f' {JOINT}'.join(f'X{at}_TOKEN=abcdefgh{at}' for at in range(19_000))}\n",
        "more than 5,000 findings",
    ),
    "instructions": ("Dockerfile", "FROM a\n" + "RUN a b\n" * 100_000, "has 100,001 lines"),
    "stages": ("Dockerfile", "FROM a\n" * 100_000, "has 100,000 lines"),
    "here-documents": (
        "Dockerfile",
        "FROM a\nRUN " + JOINT.join(["<<a " * 10_000] * 10),
        "here-document a is",
    ),
    "lines": ("requirements.txt", "<\n" * 500_000, "has 500,000 lines"),
    "complaints": ("requirements.txt", "<\n" * 90_000, "more than 5,000 findings"),
}


def peak(*, anew: bool = False) -> int:
    """The most memory that this process has had, in KiB; on Linux since it was asked `anew`."""
    if sys.platform != "linux":
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if anew:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # see proc(5)
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.partition("VmHWM:")[2].split()[0])


@pytest.mark.parametrize("flood", FLOODS)
def test_a_flood_ends_soon_and_is_said(program: Program, here: Path, flood: str) -> None:
    name, text, said = FLOODS[flood]
    (here / name).write_text(text, encoding="utf-8")
    started, before = time.monotonic(), peak(anew=True)
    answer = program("check", *RULES)
    assert time.monotonic() - started < HANG_SECONDS
    assert answer.code in (1, 3)
    assert said in answer.out
    assert peak() - before < 300_000


HIDDEN = {
    "NUL": ("Dockerfile", f"#{'x' * 9000}\0\nFROM alpine\nRUN {PIPE}\n", "is a binary file"),
    "late manifest": (
        "pod.yaml",
        "# long\n" * 40_000 + PRIVILEGED,
        "privileged-container",
    ),
    "indented": ("pod.yaml", indent(PRIVILEGED, "  "), "privileged-container"),
    "carriage returns": ("pod.yaml", PRIVILEGED.replace("\n", "\r"), "privileged-container"),
    "escaped keys": ("pod.yaml", PRIVILEGED.replace("kind", '"k\\x69nd"'), "privileged-container"),
    "values": ("values-prod.yaml", PRIVILEGED, "privileged-container"),
    "last document": ("pod.yaml", f"{PRIVILEGED}---\na: [\n", "this is not YAML"),
}


@pytest.mark.parametrize("trick", HIDDEN)
def test_a_file_cannot_hide_what_it_is(program: Program, here: Path, trick: str) -> None:
    name, text, said = HIDDEN[trick]
    write(here, good__Dockerfile=GOOD)
    (here / name).write_text(text, encoding="utf-8", newline="")
    answer = program("check", *RULES)
    assert answer.code in (1, 3), answer.out
    assert said in answer.out


def test_a_folder_cannot_switch_its_rules_off_unseen(program: Program, here: Path) -> None:
    write(here, Dockerfile=GOOD, a__Dockerfile=GOOD)
    (here / "a" / ".imagelint.yaml").write_text("extends: []\n", encoding="utf-8")
    answer = program("check", "--no-cache")
    assert answer.code == 3
    assert "its policy has no rule on, so nothing was judged" in answer.out
    (here / "a" / ".imagelint.yaml").write_text(
        "extends: []\nrules: {relative-workdir: on}\n", encoding="utf-8"
    )
    answer = program("check", "--no-cache")
    assert answer.code == 0
    assert "policy   a/.imagelint.yaml (1 rule on) sha256:" in answer.out
    assert "policy   recommended, gpu-serving" in answer.out


def test_what_is_left_out_is_counted(program: Program, here: Path) -> None:
    write(here, Dockerfile=GOOD, a__Dockerfile=f"FROM alpine\nRUN {PIPE}\n", b__recipe=GOOD)
    (here / "b" / "Dockerfile").symlink_to("../Dockerfile")
    (here / ".imagelint.yaml").write_text("exclude: [a/**]\n", encoding="utf-8")
    answer = program("check", "--no-cache", "--format", "json")
    assert answer.code == 0
    assert '"a/Dockerfile"' in answer.out
    assert '"b/Dockerfile"' in answer.out
    counted = program("check", "--no-cache").out
    assert "2 ignored (1 excluded by the policy, 1 only a link)\n" in counted
    assert "a/Dockerfile" not in counted
    named = program("check", "--no-cache", "--verbose").out
    assert "ignored\n  a/Dockerfile: excluded by the policy\n  b/Dockerfile: only a link\n" in named


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Dockerfile.x", "FR\\\nOM python\nRU\\\nN true\n"),
        ("Dockerfile.x", "# escape=`\nFR`\nOM python\n"),
        ("Dockerfile.a\nb", "FROM python\n"),
        ("a\nb.yaml", POD),
    ],
)
def test_odd_spelling_hides_no_file(program: Program, here: Path, name: str, text: str) -> None:
    write(here, Dockerfile=GOOD)
    (here / name).write_text(text, encoding="utf-8")
    answer = program("check", *RULES, "--format", "json")
    report = json.loads(answer.out)
    assert report["counts"]["examined"] == 2
    assert {finding["location"]["origin"] for finding in report["findings"]} == {name}
