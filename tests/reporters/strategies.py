"""Arbitrary verdicts: every field any text, control characters and lone surrogates included."""

from __future__ import annotations

from hypothesis import strategies as st

from imagelint.core.finding import (
    Confidence,
    Edit,
    Excerpt,
    Finding,
    Fix,
    Location,
    Note,
    Severity,
)
from imagelint.core.report import (
    AllowanceKind,
    Allowed,
    Change,
    Evidence,
    Examined,
    Ignored,
    IgnoreReason,
    Outcome,
    Problem,
    ProblemKind,
    Report,
    Verdict,
)
from imagelint.core.source import Position, Span

HOSTILE = (
    "",
    "\x1b[2J\x1b]0;x\x07",
    "a\nb\r\n::error::c",
    "##[group]x",
    "::error::x",
    "`|`<b>&amp;[x](http://e)",
    "]]>",
    "\u202eabc\u2066",
    "\ud800\udc80",
    "%0A,:%",
    "../a b/ü:1@sha256:" + "0" * 64,
    "/etc/x",
    "漢字\u0301\t|",
    "-",
    "./",
)
texts = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.characters(exclude_categories=()), max_size=12),
)
_numbers = st.integers(0, 12)
_positions = st.builds(Position, st.integers(1, 6), st.integers(1, 20))
_spans = st.builds(Span, _numbers, _numbers)
_excerpts = st.builds(Excerpt, st.integers(1, 6), st.lists(texts, max_size=3).map(tuple))
_places = st.tuples(_positions, _positions).map(lambda ends: (min(ends), max(ends)))
locations = st.builds(
    lambda origin, span, place, excerpt, path: Location(
        origin, span, place[0], place[1], excerpt, path
    ),
    texts,
    _spans,
    _places,
    _excerpts,
    texts,
)
_notes = st.builds(Note, texts, st.none() | locations)
_edits = st.builds(Edit, texts, _spans, texts)
_fixes = st.builds(Fix, texts, st.lists(_edits, max_size=2).map(tuple), safe=st.booleans())
_told = (
    st.sampled_from(("root-user", "vulnerable-package", "undescribed", "")) | texts,
    st.sampled_from(Severity),
    texts,
    locations,
    texts,
    st.lists(_notes, max_size=2).map(tuple),
    st.none() | _fixes,
    texts,
    st.sampled_from(Confidence),
)
_parts = st.builds(Finding, *_told, cause=texts, parts=st.just(()))
findings = st.builds(Finding, *_told, cause=texts, parts=st.lists(_parts, max_size=2).map(tuple))
_allowed = st.builds(Allowed, findings, st.sampled_from(AllowanceKind), texts, texts)
_problems = st.builds(
    Problem, st.sampled_from(ProblemKind), texts, texts, texts, st.none() | locations
)
_examined = st.builds(
    Examined, texts, st.sampled_from(("dockerfile", "kubernetes", "image", "")), texts
)
reports = st.builds(
    Report,
    st.lists(findings, max_size=4).map(tuple),
    st.lists(_allowed, max_size=2).map(tuple),
    st.lists(_problems, max_size=2).map(tuple),
    st.lists(_examined, max_size=3).map(tuple),
    st.lists(st.builds(Ignored, texts, st.sampled_from(IgnoreReason)), max_size=2).map(tuple),
)
changes = st.builds(
    Change,
    texts,
    texts,
    st.lists(findings, max_size=2).map(tuple),
    st.lists(findings, max_size=2).map(tuple),
    st.lists(_problems, max_size=2).map(tuple),
)
verdicts = st.builds(
    Verdict,
    st.sampled_from(Outcome),
    st.lists(texts, max_size=2).map(tuple),
    reports,
    st.builds(
        Evidence,
        st.lists(st.tuples(st.sampled_from(("image", "trivy")), texts), max_size=2).map(tuple),
    ),
    st.none() | changes,
)
