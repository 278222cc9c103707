"""A small interpreter of composite actions: runs their steps as GitHub's runner does.

It knows what our action uses, and fails on anything else:
https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax
"""

from __future__ import annotations

import os
import re
import subprocess
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}")
_OUTPUT = re.compile(r"([\w-]+)=(.*)")
# What GitHub's runner starts for `shell: bash`.
_BASH = ("bash", "--noprofile", "--norc", "-eo", "pipefail")


class Result(NamedTuple):
    """What came of all steps. `used` are the steps with `uses`, with what they were given."""

    code: int
    stdout: str
    stderr: str
    outputs: dict[str, str]
    summary: str
    used: tuple[tuple[str, dict[str, str]], ...]


class Composite:
    """One run of an action in a checkout, with a temporary folder of its own."""

    def __init__(self, action: Path, checkout: Path, temporary: Path) -> None:
        self.definition: dict[str, Any] = yaml.safe_load(action.read_text(encoding="utf-8"))
        self._checkout = checkout
        self._temporary = temporary
        self._context = {"runner.temp": str(temporary), "github.action_path": str(action.parent)}
        self._failed = False

    def run(self, inputs: Mapping[str, str], *, steps: slice = slice(None), path: str) -> Result:
        """Run some steps with inputs; what is not given has its default."""
        for name, given in self.definition["inputs"].items():
            self._context[f"inputs.{name}"] = inputs.get(name, given.get("default", ""))
        done = Result(0, "", "", {}, "", ())
        for step in self.definition["runs"]["steps"][steps]:
            done = self._step(step, done, path)
        outputs = {
            name: self._filled(output["value"])
            for name, output in self.definition["outputs"].items()
        }
        return done._replace(outputs=outputs)

    def _step(self, step: dict[str, Any], done: Result, path: str) -> Result:
        unknown = set(step) - {"name", "id", "shell", "env", "run", "if", "uses", "with"}
        assert not unknown, unknown
        if not self._condition(step.get("if", "")):
            return done
        if "uses" in step:
            given = {name: self._filled(value) for name, value in step.get("with", {}).items()}
            return done._replace(used=(*done.used, (step["uses"], given)))
        assert step["shell"] == "bash"
        return self._bash(step, done, path)

    def _bash(self, step: dict[str, Any], done: Result, path: str) -> Result:
        files = {name: self._temporary / name for name in ("output", "summary", "step.sh")}
        for file in files.values():
            file.write_text("", encoding="utf-8")
        files["step.sh"].write_text(self._filled(step["run"]), encoding="utf-8")
        environment = {
            "PATH": path,
            "HOME": str(self._temporary),
            "GITHUB_OUTPUT": str(files["output"]),
            "GITHUB_STEP_SUMMARY": str(files["summary"]),
            "LANG": "C.UTF-8",
            **{name: self._filled(value) for name, value in step.get("env", {}).items()},
            **{name: value for name, value in os.environ.items() if name.startswith("PIP_")},
        }
        ran = subprocess.run(
            [*_BASH, str(files["step.sh"])],
            cwd=self._checkout,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        self._failed = self._failed or ran.returncode != 0
        for line in files["output"].read_text(encoding="utf-8").splitlines():
            match = _OUTPUT.fullmatch(line)
            assert match is not None, line
            self._context[f"steps.{step.get('id', '')}.outputs.{match[1]}"] = match[2]
        return Result(
            done.code or ran.returncode,
            done.stdout + ran.stdout,
            done.stderr + ran.stderr,
            {},
            done.summary + files["summary"].read_text(encoding="utf-8"),
            done.used,
        )

    def _condition(self, text: str) -> bool:
        if not text:
            return not self._failed
        match = _EXPRESSION.fullmatch(text)
        expression = match[1] if match else text
        held = bool(self._value(expression))
        return held and ("always()" in expression or not self._failed)

    def _filled(self, text: str) -> str:
        return _EXPRESSION.sub(lambda match: str(self._value(match[1])), text)

    def _value(self, expression: str) -> str | bool:
        if "&&" in expression:
            return all(self._value(part) for part in expression.split("&&"))
        if "==" in expression:
            left, right = expression.split("==")
            return self._value(left) == self._value(right)
        atom = expression.strip()
        if atom == "always()":
            return True
        if atom.startswith("'"):
            assert atom.endswith("'")
            return atom[1:-1]
        if atom.startswith("steps."):
            return self._context.get(atom, "")
        return self._context[atom]
