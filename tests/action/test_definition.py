"""What action.yml declares: our options, other actions by commit, nothing spliced."""

from __future__ import annotations

import re

import click

from imagelint.cli.check import check
from imagelint.cli.gate import gate
from tests.action.jobs import ACTION, DEFINITION, REPOSITORY, STEPS

SCRIPTS = sorted((REPOSITORY / ".github/action").glob("*.py"))
# What a job has instead: annotations, a summary and reports are always written.
OPTIONS_WITHOUT_INPUT = {
    "candidates",
    "color",
    "format",
    "jobs",
    "cross-check",
    "kind",
    "no-cache",
    "quiet",
    "statistics",
    "stdin-filename",
    "verbose",
    "write-baseline",
}
INPUTS_WITHOUT_OPTION = {
    *("cache", "image", "paths", "python", "sarif", "tools", "trivy-releases"),
    *("comment", "fix-suggestions", "sbom", "upload-report", "working-directory"),
}


def options(command: click.Command) -> set[str]:
    return {
        name.removeprefix("--")
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for name in parameter.opts
        if name.startswith("--")
    }


def test_the_inputs_are_the_options() -> None:
    expected = (options(check) | options(gate)) - OPTIONS_WITHOUT_INPUT
    assert set(DEFINITION["inputs"]) - INPUTS_WITHOUT_OPTION == expected


def test_the_exceptions_are_needed() -> None:
    assert options(check) | options(gate) >= OPTIONS_WITHOUT_INPUT
    assert set(DEFINITION["inputs"]) >= INPUTS_WITHOUT_OPTION


def test_every_input_is_read() -> None:
    scripts = "".join(file.read_text(encoding="utf-8") for file in SCRIPTS)
    conditions = " ".join(f"{step.get('if', '')} {step.get('env', '')}" for step in STEPS)
    for name in DEFINITION["inputs"]:
        assert f'"{name}"' in scripts or f"inputs.{name} " in conditions.replace("}", " }"), name


def test_scripts_get_all_inputs_or_none() -> None:
    given = [step["env"]["INPUTS"] for step in STEPS if "INPUTS" in step.get("env", {})]
    assert set(given) == {"${{ toJSON(inputs) }}"}


def test_every_input_and_output_is_described() -> None:
    for described in (*DEFINITION["inputs"].values(), *DEFINITION["outputs"].values()):
        assert described["description"].endswith(".")


def test_other_actions_are_pinned_to_a_commit() -> None:
    used = [step["uses"] for step in STEPS if "uses" in step]
    assert used
    for name in used:
        assert re.fullmatch(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}", name)


def test_nothing_is_spliced_into_a_script() -> None:
    scripts = [step["run"] for step in STEPS if "run" in step]
    assert scripts
    for script in scripts:
        assert "${{" not in script


def test_python_is_isolated_from_the_checkout() -> None:
    for step in STEPS:
        for start in re.findall(r'"\$PYTHON"(.*)', step.get("run", "")):
            assert start.startswith(" -I ")


def test_expressions_know_only_what_a_composite_action_is_given() -> None:
    """https://github.com/actions/runner/blob/main/src/Runner.Worker/action_yaml.json."""
    known = {"github", "inputs", "job", "matrix", "runner", "steps", "strategy"}
    text = ACTION.read_text(encoding="utf-8")
    for expression in re.findall(r"\$\{\{(.*?)\}\}", text):
        plain = re.sub(r"'[^']*'", "", expression)
        words = set(re.findall(r"(?<![\w.-])[a-z]\w*", plain)) - {"always", "toJSON"}
        assert words <= known, expression


def test_nothing_names_a_folder_of_the_host() -> None:
    """In a job with a container they are others: https://github.com/actions/runner/issues/716."""
    text = ACTION.read_text(encoding="utf-8")
    for name in ("runner.temp", "github.action_path", "github.workspace"):
        assert name not in text
