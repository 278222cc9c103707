"""A small interpreter of composite actions: runs their steps as GitHub's runner does.

It knows what our action uses, and fails on anything else:
https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

from tests.action.commands import Command, commands

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from typing import TypeAlias

    Other: TypeAlias = Callable[[dict[str, str], Path], Mapping[str, str]]
    """Another action: from what it is given and the file of GITHUB_PATH to its outputs."""

_EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}")
_OUTPUT = re.compile(r"([\w-]+)=(.*)")
# What GitHub's runner starts for `shell: bash`.
_BASH = ("bash", "--noprofile", "--norc", "-eo", "pipefail")
# In a job with a container these expressions name folders of the host, which are not in there.
_HOST_ONLY = {
    "runner.temp": "/nowhere/on/this/machine/_temp",
    "github.action_path": "/nowhere/on/this/machine/_actions",
    "github.workspace": "/nowhere/on/this/machine/checkout",
}
_FILES = ("output", "summary", "path", "env", "step.sh")


class Result(NamedTuple):
    """What came of all steps. `used` are the steps with `uses`, with what they were given.

    `outputs` are those of the action, `steps` those of its steps as `ID.NAME`.
    """

    code: int
    stdout: str
    stderr: str
    outputs: dict[str, str]
    summary: str
    used: tuple[tuple[str, dict[str, str]], ...]
    steps: dict[str, str]

    @property
    def commands(self) -> tuple[Command, ...]:
        """What the runner does because of what was printed."""
        return commands(self.stdout + self.stderr)

    @property
    def errors(self) -> tuple[str, ...]:
        """The messages of the annotations that are errors."""
        return tuple(each.data for each in self.commands if each.name == "error")


class Job(NamedTuple):
    """Where an action runs: its checkout, the job's temporary folder, PATH, and what it knows.

    `others` are the other actions by the beginning of their names; one that is not there does
    nothing. `steps` are outputs of steps that ran before, `variables` those of the job.
    """

    checkout: Path
    temporary: Path
    path: str
    others: Mapping[str, Other] = {}
    steps: Mapping[str, str] = {}
    variables: Mapping[str, str] = {}
    matrix: str = "null"


class Composite:
    """One run of an action in a job."""

    def __init__(self, action: Path, job: Job) -> None:
        self.definition: dict[str, Any] = yaml.safe_load(action.read_text(encoding="utf-8"))
        self._action = action.parent
        self._job = job
        self._path = job.path
        self._context: dict[str, str] = {
            **_HOST_ONLY,
            "runner.os": "Linux",
            "runner.arch": "X64",
            "github.token": "the-token",
            "toJSON(matrix)": job.matrix,
        }
        self._context |= {f"steps.{name}": value for name, value in job.steps.items()}
        self._failed = False

    def run(
        self, inputs: Mapping[str, str], steps: slice = slice(None), without: tuple[str, ...] = ()
    ) -> Result:
        """Run some steps with inputs; what is not given has its default.

        The steps that are called as in `without` count as done.
        """
        assert set(inputs) <= set(self.definition["inputs"]), inputs
        for name, given in self.definition["inputs"].items():
            self._context[f"inputs.{name}"] = inputs.get(name, given.get("default", ""))
        self._context["toJSON(inputs)"] = json.dumps(
            {name: self._context[f"inputs.{name}"] for name in self.definition["inputs"]}, indent=2
        )
        done = Result(0, "", "", {}, "", (), {})
        for step in self.definition["runs"]["steps"][steps]:
            if step["name"] not in without:
                done = self._step(step, done)
        outputs = {
            name: self._filled(output["value"])
            for name, output in self.definition["outputs"].items()
        }
        said = {
            name.removeprefix("steps."): value
            for name, value in self._context.items()
            if name.startswith("steps.")
        }
        return done._replace(outputs=outputs, steps=said)

    def _step(self, step: dict[str, Any], done: Result) -> Result:
        unknown = set(step) - {"name", "id", "shell", "env", "run", "if", "uses", "with"}
        assert not unknown, unknown
        if not self._condition(step.get("if", "")):
            return done
        if "uses" in step:
            return self._other(step, done)
        assert step["shell"] == "bash"
        return self._bash(step, done)

    def _other(self, step: dict[str, Any], done: Result) -> Result:
        given = {name: self._filled(value) for name, value in step.get("with", {}).items()}
        path = self._job.temporary / "path"
        path.write_text("", encoding="utf-8")
        for name, other in self._job.others.items():
            if step["uses"].startswith(name):
                self._note(step, other(given, path))
        self._prepend(path)
        return done._replace(used=(*done.used, (step["uses"], given)))

    def _bash(self, step: dict[str, Any], done: Result) -> Result:
        files = {name: self._job.temporary / name for name in _FILES}
        for file in files.values():
            file.write_text("", encoding="utf-8")
        files["step.sh"].write_text(self._filled(step["run"]), encoding="utf-8")
        ran = subprocess.run(
            [*_BASH, str(files["step.sh"])],
            cwd=self._job.checkout,
            env=self._environment(step, files),
            capture_output=True,
            text=True,
            check=False,
        )
        self._failed = self._failed or ran.returncode != 0
        matches = map(_OUTPUT.fullmatch, files["output"].read_text(encoding="utf-8").splitlines())
        self._note(step, {match[1]: match[2] for match in matches if match is not None})
        self._prepend(files["path"])
        assert files["env"].read_text(encoding="utf-8") == ""
        return done._replace(
            code=done.code or ran.returncode,
            stdout=done.stdout + ran.stdout,
            stderr=done.stderr + ran.stderr,
            summary=done.summary + files["summary"].read_text(encoding="utf-8"),
        )

    def _environment(self, step: dict[str, Any], files: Mapping[str, Path]) -> dict[str, str]:
        """What the runner sets: the job's variables, then its own, then the step's."""
        return {
            **{name: value for name, value in os.environ.items() if name.startswith("PIP_")},
            "HOME": str(self._job.temporary),
            "LANG": "C.UTF-8",
            **self._job.variables,
            "PATH": self._path,
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(self._action),
            "GITHUB_JOB": "judge",
            "GITHUB_REPOSITORY": "team/serving",
            "GITHUB_WORKFLOW_REF": "team/serving/.github/workflows/pr.yaml@refs/pull/7/merge",
            "GITHUB_WORKSPACE": str(self._job.checkout),
            "RUNNER_ARCH": "X64",
            "RUNNER_OS": "Linux",
            "RUNNER_TEMP": str(self._job.temporary),
            "GITHUB_ENV": str(files["env"]),
            "GITHUB_OUTPUT": str(files["output"]),
            "GITHUB_PATH": str(files["path"]),
            "GITHUB_STEP_SUMMARY": str(files["summary"]),
            **{name: self._filled(value) for name, value in step.get("env", {}).items()},
        }

    def _note(self, step: dict[str, Any], outputs: Mapping[str, str]) -> None:
        for name, value in outputs.items():
            self._context[f"steps.{step.get('id', '')}.outputs.{name}"] = value

    def _prepend(self, path: Path) -> None:
        for line in path.read_text(encoding="utf-8").splitlines():
            self._path = f"{line}{os.pathsep}{self._path}"

    def _condition(self, text: str) -> bool:
        if not text:
            return not self._failed
        match = _EXPRESSION.fullmatch(text)
        expression = match[1] if match else text
        held = bool(self._value(expression))
        return held and ("always()" in expression or not self._failed)

    def _filled(self, text: object) -> str:
        return _EXPRESSION.sub(lambda match: str(self._value(match[1])), str(text))

    def _value(self, expression: str) -> str | bool:
        if "&&" in expression:
            return all(self._value(part) for part in expression.split("&&"))
        if "||" in expression:
            values = map(self._value, expression.split("||"))
            return next((value for value in values if value), "")
        for operator, equal in (("==", True), ("!=", False)):
            if operator in expression:
                left, right = map(self._value, expression.split(operator))
                return (left == right) is equal
        return self._atom(expression.strip())

    def _atom(self, atom: str) -> str | bool:
        if atom == "always()":
            return True
        if atom.startswith("'"):
            assert atom.endswith("'")
            return atom[1:-1]
        if atom.startswith("steps."):
            return self._context.get(atom, "")
        return self._context[atom]
