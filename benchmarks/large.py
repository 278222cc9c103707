"""Texts of a megabyte, each of one thing again and again: what would take long, or all memory.

The texts are those of the test that counts the steps of the work; here they are as long as it gets,
and what is not a step of ours (a pattern, a copy) is counted too.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.growing import INPUTS, Input

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_SIZE = 1_000_000
_LINES = 19_000  # of a Dockerfile, more are not examined
_DOCKERFILE = "Dockerfile"
_BASE = "FROM debian:bookworm\n"
_JOINT = "\\\n "
_RUN = f"{_BASE}RUN {_JOINT}"
_POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n"
_SERVER = "  containers:\n  - name: c\n    image: vllm/vllm-openai:v0.11.0\n"
_LONG = "y" * 5_000
_HPA = """\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: h#-}
spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: d}, maxReplicas: 4}
---
"""

LARGE = {
    "one RUN of downloads": Input(
        _DOCKERFILE, f" && curl -o a#-.tgz https://x.example/a#-.tgz {_JOINT}", f"{_RUN}true "
    ),
    "one RUN of checked downloads": Input(
        _DOCKERFILE,
        f' && curl -o #-.tgz https://x.example/#-.tgz && echo "abc #-.tgz" | sha256sum -c {_JOINT}',
        f"{_RUN}true ",
    ),
    "RUN with pip": Input(_DOCKERFILE, "RUN pip install torch==2.#-.0 transformers\n", _BASE),
    "stages upon stages with ENV": Input(
        _DOCKERFILE, "FROM s#- AS s#+\nENV A#-=" + "x" * 60 + "\n", "FROM debian AS s0\n"
    ),
    "ARG upon ARG": Input(_DOCKERFILE, "ARG A#+=${A#-:-x}${A#-}\n", f"{_BASE}ARG A0=x\n"),
    "ENV that hold a long one": Input(
        _DOCKERFILE, "ENV B#-=x$A C#-=" + "z" * 40 + "\n", f"{_BASE}ENV A={'y' * 60_000}\n"
    ),
    "variables that double": Input(
        _DOCKERFILE, f"A#+=$A#-$A#-; true && true && {_JOINT}", f"{_RUN}A0=1; "
    ),
    "exports": Input(_DOCKERFILE, f"export A#-=#- B#-={'x' * 40}; {_JOINT}", _RUN),
    "subshells that export": Input(
        _DOCKERFILE, f"(export B#-=1; x); export A#-=2; echo {'y' * 50} {_JOINT}", _RUN
    ),
    "branches with pip": Input(
        _DOCKERFILE,
        f" a#-) pip install b#-;; c#-) echo {'z' * 50};; {_JOINT}",
        f"{_RUN}case $X in ",
    ),
    "scripts in quotes": Input(
        _DOCKERFILE,
        f"sh -c \"sh -c 'apt-get install -y x#-; curl https://x | sh'\"; {_JOINT}",
        _RUN,
    ),
    "names that are secret": Input(
        _DOCKERFILE, "ENV A#-_TOKEN=sEcretvalue#-" + "x" * 40 + "\n", _BASE
    ),
    "autoscalers": Input("hpas.yaml", _HPA),
    "scripts of a ConfigMap": Input(
        "config.yaml",
        "  s#-.sh: |\n    #!/bin/bash\n    apt-get install -y a; curl https://x.example | sh\n",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n",
    ),
    "arguments that hold a long one": Input(
        "pod.yaml",
        "    - --x=$(A)$(A)\n",
        f"{_POD}{_SERVER}    env: [{{name: A, value: {_LONG}}}]\n    args:\n    - --model\n",
    ),
    "anchors": Input("pod.yaml", "  a#-: &a#- {b: 1}\n", _POD),
    "numbers": Input("pod.yaml", "1,", f"{_POD}  a: [", "]\n"),
    "services that extend each other": Input(
        "compose.yaml",
        "  s#+:\n    extends: {service: s#-}\n    environment: {A#-: b}\n",
        "services:\n  s0:\n    image: nginx\n",
    ),
    "services with defaults": Input(
        "compose.yaml", "    - A#-=${B#-:-${C#-:-x}}\n", "services:\n  s:\n    environment:\n"
    ),
    "targets": Input(
        "docker-bake.hcl", 'target "t#-" { context = "." }\n', 'variable "V" { default = "1" }\n'
    ),
    "versions of one requirement": Input("requirements.txt", ",!=1.#-", "torch>=1", "\n"),
    "hashes of requirements": Input(
        "requirements.txt", f"pkg#-==1.0 --hash=sha256:{'a' * 64} --hash=sha256:{'b' * 64}\n"
    ),
    "settings": Input(".env", "A#-_TOKEN=abcdef#-g\n"),
    "ignored folders": Input(".dockerignore", "a#-/**/b*/**/c\n"),
}


class Policy(NamedTuple):
    """A policy with so many parts, beside a Dockerfile with findings."""

    part: str
    head: str


_WAIVER = "- {rule: root-user, where: 'a#-/*', reason: r, until: 2099-01-01}\n"
POLICIES = {
    "globs of folders": Policy("**/", "extends: [strict]\nexclude:\n- 'a/"),
    "excludes": Policy("- a#-/**/b*\n", "extends: [strict]\nexclude:\n"),
    "unknown rules": Policy("  no-rule-#-: high\n", "extends: [strict]\nrules:\n"),
    "exemptions": Policy(
        "    - registry.example.com/a#-/*\n",
        "extends: [strict]\nrules:\n  unpinned-image:\n    exempt:\n",
    ),
    "waivers": Policy(_WAIVER, "extends: [strict]\nwaivers:\n"),
}


def large_inputs() -> Iterator[tuple[str, int, Callable[[Path, int], None]]]:
    """Each input: its name, its size for a megabyte, and what writes it in a size."""
    for name, given in {**INPUTS, **LARGE}.items():
        yield name, _parts(given), _writer(given)
    for name, policy in POLICIES.items():
        closing = "'\n" if "'" in policy.head else ""
        given = Input(".imagelint.yaml", policy.part, policy.head, closing)
        yield f"a policy of {name}", _parts(given), _writer(given, beside=f"{_BASE}RUN x\n" * 200)


def _parts(given: Input) -> int:
    """How many parts make a megabyte, or as many lines as are examined."""
    sample = given.text(2_000)
    number = _SIZE * 2_000 // len(sample)
    if given.origin == _DOCKERFILE:
        lines = max(sample.count("\n") // 2_000, 1)
        number = min(number, _LINES // lines)
    while len(given.text(number)) > _SIZE * 1.02:
        number = number * 19 // 20
    return number


def _writer(given: Input, beside: str = "") -> Callable[[Path, int], None]:
    def write(folder: Path, number: int) -> None:
        path = folder / given.origin
        path.parent.mkdir(parents=True)
        path.write_text(given.text(number), encoding="utf-8")
        if beside:
            (folder / _DOCKERFILE).write_text(beside, encoding="utf-8")

    return write
