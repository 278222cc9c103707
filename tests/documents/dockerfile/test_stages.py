from __future__ import annotations

import pytest

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known, value_or
from imagelint.documents.complaints import EmptyDockerfile, InstructionBeforeFrom
from imagelint.documents.dockerfile.model import HealthCheck, Stage, StartCommand
from imagelint.documents.shared import ImageRole, ImageUse
from tests.documents.dockerfile.reader import complaints, nodes, read, under


def _stages(text: str) -> tuple[Stage, ...]:
    return read(text).stages


def _final(text: str) -> Stage:
    return _stages(text)[-1]


def _shown(fact: Fact[str]) -> str:
    return value_or(fact, str(fact))


def _env(stage: Stage) -> dict[str, str]:
    return {name: _shown(variable.value) for name, variable in stage.env.items()}


def test_stages_stand_upon_each_other() -> None:
    text = "FROM a:1 AS Base\nFROM base\nFROM scratch AS c\nFROM b:2 AS d\nFROM d\n"
    stages = _stages(text)
    assert [stage.name for stage in stages] == ["base", "", "c", "d", ""]
    assert [stage.base_stage for stage in stages] == [None, 0, None, None, 3]
    assert [stage.base.text if stage.base else "" for stage in stages] == ["a:1", "", "", "b:2", ""]
    assert [stage.scratch for stage in stages] == [False, False, True, False, False]
    assert [stage.shipped for stage in stages] == [False, False, False, True, True]
    assert [stage.final for stage in stages] == [False] * 4 + [True]
    roots = [stage.root_image.text if stage.root_image else "" for stage in stages]
    assert roots == ["a:1", "a:1", "", "b:2", "b:2"]
    images = nodes(text, ImageUse)
    assert [(image.text, image.final) for image in images] == [("a:1", False), ("b:2", True)]


def test_a_stage_may_be_named_like_its_image() -> None:
    stages = _stages("FROM a AS a\nFROM a AS a\nFROM a\n")
    assert [stage.base_stage for stage in stages] == [None, 0, 1]


def test_the_base_is_expanded_with_global_arguments_only() -> None:
    text = (
        "ARG R=r.io/x T\nARG I=$R/y:1\nFROM $I AS a\nARG R=z\nFROM $R/y\nFROM $T\n"
        "FROM --platform=$BUILDPLATFORM b\nFROM --platform=linux/amd64 c$NONE\nFROM $NONE\n"
    )
    stages = _stages(text)
    references = [_shown_reference(stage) for stage in stages]
    assert references == ["r.io/x/y:1", "r.io/x/y", "?", "b", "c", "?"]
    assert [stage.platform for stage in stages[:3]] == [ABSENT] * 3
    assert stages[3].platform is UNKNOWN
    assert _shown(stages[4].platform) == "linux/amd64"
    assert list(read(text).arguments) == ["R", "T", "I"]


def _shown_reference(stage: Stage) -> str:
    assert stage.base is not None
    reference = stage.base.reference
    return str(reference.value) if isinstance(reference, Known) else "?"


def test_files_are_taken_from_stages_images_and_contexts() -> None:
    text = (
        "FROM a AS one\nFROM b AS two\nFROM c AS three\nFROM d\n"
        "COPY --from=one x y\nCOPY --from=TWO x y\nCOPY --from=7 x y\nCOPY --from=e:1 x y\n"
        "COPY --from=ctx x y\nCOPY --from=$Z x y\nCOPY --from= x y\n"
        "RUN --mount=type=bind,from=f:2,target=/t --mount=from=2 --mount=type=cache,target=/c z\n"
        "RUN --mount=from=$Y z\nONBUILD COPY --from=g x y\n"
    )
    document = read(text, contexts=("ctx", "c"))
    uses = [node for node in document.nodes() if isinstance(node, ImageUse)]
    assert [(use.text, use.role) for use in uses] == [
        ("a", ImageRole.BASE),
        ("b", ImageRole.BASE),
        ("d", ImageRole.BASE),
        ("e:1", ImageRole.COPY),
        ("$Z", ImageRole.COPY),
        ("f:2", ImageRole.MOUNT),
        ("$Y", ImageRole.MOUNT),
        ("g", ImageRole.COPY),
    ]
    assert [under(text, use) for use in uses] == [use.text for use in uses]
    unknown = [use.text for use in uses if use.reference is UNKNOWN]
    assert unknown == ["$Z", "$Y"]
    assert [stage.used for stage in document.stages] == [True, True, True, True]
    assert document.stages[2].context == "c"


def test_what_a_mount_is_from_is_found_behind_escapes_too() -> None:
    text = "FROM scratch\nARG A=b\nRUN --mount=type=bind,fr\\om=c:1 --mount=target=/d,from=$A x\n"
    first, second = nodes(text, ImageUse)
    assert (first.text, under(text, first)) == ("c:1", "type=bind,fr\\om=c:1")
    assert (second.text, second.reference) == ("$A", UNKNOWN)


def test_stages_that_nothing_needs_are_not_used() -> None:
    text = "FROM a AS b\nFROM c AS d\nCOPY --from=b x y\nFROM e AS f\nFROM g\nCOPY --from=3 x y\n"
    assert [stage.used for stage in _stages(text)] == [False, False, False, True]


def test_a_stage_may_take_from_a_later_one() -> None:
    stages = _stages("FROM a AS b\nCOPY --from=c x y\nFROM d AS c\nFROM b\n")
    assert [stage.used for stage in stages] == [True, True, True]


def test_variables_of_a_stage_are_those_of_its_bases_and_its_own() -> None:
    text = (
        "FROM scratch AS a\nENV A=1 B=$A\nENV C=$A D=${N:-x}\nFROM a AS b\nENV A=2 E=$C\n"
        "FROM a\nENV F=$E G=$A\n"
    )
    first, second, third = _stages(text)
    assert _env(first) == {"A": "1", "B": "", "C": "1", "D": "x"}
    assert _env(second) == {"A": "2", "B": "", "C": "1", "D": "x", "E": "1"}
    assert _env(third) == {"A": "1", "B": "", "C": "1", "D": "x", "F": "", "G": "1"}
    assert first.env_complete
    assert not _final("FROM a\nENV B=c").env_complete


def test_arguments_have_their_scopes() -> None:
    text = (
        "ARG A=1 B=2 C\nFROM scratch AS x\nENV a=$A b=$B\nARG A\nARG B=3 C TARGETARCH D=$A\n"
        "ENV c=$A d=$B e=$C f=$TARGETARCH g=$D\nFROM x\nENV h=$B i=$BUILDPLATFORM\n"
        "FROM scratch\nENV j=$A\n"
    )
    first, second, third = _stages(text)
    assert _env(first) == {
        "a": "", "b": "", "c": "1", "d": "3", "e": "Missing.UNKNOWN", "f": "Missing.UNKNOWN",
        "g": "1",
    }  # fmt: skip
    assert (_env(second)["h"], _env(second)["i"]) == ("3", "")
    assert _env(third) == {"j": ""}


def test_the_later_of_env_and_arg_wins() -> None:
    text = "FROM scratch\nENV A=1\nARG A=2\nENV b=$A\nARG C=3\nENV C=4\nENV d=$C\n"
    assert (_env(_final(text))["b"], _env(_final(text))["d"]) == ("2", "4")
    assert _env(_final(text))["A"] == "1"


@pytest.mark.parametrize(
    ("lines", "name", "group", "root"),
    [
        ("USER root", "root", "Missing.ABSENT", True),
        ("USER 0:0", "0", "0", True),
        ("USER app:staff", "app", "staff", False),
        ("USER 1000\nUSER root\nUSER 10001", "10001", "Missing.ABSENT", False),
        ("ARG U=0\nUSER $U", "0", "Missing.ABSENT", True),
    ],
)
def test_the_last_user_counts(
    lines: str,
    name: str,
    group: str,
    root: bool,  # noqa: FBT001 - a parameter of a table
) -> None:
    text = f"FROM a\n{lines}\n"
    user = _final(text).user
    assert (_shown(user.name), _shown(user.group)) == (name, group)
    assert value_or(user.is_root, None) is root
    assert under(text, user) == lines.rpartition(" ")[2]


def test_a_user_who_is_not_set_is_for_the_base_to_say() -> None:
    user = _final("FROM a\nUSER\n").user
    assert (user.name, user.group, user.is_root) == (ABSENT, ABSENT, ABSENT)
    user = _final("FROM scratch\n").user
    assert (user.name, value_or(user.is_root, None)) == (ABSENT, True)
    user = _final("FROM a\nARG U\nUSER $U").user
    assert (user.name, user.group, user.is_root) == (UNKNOWN, UNKNOWN, UNKNOWN)
    user = _final("FROM a AS b\nUSER c\nFROM b\n").user
    assert _shown(user.name) == "c"


@pytest.mark.parametrize(
    ("text", "workdir"),
    [
        ("FROM scratch\n", "/"),
        ("FROM a\n", "Missing.UNKNOWN"),
        ("FROM a\nWORKDIR b\n", "Missing.UNKNOWN"),
        ("FROM scratch\nWORKDIR b\nWORKDIR c/../d\n", "/b/d"),
        ("FROM a\nWORKDIR //b/\nWORKDIR c\n", "/b/c"),
        ("FROM a AS b\nWORKDIR /c\nFROM b\nWORKDIR d\n", "/c/d"),
        ("FROM a\nWORKDIR /b\nARG C\nWORKDIR $C\n", "Missing.UNKNOWN"),
        ("# escape=`\nFROM a\nWORKDIR C:\\app\n", "C:\\app"),
    ],
)
def test_the_working_directory_adds_up(text: str, workdir: str) -> None:
    assert _shown(_final(text).workdir) == workdir


def test_ports_are_those_of_all_expose() -> None:
    text = "FROM a AS b\nARG P='9 10'\nEXPOSE 80/tcp 80\nFROM b\nEXPOSE 3-5/udp $P x 7-6 1-99999\n"
    assert _final(text).exposed == (80, 3, 4, 5, 9, 10)


def test_a_shell_is_inherited_and_windows_has_its_own() -> None:
    assert _final("FROM a\n").shell == ("/bin/sh", "-c")
    assert _final('FROM a AS b\nSHELL ["bash", "-c"]\nFROM b\n').shell == ("bash", "-c")
    assert _final("FROM a\nSHELL bash\n").shell == ("/bin/sh", "-c")
    assert _final("FROM mcr.microsoft.com/windows/nanoserver:1\n").shell == ("cmd", "/S", "/C")


def test_an_entry_point_resets_the_command_of_the_base() -> None:
    head = 'FROM a AS b\nCMD ["c"]\nFROM b\n'
    assert _final(head).cmd is not None
    assert _final(f'{head}ENTRYPOINT ["d"]\n').cmd is None
    assert _final(f'{head}ENTRYPOINT ["d"]\nCMD ["e"]\n').cmd is not None
    own = _final(f'{head}CMD ["e"]\nENTRYPOINT ["d"]\n').cmd
    assert own is not None
    assert own.words[0].text == "e"


def test_what_is_in_force_at_the_end_is_marked() -> None:
    text = "FROM a AS b\nENTRYPOINT c\nHEALTHCHECK CMD d\nFROM b\nCMD e\nCMD f\nHEALTHCHECK NONE\n"
    assert [(under(text, start), start.final) for start in nodes(text, StartCommand)] == [
        ("ENTRYPOINT c", True),
        ("CMD e", False),
        ("CMD f", True),
    ]
    assert [check.final for check in nodes(text, HealthCheck)] == [False, True]
    stage = _final(text)
    assert stage.entrypoint is not None
    assert stage.cmd is not None
    assert stage.healthcheck is not None
    assert (stage.entrypoint.final, stage.cmd.final, stage.healthcheck.final) == (True,) * 3


def test_health_checks_say_their_times() -> None:
    text = (
        "FROM a\nHEALTHCHECK --interval=1m30s --timeout=500ms --start-period=0 --retries=3 "
        'CMD ["curl", "x"]\n'
    )
    (check,) = nodes(text, HealthCheck)
    assert value_or(check.interval, None) == 90
    assert value_or(check.timeout, None) == 0.5
    assert value_or(check.start_period, None) == 0
    assert value_or(check.retries, None) == 3
    assert not check.disabled
    assert [word.text for word in check.words] == ["curl", "x"]
    assert isinstance(check.interval, Known)
    assert check.interval.span is not None
    assert under(text, check.interval.span) == "1m30s"


def test_health_checks_say_what_they_do_not_say() -> None:
    (check,) = nodes("HEALTHCHECK --interval=$X --retries=many none\n", HealthCheck)
    assert (check.interval, check.retries) == (UNKNOWN, UNKNOWN)
    assert (check.timeout, check.start_period) == (ABSENT, ABSENT)
    assert check.disabled
    assert check.script is None
    assert nodes("HEALTHCHECK\n", HealthCheck)[0].retries is ABSENT


@pytest.mark.parametrize("text", ["-1s", "1d", "9223372037s", "1s x", ""])
def test_times_that_docker_does_not_take_are_unknown(text: str) -> None:
    (check,) = nodes(f"HEALTHCHECK --interval='{text}' CMD a\n", HealthCheck)
    assert check.interval is UNKNOWN


def test_a_file_without_from_is_read_and_said_to_be_none() -> None:
    text = "ARG A=b\nLABEL c=$A\nRUN d\nCMD e\n"
    document = read(text)
    assert complaints(text) == [("LABEL", "LABEL stands before any FROM")]
    assert (document.stages, document.final_stage) == ((), None)
    assert document.instructions[1].words[0].text == "c=b"
    assert [entry.stage for entry in document.instructions] == [-1] * 4
    assert [start.final for start in nodes(text, StartCommand)] == [True]


def test_an_empty_file_is_said_to_be_empty() -> None:
    assert complaints("") == [("", "the file holds no instruction")]
    assert complaints("# nothing\n") == [("", "the file holds no instruction")]
    (complaint,) = read("").complaints
    assert (type(complaint), complaint.subject) == (EmptyDockerfile, "")


def test_only_arguments_may_stand_before_the_first_stage() -> None:
    assert complaints("ARG A\nFROM $A\n") == []
    assert complaints("RUN a\nRUN b\nFROM c\n") == [("RUN", "RUN stands before any FROM")]
    (complaint,) = read("RUN a\n").complaints
    assert (type(complaint), complaint.subject) == (InstructionBeforeFrom, "RUN")


def test_a_word_that_is_no_instruction_does_not_stand_before_from_as_well() -> None:
    assert complaints("FORM a\nRUN b\n") == [("FORM", "there is no instruction FORM")]


def test_a_from_without_an_image_is_still_a_stage() -> None:
    document = read("FROM\nUSER a\nFROM b\n")
    assert [stage.base is None for stage in document.stages] == [True, False]
    assert _shown(document.stages[0].user.name) == "a"


def test_stages_hand_out_their_own_instructions() -> None:
    stage = _final("FROM a\nRUN b\nFROM c\nRUN d\nCOPY e f\nRUN g\n")
    assert [entry.value for entry in stage.of("RUN")] == ["d", "g"]
    assert [entry.keyword for entry in stage.of("FROM", "COPY")] == ["FROM", "COPY"]
