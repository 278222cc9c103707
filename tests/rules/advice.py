"""What becomes of a project whose author does what the help of a finding says."""

from __future__ import annotations

import re
from difflib import unified_diff
from itertools import islice, pairwise
from typing import TYPE_CHECKING, NamedTuple

from imagelint.core.report import Report
from imagelint.core.source import Source
from imagelint.rules import catalog
from imagelint.rules.documentation import read_documentation
from imagelint.run.policyfiles import POLICY_NAME
from imagelint.run.reading.recognition import recognise
from tests.rules.cases import without_markers
from tests.rules.projects import Given, cases_of, environment, examine_files, given

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from imagelint.core.finding import Finding

# What differs from one finding to the next, in the words of a help.
_VARIABLE = (
    (re.compile(r"\([^)]*\)"), "(_)"),
    (re.compile(r"(?<=write one of ).*"), "_"),
    (re.compile(r"(?<=may sign: ).*"), "_"),
    (re.compile(r"`[^`]*`"), "`_`"),
    (re.compile(r"\d+(?:\.\d+)*"), "0"),
)
_QUOTED = re.compile(r"`([^`]+)`")
_CODE = re.compile(r"--[a-z]+|[{}\[\]=_$#]|\b(?!vLLM|macOS)[a-z]+[A-Z]\w*|(?<![\w.])/[a-z]\w*")
_QUOTE = re.compile(r"[\"']")
_ANYTHING = re.compile(r"…|<[a-z0-9 ]+>")
_ASIDE = re.compile(r"\([^)]*\)")
_ONE_OF = "write one of "
_WORD = re.compile(r"[\w:*.-]+")
# Commands that somebody runs, and what the policy says: no text of the project shows them.
_BESIDE = (
    "--env=",
    "cosign ",
    "docker ",
    "imagelint ",
    "kubectl ",
    "pip-compile",
    "uv pip ",
)


class Template(NamedTuple):
    """A help without what differs from one finding to the next, about a kind of document."""

    rule: str
    kind: str
    words: str


class Trial(NamedTuple):
    """A project before and after what the help of its findings says was done, in all ways."""

    rule: str
    title: str
    before: Mapping[str, str]
    after: tuple[Mapping[str, str], ...]
    under: Given

    def under_after(self, after: Mapping[str, str]) -> Given:
        """Under what it is examined afterwards: a policy that is new may waive what is found."""
        new = POLICY_NAME in after and POLICY_NAME not in self.before
        return self.under._replace(asked=not new)

    def findings(self) -> tuple[Finding, ...]:
        """What the rule says before, where it gives help."""
        told = examine_files(self.rule, self.before, self.under)
        return tuple(finding for finding in told.findings if finding.help)

    def templates(self) -> set[Template]:
        """The helps that are followed."""
        return {self.template(finding) for finding in self.findings()}

    def template(self, finding: Finding) -> Template:
        """What the help of one finding is in general."""
        name = finding.location.origin
        return Template(self.rule, kind_of(name, self.before.get(name, "")), general(finding.help))


def general(advice: str) -> str:
    """A help without what differs from one finding to the next."""
    for variable, stand_in in _VARIABLE:
        advice = variable.sub(stand_in, advice)
    return advice


def kind_of(name: str, text: str) -> str:
    """What kind of document a file is: `script` if it is none."""
    document = recognise(Source(name, text))
    return "script" if isinstance(document, Report) else document.kind


def everything(rule: str) -> Iterator[Trial]:
    """All cases and bad examples of a rule, with what follows help: perhaps nothing."""
    examples = read_documentation(catalog.load(rule).doc).examples
    for number, (bad, good) in enumerate(pairwise((*examples, None)), 1):
        if bad is not None and bad.bad:
            after = (dict(good.files),) if good is not None and not good.bad else ()
            under = Given(environment=environment(bad.declared))
            yield Trial(rule, f"Example {number}, bad.", dict(bad.files), after, under)
    for case in cases_of(rule):
        before = {name: without_markers(text) for name, text in case.files.items()}
        fixed = ({**before, **case.fixed},) if case.fixed else ()
        # A fix may mend a part of a case: then what is advised mends all of it.
        yield Trial(rule, case.title, before, case.advised or fixed, given(case))


def trials(rule: str) -> Iterator[Trial]:
    """Those cases and examples that show what becomes of help."""
    return (trial for trial in everything(rule) if trial.after)


class Lines(NamedTuple):
    """What a way to follow help takes away from the texts of a project, and what it puts there."""

    removed: str
    added: str


def changed_lines(before: Mapping[str, str], after: Mapping[str, str]) -> Lines:
    """All lines of all files that differ, and the names of files that are new or gone."""
    removed = [name for name in before if name not in after]
    added = [name for name in after if name not in before]
    for name in {**before, **after}:
        old, new = before.get(name, "").splitlines(), after.get(name, "").splitlines()
        for line in islice(unified_diff(old, new, lineterm="", n=0), 2, None):
            if line.startswith("-"):
                removed.append(line[1:])
            elif line.startswith("+"):
                added.append(line[1:])
    return Lines("\n".join(removed), "\n".join(added))


def quoted(advice: str) -> list[tuple[str, ...]]:
    """The pieces of code in a help, of each one those that do as well.

    Without what is said in brackets, and what is run beside the project.
    """
    said, _, choices = _ASIDE.sub("", advice).partition(_ONE_OF)
    pieces = [match[1] for match in _QUOTED.finditer(said) if not match[1].startswith(_BESIDE)]
    words = [tuple(match[0] for match in _WORD.finditer(choices))] if choices else []
    return [*((piece,) for piece in pieces), *words]


def unquoted(advice: str) -> list[str]:
    """What looks like code in a help and is not quoted as such."""
    said = _QUOTED.sub("", advice.partition(_ONE_OF)[0])
    return [match[0] for match in _CODE.finditer(said)]


def stands_in(piece: str, text: str) -> bool:
    """Whether a text holds a piece of code, in which `…` and `<words>` stand for anything.

    What is two words may be two items of a list, and `a.b: c` one mapping in another:
    `--host 0.0.0.0` is `["--host", "0.0.0.0"]`.
    """
    parts = [_loosely(part) for part in _ANYTHING.split(_QUOTE.sub("", piece))]
    return re.search(r"[^\n]*?".join(parts), _QUOTE.sub("", text)) is not None


def _loosely(part: str) -> str:
    words = (re.escape(word) for word in re.split(r"[ ,]+", part))
    nested = (word.replace(r"\.", r"(?:\.|:[\s{]+)").replace("=", "(?:=|: )") for word in words)
    return r"[\s,=\\-]+".join(nested)
