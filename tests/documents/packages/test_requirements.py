from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.requirements import InvalidRequirement
from packaging.requirements import Requirement as Reference
from packaging.utils import canonicalize_name

from imagelint.core.fact import UNKNOWN, Known
from imagelint.core.report import ProblemKind
from imagelint.core.source import Source, Span
from imagelint.documents import complaints
from imagelint.documents.kinds import KINDS
from imagelint.documents.packages.pep508 import read_requirement
from imagelint.documents.packages.requirements import (
    Requirements,
    parse_requirements,
    read_requirements,
)


def read(text: str) -> Requirements:
    return parse_requirements(Source("requirements.txt", text))


TEXT = """\ufeff# comment
vllm[audio]==0.9.1  # why
torch>=2.3,<3 ; python_version < "3.13"
numpy==1.26.4 \\
    --hash=sha256:aaaa \\
    --hash=sha256:bbbb
flash_attn @ git+https://example.com/a.git@0123456789abcdef0123456789abcdef01234567
-e ./local
-r other.txt
-cconstraints.txt
--extra-index-url=https://example.com/simple
--index-url "https://example.com/${NAME}"
./wheels/x-1.0-py3-none-any.whl
-f wheels
--pre
"""


def test_a_requirements_file_in_all_its_parts() -> None:
    document = read(TEXT)
    assert [(p.name, p.specifier, p.pinned) for p in document.packages] == [
        ("vllm", "==0.9.1", Known(value=True)),
        ("torch", ">=2.3,<3", Known(value=False)),
        ("numpy", "==1.26.4", Known(value=True)),
        ("flash-attn", "", Known(value=True)),
        ("", "", Known(value=True)),
        ("x", "", Known(value=True)),
    ]
    assert document.packages[0].extras == ("audio",)
    assert document.packages[1].marker == 'python_version < "3.13"'
    assert document.packages[2].hashed
    assert document.packages[4].editable
    assert document.packages[4].local
    assert document.require_hashes
    assert [(r.path, r.constraint) for r in document.references] == [
        ("other.txt", False),
        ("constraints.txt", True),
    ]
    assert [(i.option, i.url) for i in document.indexes] == [
        ("--extra-index-url", Known("https://example.com/simple")),
        ("--index-url", UNKNOWN),
        ("--find-links", Known("wheels")),
    ]
    assert document.complaints == ()
    for package in document.packages:
        assert TEXT[package.span.start : package.span.end] == package.raw
    starts = [node.span.start for node in document.nodes()]
    assert starts == sorted(starts)


def test_what_is_no_requirement_is_said_to_be_none() -> None:
    document = read("foo\nthis is not one\n--frobnicate 1\nfoo ==\nbar;\n")
    assert [p.name for p in document.packages] == ["foo"]
    assert [
        (complaint.span.start, type(complaint), complaint.subject)
        for complaint in document.complaints
    ] == [
        (4, complaints.InvalidRequirement, "this is not one"),
        (20, complaints.UnknownPipOption, "--frobnicate"),
        (35, complaints.InvalidRequirement, "foo =="),
        (42, complaints.InvalidRequirement, "bar;"),
    ]


def test_behind_what_is_no_requirement_nothing_is_an_option() -> None:
    document = read("pip install foo --quiet\nfoo --quiet\n")
    assert [complaint.subject for complaint in document.complaints] == [
        "pip install foo",
        "--quiet",
    ]


def test_a_switch_demands_hashes() -> None:
    assert read("--require-hashes\nfoo==1\n").require_hashes
    assert not read("foo==1\n").require_hashes


def test_a_continuation_at_the_end_is_read() -> None:
    assert [p.name for p in read("foo==1 \\").packages] == ["foo"]


def test_allowances_above_behind_and_for_the_file() -> None:
    text = (
        "# imagelint: allow a, b -- because\nfoo\nbar  # imagelint: allow c\n"
        "# imagelint: allow d in file -- all of it\nbaz\n# imagelint: allow e\n"
    )
    found = [(w.rule, w.reason, text[w.scope.start : w.scope.end]) for w in read(text).allowances]
    assert found == [
        ("a", "because", "foo"),
        ("b", "because", "foo"),
        ("c", "", "bar"),
        ("d", "all of it", text),
        ("e", "", ""),
    ]


NAMES = st.from_regex(r"\A[A-Za-z0-9]([A-Za-z0-9._-]{0,6}[A-Za-z0-9])?\Z")
VERSIONS = st.from_regex(r"\A\d{1,2}(\.\d{1,2}){0,3}(rc1|\.post2|\.dev3|\+cu121)?\Z")
CLAUSES = st.builds(
    lambda operator, version: operator + version,
    st.sampled_from(["==", "===", "!=", ">=", "<=", ">", "<", "~=", "== "]),
    VERSIONS | VERSIONS.map(lambda version: f"{version}.*"),
)
MARKERS = st.sampled_from(
    ["", "; python_version < '3.9'", ' ; sys_platform == "linux"', ";extra=='a'"]
)
WRITTEN = st.builds(
    lambda name, extras, clauses, marker: name + extras + ",".join(clauses) + marker,
    NAMES,
    st.sampled_from(["", "[a]", "[a, b]", " [a-b.c]", "[]"]),
    st.lists(CLAUSES, max_size=3),
    MARKERS,
)
BROKEN = st.text(alphabet="ab1.[],;=<>!~ -_()'\"", max_size=12)


@given(WRITTEN)
@settings(max_examples=200, deadline=None)
def test_what_packaging_reads_is_read_alike(written: str) -> None:
    try:
        reference = Reference(written)
    except InvalidRequirement:
        return
    found = read_requirement(written, Span(0, len(written)), written)
    assert found is not None
    assert found.name == canonicalize_name(reference.name)
    assert set(found.extras) == reference.extras
    assert bool(found.marker) == (reference.marker is not None)
    exact = [s for s in reference.specifier if s.operator in ("==", "===")]
    assert found.pinned == Known(value=any("*" not in s.version for s in exact))


@given(BROKEN.filter(lambda text: not text.strip().startswith((".", "-"))))
@settings(max_examples=200, deadline=None)
def test_what_packaging_refuses_is_refused(written: str) -> None:
    found = read_requirement(written, Span(0, len(written)), written)
    try:
        Reference(written)
    except InvalidRequirement:
        if found is not None and not found.local and not found.url:
            assert found.marker or found.specifier  # packaging also judges versions and markers


@given(st.text(alphabet="ab1=\\\n\r #-r:/@;[].$\ufeff\"'", max_size=60) | st.text(max_size=40))
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_and_spans_are_true(text: str) -> None:
    document = read(text)
    for node in document.walk():
        assert 0 <= node.span.start <= node.span.end <= len(text)
    for package in document.packages:
        assert text[package.span.start : package.span.end] == package.raw
    for wish in document.allowances:
        assert document.span.covers(wish.scope)
        assert document.span.covers(wish.span)


def test_a_file_that_is_included_and_not_there_is_a_gap() -> None:
    text = "-r a.txt\n-c missing.txt\n-r missing.txt\n-r https://x.example/r.txt\n-r $X.txt\n"
    there = {"a.txt": "vllm==0.11.0\n"}
    document = read_requirements(Source("requirements.txt", text), there.get)
    gap, fetched, named = document.gaps
    assert "in the network" in fetched.message
    assert "depends on a variable" in named.message
    assert gap.kind is ProblemKind.UNREADABLE
    assert gap.message.startswith("`missing.txt` is included and was not examined: it is not there")
    assert gap.span is not None
    assert text[slice(*gap.span)].startswith("-c missing.txt")
    assert document.asked == ("a.txt", "missing.txt")
    assert [one.path for one in document.references][:2] == ["a.txt", "missing.txt"]


def test_so_is_one_that_only_an_included_file_names() -> None:
    there = {"deps/a": "-r b\n", "deps/c": "vllm==0.11.0\n"}
    document = read_requirements(Source("requirements.txt", "-r deps/a\n-r deps/c\n"), there.get)
    (gap,) = document.gaps
    assert gap.kind is ProblemKind.UNREADABLE
    assert gap.span is None
    assert gap.message.startswith("`deps/b` is included and was not examined: it is not there")
    assert [one.document.source.origin for one in document.embedded] == ["deps/a", "deps/c"]


def test_so_are_those_behind_as_many_as_are_read() -> None:
    text = "".join(f"-r r{number}\n" for number in range(100))
    there = dict.fromkeys((f"r{number}" for number in range(102)), "vllm==0.11.0\n")
    assert not read_requirements(Source("requirements.txt", text), there.get).gaps
    beyond = f"{text}-r r7\n-r r100\n-r r101\n"
    document = read_requirements(Source("requirements.txt", beyond), there.get)
    (gap,) = document.gaps
    assert gap.kind is ProblemKind.TOO_LARGE
    assert gap.span is not None
    assert beyond[slice(*gap.span)].startswith("-r r100")
    assert len(document.embedded) == len(document.asked) == 100


def test_so_is_one_that_is_too_long() -> None:
    # A file whose name tells what it is is examined by itself, and there it is told.
    most = KINDS["requirements"].most_lines
    assert most
    long = "vllm==0.11.0\n" * (most + 1)
    there = {"base": long, "requirements-dev.txt": long}
    text = "-r base\n-r requirements-dev.txt\n"
    document = read_requirements(Source("requirements.txt", text), there.get)
    (gap,) = document.gaps
    assert gap.kind is ProblemKind.TOO_LARGE
    assert gap.message.startswith("`base` is included and was not examined: it has more than")
    assert not document.embedded
