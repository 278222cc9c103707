"""Parsers that need more than one text: each with what stands in for the rest."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from imagelint.collect.deadline import Deadline
from imagelint.collect.registry.access import RepositoryAccess
from imagelint.collect.registry.credentials import Login
from imagelint.collect.registry.links import link_to_next
from imagelint.collect.registry.polite import retry_after
from imagelint.collect.registry.transport import Question, Response
from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.core.reference import ImageReference
from imagelint.core.source import Source, Span
from imagelint.custom import binding, message
from imagelint.documents.base import DocumentError
from imagelint.documents.compose.interpolation import filled, with_gaps
from imagelint.documents.dockerfile.expansion import patterns, variables
from imagelint.documents.dockerfile.expansion.substitution import ExpansionError
from imagelint.documents.dockerfile.ignorefile import parse_ignore
from imagelint.documents.dockerfile.syntax import splitting
from imagelint.documents.dockerfile.validation.values import checksum_fault
from imagelint.documents.host.engines import read_cdi, read_containerd, read_docker, read_podman
from imagelint.documents.image.moments import days_since
from imagelint.documents.image.opinions.grype import parse_grype
from imagelint.documents.image.opinions.identifiers import package_key
from imagelint.documents.image.opinions.osv import parse_osv
from imagelint.documents.image.vulnerabilities import ScanFacts
from imagelint.documents.packages.conda import match_spec
from imagelint.documents.packages.pep508 import read_requirement
from imagelint.documents.packages.projects import parse_lock, parse_project
from imagelint.documents.shell import words
from imagelint.documents.shell.read import read_script
from imagelint.documents.shell.script import ScriptRole, Word
from imagelint.documents.yaml.strict import read_object
from imagelint.fleet.days import age_in_days
from imagelint.knowledge.versions import at_least, compare_versions
from imagelint.policy import glob
from imagelint.policy.identitypattern import BadPatternError, IdentityPattern
from imagelint.run.serialize import decode
from tools.parsers.model import Parser
from tools.parsers.seeds import PATHS, SCRIPTS, seeds_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_SUBJECTS = ("stage", "pod", "container", "image")
_PARTS = 4
_BYTES = ("utf-8", "surrogatepass")
_REPOSITORY = ImageReference("r.example", "a/b")


def by_hand() -> Iterator[Parser]:
    """All of them."""
    for name, read, *errors in _TABLE:
        yield Parser(name, read, seeds_for(name), tuple(errors))
    for shell in ("sh", "bash", "powershell"):
        yield Parser(f"documents.shell.read.{shell}", _script_of(shell), SCRIPTS, (), _lies_within)


def _lookup(name: str) -> Fact[str]:
    """Variables of which one is not set, one unknown, and one refers to others."""
    told: dict[str, Fact[str]] = {"A": Known("a b"), "B": UNKNOWN, "X": Known("$A*'")}
    return told.get(name, ABSENT)


def _halves(text: str) -> tuple[str, str]:
    middle = len(text) // 2
    return text[:middle], text[middle:]


def _trimmed(text: str) -> str:
    pattern, value = _halves(text)
    read = patterns.read_pattern(pattern)
    for longest in (False, True):
        value = patterns.trim_prefix(value, read, longest=longest)
        value = patterns.trim_suffix(value, read, longest=longest)
    return patterns.replace(value, read, "x", every=True)


def _identity(text: str) -> bool:
    pattern, name = _halves(text)
    IdentityPattern(pattern)
    return IdentityPattern(text).matches(name)


def _index(text: str) -> list[int]:
    return glob.GlobIndex(text.split()).candidates(text)


def _excluded(text: str) -> list[bool]:
    read = parse_ignore(Source(".dockerignore", text))
    return [read.excludes(path) for path in PATHS[:_PARTS]]


def _condition(text: str) -> object:
    return binding.compiled(binding.parsed(text, _SUBJECTS))


def _template(text: str) -> object:
    return message.template(text, _SUBJECTS)


def _split(text: str) -> list[object]:
    return [
        (splitting.split_instruction(text, escape), *splitting.split_quoted(text, 0, escape))
        for escape in "\\`"
    ]


def _checksum(text: str) -> object:
    of, source = _halves(text)
    word = Word(Span(0, 0), source, Known(source))
    return checksum_fault(of, (word,)) or checksum_fault(of, (word, word))


def _expanded(text: str) -> Fact[str]:
    return variables.expand(text, _lookup)


def _expanded_raw(text: str) -> object:
    style = variables.ExpansionStyle("`", raw_quotes=True, raw_escapes=True, keep_unset=True)
    return variables.split_words(text, _lookup, style)


def _challenged(text: str) -> object:
    """What a registry says about logins, in the header of a refusal and as a token."""

    def answer(question: Question) -> Response:
        asked = "/v2/" in question.url
        return Response(401 if asked else 200, {"www-authenticate": text}, text.encode(*_BYTES))

    access = RepositoryAccess(_REPOSITORY, "", Deadline(1.0), answer, ["https"])
    access._login = Login()  # noqa: SLF001 - else files of the user are read
    return access.ask("tags/list", Question(""))


def _with_name(read: Callable[[str, str], object]) -> Callable[[str], object]:
    return lambda text: read(text, "x")


def _project(program: str, text: str) -> object:
    return parse_project(Source("pyproject.toml", text), program)


def _script_of(shell: str) -> Callable[[str], object]:
    def read(text: str) -> object:
        return read_script(text, Span(0, len(text)), ScriptRole.RUN, shell=shell)

    return read


def _lies_within(text: str, script: object) -> bool:
    """Whether each command lies in the script."""
    spans = [one.span for one in script.commands]  # type: ignore[attr-defined]
    return all(0 <= span.start <= span.end <= len(text) for span in spans)


_WANTED = frozenset(("torch", "x"))
_FACTS, _BAD = ScanFacts(), DocumentError
_TABLE: tuple[tuple[str, Callable[[str], object], *tuple[type[Exception], ...]], ...] = (
    ("collect.registry.links.link", lambda text: link_to_next({"link": text})),
    ("collect.registry.access", _challenged),
    ("documents.image.opinions.grype", lambda text: parse_grype(Source("x", text), _FACTS), _BAD),
    ("documents.image.opinions.osv", lambda text: parse_osv(Source("x", text), _FACTS), _BAD),
    ("documents.image.jsonview.kept", decode),
    ("fleet.retry_after", lambda text: retry_after(text, 1_800_000_000)),
    ("custom.binding", _condition, binding.ExpressionError),
    ("custom.message.template", _template, binding.ExpressionError),
    ("documents.dockerfile.expansion.expand", _expanded, ExpansionError),
    ("documents.dockerfile.expansion.split", _expanded_raw, ExpansionError),
    ("documents.dockerfile.expansion.trim", _trimmed, patterns.PatternError),
    ("documents.dockerfile.syntax.splitting", _split),
    ("policy.glob.ignore", _excluded),
    ("documents.dockerfile.validation.checksum", _checksum),
    *(
        (f"documents.host.engines.{one.__name__}", _with_name(one), ValueError)
        for one in (read_docker, read_containerd, read_podman, read_cdi)
    ),
    *(
        (f"documents.host.project.{program}", partial(_project, program))
        for program in ("pip", "uv", "poetry")
    ),
    ("documents.host.lock", lambda text: parse_lock(Source("uv.lock", text), _WANTED)),
    ("documents.compose.filled", lambda text: filled(text, {})),
    ("documents.compose.gaps", lambda text: with_gaps(text, {})),
    ("documents.yaml.strict", lambda text: read_object(Source("x", text), "x"), DocumentError),
    ("documents.image.moments.days_since", lambda text: days_since(text, 1.8e9)),
    ("collect.registry.purl", lambda text: package_key(text, "x", "1")),
    ("documents.packages.conda", lambda text: match_spec(text, Span(0, 0), text, ())),
    ("documents.packages.pep508.requirement", lambda text: read_requirement(text, Span(0, 0), "")),
    ("documents.shell.words.fields", lambda text: words.word_fields(text, _lookup)),
    ("documents.shell.words.value", lambda text: words.word_value(text, _lookup)),
    ("documents.shell.words.text", lambda text: words.text_value(text, _lookup)),
    ("fleet.days.age", lambda text: (age_in_days(text, "2026-01-31"), age_in_days("", text))),
    ("knowledge.versions.compare", lambda text: compare_versions(*_halves(text))),
    ("knowledge.versions.floor", lambda text: at_least(*_halves(text))),
    ("policy.glob.paths", lambda text: glob.matches_path(*_halves(text))),
    ("policy.glob.subjects", lambda text: glob.matches_subject(*_halves(text))),
    ("policy.glob.index", _index),
    ("policy.identitypattern", _identity, BadPatternError),
)
