from __future__ import annotations

import pytest

from imagelint.documents.base import NO_RULE, Dialect
from tests.documents.dockerfile.reader import read

_FILE = """\
ARG V=1
{0}
FROM a AS b
{1}
RUN c \\
  {2}
  && d
COPY e f
FROM g
{3}
USER h
{4}
"""
_ALL, _RUN = "ARG V=1", "RUN c"
_HADOLINT, _TRIVY, _BUILDKIT = Dialect.HADOLINT, Dialect.TRIVY, Dialect.BUILDKIT
_STAGE = "FROM a AS b"


def _allowed(place: int, comment: str) -> list[tuple[str, str, str, Dialect]]:
    """Rule, first and last line of the scope, dialect."""
    comments = ["#"] * 5
    comments[place] = comment
    text = _FILE.format(*comments)
    found = []
    for allowance in read(text).allowances:
        scope = text[allowance.scope.start : allowance.scope.end].strip()
        lines = scope.split("\n") if scope else [""]
        assert text[allowance.span.start : allowance.span.end] == comment
        found.append((allowance.rule, lines[0], lines[-1], allowance.dialect))
    return found


@pytest.mark.parametrize(
    ("place", "first", "last"),
    [
        (0, "FROM a AS b", "FROM a AS b"),
        (1, "RUN c \\", "&& d"),
        (2, "RUN c \\", "&& d"),
        (4, "", ""),
    ],
)
def test_an_allowance_holds_for_the_next_instruction(place: int, first: str, last: str) -> None:
    ((rule, begin, end, dialect),) = _allowed(place, "# imagelint: allow some-rule -- why")
    assert (rule, begin, end.strip(), dialect) == ("some-rule", first, last, Dialect.IMAGELINT)


@pytest.mark.parametrize(
    ("place", "first", "last"),
    [(0, "FROM a AS b", "COPY e f"), (1, "FROM a AS b", "COPY e f"), (2, "FROM a AS b", "COPY e f"),
     (3, "FROM g", "#"), (4, "FROM g", "# imagelint: allow x in stage -- why")],
)  # fmt: skip
def test_an_allowance_may_hold_for_a_stage(place: int, first: str, last: str) -> None:
    ((_, begin, end, _),) = _allowed(place, "# imagelint: allow x in stage -- why")
    assert (begin, end) == (first, last)


def test_an_allowance_may_hold_for_the_file() -> None:
    ((_, begin, end, _),) = _allowed(3, "# imagelint: allow x in file -- why")
    assert (begin, end) == ("ARG V=1", "#")


def test_before_the_first_stage_a_stage_is_what_stands_there() -> None:
    text = "# imagelint: allow x in stage -- why\nARG A\n\nFROM b\n"
    (allowance,) = read(text).allowances
    assert text[allowance.scope.start : allowance.scope.end].strip().endswith("ARG A")
    (allowance,) = read("# imagelint: allow x in stage -- why\nARG A\n").allowances
    assert allowance.scope.end == len("# imagelint: allow x in stage -- why\nARG A\n")


@pytest.mark.parametrize(
    ("comment", "rules", "reason"),
    [
        ("# imagelint: allow a -- b c ", ["a"], "b c"),
        ("#imagelint:allow a,b , c-d -- e -- f", ["a", "b", "c-d"], "e -- f"),
        ("# imagelint: allow a", ["a"], ""),
        ("# imagelint: allow a in file", ["a"], ""),
        ("# imagelint: allow a because", ["a"], ""),
        ("# imagelint: allow a --", ["a"], ""),
        ("# imagelint: allow", [NO_RULE], ""),
        ("# imagelint allow a", [NO_RULE], ""),
        ("# imagelint: alow a -- b", [NO_RULE], ""),
        ("# imagelint allows a", [], ""),
        ("# see imagelint: allow a", [], ""),
    ],
)
def test_names_and_reason_are_read(comment: str, rules: list[str], reason: str) -> None:
    allowances = read(f"FROM x\n{comment}\nUSER y\n").allowances
    assert [allowance.rule for allowance in allowances] == rules
    assert all(allowance.reason == reason for allowance in allowances)


@pytest.mark.parametrize(
    ("comment", "expected"),
    [
        ("# hadolint ignore=DL1,DL2", [("DL1", _RUN, _HADOLINT), ("DL2", _RUN, _HADOLINT)]),
        ("# hadolint ignore=DL1 for now", [("DL1", _RUN, _HADOLINT)]),
        ("# hadolint global ignore=D, S2", [("D", _ALL, _HADOLINT), ("S2", _ALL, _HADOLINT)]),
        ("#trivy:ignore:DS-0002", [("DS-0002", _RUN, _TRIVY)]),
        ("# trivy:ignore:AVD-DS-0002 exp:2030-01-01", [("AVD-DS-0002", _RUN, _TRIVY)]),
        ("# checkov:skip=CKV_DOCKER_2:no probe", [("CKV_DOCKER_2", _ALL, Dialect.CHECKOV)]),
        ("# hadolint stage ignore=DL1", [("DL1", _STAGE, _HADOLINT)]),
        ("# trivy:ignore:DS-1:exp:2999-01-01", [("DS-1", _RUN, _TRIVY)]),
        ("# trivy:ignore:DS-1:exp:soon", []),
        ("# trivy:ignore:A trivy:ignore:B", [("A", _RUN, _TRIVY), ("B", _RUN, _TRIVY)]),
        ("# check=skip=all", [("*", _RUN, Dialect.BUILDKIT)]),
        ("# check=error=true;skip=A,B", [("A", _RUN, _BUILDKIT), ("B", _RUN, _BUILDKIT)]),
        ("# check=skip=A // and not B", [("A", _RUN, _BUILDKIT)]),
        ("# check=skip=A;error=maybe", []),
    ],
)  # fmt: skip
def test_allowances_written_for_other_tools_are_read(
    comment: str, expected: list[tuple[str, str, Dialect]]
) -> None:
    found = [
        (rule, first.removesuffix(" \\"), dialect)
        for rule, first, _, dialect in _allowed(1, comment)
    ]
    assert found == expected


def test_checkov_may_give_a_reason() -> None:
    (allowance,) = read("# checkov:skip=CKV_DOCKER_2: no probe \nFROM a\n").allowances
    assert allowance.reason == "no probe"


@pytest.mark.parametrize(
    ("value", "rules"),
    [
        ("skip=JSONArgsRecommended;error=true", ["JSONArgsRecommended"]),
        ("error=true;skip=A, B", ["A", "B"]),
        ("skip=all", ["*"]),
        ("error=true", []),
    ],
)
def test_the_check_directive_skips_in_the_whole_file(value: str, rules: list[str]) -> None:
    text = f"# check={value}\nFROM a\n"
    allowances = read(text).allowances
    assert [allowance.rule for allowance in allowances] == rules
    for allowance in allowances:
        assert allowance.dialect is Dialect.BUILDKIT
        assert (allowance.scope.start, allowance.scope.end) == (0, len(text))
        assert text[allowance.span.start : allowance.span.end] == f"# check={value}"


def test_comments_of_a_body_are_none_of_ours() -> None:
    assert read("FROM a\nRUN <<EOF\n# imagelint: allow x -- y\nEOF\n").allowances == ()
