from __future__ import annotations

import pytest

from imagelint.core.fact import UNKNOWN, Known, value_or
from imagelint.documents.complaints import UnknownInstruction
from imagelint.documents.dockerfile.document import Dockerfile
from imagelint.documents.dockerfile.model import Instruction, Stage, StartCommand
from imagelint.documents.dockerfile.start import launch_of
from imagelint.documents.serving.command import ServingCommand
from imagelint.documents.shared import EnvVar, ImageUse
from imagelint.documents.shell.script import Command, Script
from tests.documents.dockerfile.reader import nodes, read, under

_SERVER = """\
FROM vllm/vllm-openai:v0.8.5
ENV HF_HOME=/m HF_TOKEN='hf secret'
RNU a
CMD ["--model", "org/name"]
"""


def test_nodes_stand_in_the_order_of_the_file() -> None:
    kinds = [type(node) for node in read(_SERVER).walk()]
    assert kinds[0] is Dockerfile
    assert kinds[2] is UnknownInstruction
    stage = kinds.index(Stage)
    assert kinds[stage:] == [
        Stage, ImageUse, Instruction, Instruction, EnvVar, EnvVar, Instruction, Instruction,
        Script, Command, StartCommand, ServingCommand,
    ]  # fmt: skip


def test_the_serving_command_is_that_of_the_final_stage() -> None:
    document = read(_SERVER)
    assert document.serving is not None
    assert document.serving.engine == "vllm"
    assert value_or(document.serving.model, "") == "org/name"
    assert document.final_stage is document.stages[-1]
    assert read("FROM alpine\nCMD ls\n").serving is None


@pytest.mark.parametrize(
    ("lines", "argv", "complete", "appends"),
    [
        ("FROM a", [], False, True),
        ('FROM a\nCMD ["b", "c"]', ["b", "c"], False, True),
        ('FROM a\nENTRYPOINT ["b"]', ["b"], True, False),
        ('FROM a\nENTRYPOINT ["b"]\nCMD ["c"]', ["b", "c"], True, False),
        ('FROM a\nENTRYPOINT ["b"]\nCMD c d', ["b", "/bin/sh", "-c", "c d"], True, False),
        ('FROM a\nENTRYPOINT b c\nCMD ["d"]', ["/bin/sh", "-c", "b c"], True, False),
        ('FROM a\nSHELL ["bash", "-ec"]\nCMD b', ["bash", "-ec", "b"], False, True),
        ('FROM scratch\nCMD ["b"]', ["b"], True, False),
        ('FROM a AS b\nENTRYPOINT ["c"]\nFROM b\nCMD ["d"]', ["c", "d"], True, False),
        ("FROM scratch\nCMD", [], True, False),
    ],
)
def test_entry_point_and_command_combine_as_docker_combines_them(
    lines: str,
    argv: list[str],
    complete: bool,  # noqa: FBT001 - a parameter of a table
    appends: bool,  # noqa: FBT001 - a parameter of a table
) -> None:
    launch = launch_of(read(lines).stages[-1])
    assert [word.text for word in launch.argv] == argv
    assert (launch.complete, launch.appends) == (complete, appends)


def test_a_launch_knows_its_surroundings() -> None:
    text = "FROM a:1 AS b\nENV C=d\nUSER e\nEXPOSE 80\nFROM b AS f\nCMD g\n"
    launch = launch_of(read(text).stages[-1])
    assert launch.image is not None
    assert launch.image.text == "a:1"
    assert [(entry.name, value_or(entry.value, "")) for entry in launch.env] == [("C", "d")]
    assert not launch.env_complete
    assert under(text, launch) == "CMD g"
    runtime = launch.runtime
    assert (runtime.kind, runtime.owner, runtime.name) == ("image", "Dockerfile", "f")
    assert ([port.number for port in runtime.ports], value_or(runtime.user, "")) == ([80], "e")
    assert under(text, runtime) == "FROM b AS f"
    assert launch_of(read("FROM a").stages[0]).runtime.user is UNKNOWN


def test_values_of_secret_names_are_concealed() -> None:
    text = (
        "ARG HF_TOKEN\nARG API_KEY=abc\nFROM a\nENV HF_TOKEN='d e' PORT=80 DB_PASSWORD=$X\n"
        'ENV API_KEY f g\nONBUILD ENV API_KEY="h"\n'
    )
    concealed = [text[span.start : span.end] for span in read(text).concealed()]
    assert concealed == ["abc", "d e", "$X", "f g", "h"]


def test_global_arguments_are_those_before_the_first_stage() -> None:
    document = read("ARG A=1 B\nFROM a\nARG C\n")
    assert list(document.arguments) == ["A", "B"]
    assert isinstance(document.arguments["A"].value, Known)


def test_onbuild_variables_change_nothing_here() -> None:
    text = "FROM scratch\nONBUILD ENV A=b\nENV C=$A\n"
    stage = read(text).stages[0]
    assert value_or(stage.env["C"].value, "?") == ""
    assert [entry.name for entry in nodes(text, EnvVar)] == ["A", "C"]
    assert stage.variables.keys() == {"C"}


_STAGES = """\
ARG A=0
FROM alpine:3.20 AS one
ENV A=1 B=1
RUN echo $A
ENV A=2
FROM one
ENV A=3
ONBUILD RUN true
HEALTHCHECK CMD curl x
"""


def test_a_stage_is_found_by_an_offset() -> None:
    document = read(_STAGES)
    first, second = document.stages
    assert document.stage_at(0) is None
    assert document.stage_at(first.span.start) is first
    assert document.stage_at(second.span.start - 1) is first
    assert document.stage_at(len(_STAGES)) is second


def test_a_stage_knows_its_own_scripts_and_settings() -> None:
    first, second = read(_STAGES).stages
    assert [script.text for script in first.scripts] == ["echo $A"]
    assert [script.text for script in second.scripts] == ["true", "curl x"]
    between, end = _STAGES.index("RUN"), len(_STAGES)
    assert [value_or(one.value, "?") for one in first.settings("A", between)] == ["1"]
    assert [value_or(one.value, "?") for one in first.settings("A", end)] == ["1", "2"]
    assert [value_or(one.value, "?") for one in second.settings("A", end)] == ["3"]
    assert first.settings("C", end) == ()


def test_a_stage_finds_its_instructions() -> None:
    first, second = read(_STAGES).stages
    run = first.instructions[2]
    assert first.instruction_at(run.span.start) is run
    assert first.instruction_at(run.span.end - 1) is run
    assert first.instruction_at(run.span.end) is None
    assert second.instruction_at(0) is None
