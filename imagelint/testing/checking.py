"""Compare what rules say with what is expected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.collect.read import decode, read_bytes
from imagelint.rules.documentation import read_documentation
from imagelint.testing.cases import read_cases
from imagelint.testing.examining import findings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from os import PathLike

    from imagelint.core.finding import Finding
    from imagelint.policy.model import OptionValue
    from imagelint.rules.rule import Rule
    from imagelint.testing.cases import Case, Expectation


def check_cases(
    rules: Iterable[Rule],
    path: str | PathLike[str],
    options: Mapping[str, OptionValue] | None = None,
) -> None:
    """Check all cases of a file.

    Raises:
        AssertionError: with all that is otherwise than it is expected, each under its heading.
        ValueError: it cannot be read, or not be understood.
    """
    given = tuple(rules)
    wrong: list[str] = []
    for case in read_cases(_text(str(path))):
        try:
            check_case(given, case, options)
        except AssertionError as error:
            wrong.append(f"{case.title}\n{error}")
    if wrong:
        raise AssertionError("\n\n".join(wrong))


def _text(path: str) -> str:
    data = read_bytes(path, path)
    if isinstance(data, bytes):
        read = decode(data, path)
        if read.source is not None:
            return read.source.text
        data = read.problems[0]
    raise ValueError(f"{path}: {data.detail}")


def check_case(
    rules: Iterable[Rule], case: Case, options: Mapping[str, OptionValue] | None = None
) -> None:
    """Check one case.

    Raises:
        AssertionError: something is otherwise than it is expected, or could not be judged.
    """
    wrong = list(_disagreements(case.expected, findings(rules, case.files, options)))
    if wrong:
        raise AssertionError("\n".join(wrong))


def check_examples(rules: Iterable[Rule]) -> None:
    """Check the examples in the docstrings of rules: *Bad* must be told, *Good* must not.

    Raises:
        AssertionError: one of them comes out otherwise, or a rule has none of a kind.
    """
    wrong = [said for rule in rules for said in _examples(rule)]
    if wrong:
        raise AssertionError("\n".join(wrong))


def _examples(rule: Rule) -> Iterator[str]:
    examples = read_documentation(rule.doc).examples
    for kind in (True, False):
        if all(example.bad is not kind for example in examples):
            yield f"{rule.name}: there is no {'Bad' if kind else 'Good'} example"
    for number, example in enumerate(examples, 1):
        told = findings((rule,), dict(example.files))
        if example.bad and not told:
            yield f"{rule.name}: example {number} is Bad, and nothing is said about it"
        if not example.bad:
            yield from (f"{rule.name}: example {number} is Good: {_shown(one)}" for one in told)


def _disagreements(expected: Sequence[Expectation], told: Sequence[Finding]) -> Iterator[str]:
    """In words: what was expected and not said, and what was said and not expected."""
    left = list(told)
    for one in expected:
        found = next((each for each in left if _is_meant(one, each)), None)
        if found is None:
            yield f"{one.file}:{one.line}: expected {_words(one)}"
        else:
            left.remove(found)
    yield from (f"{_shown(one)}: not expected" for one in left)


def _is_meant(one: Expectation, finding: Finding) -> bool:
    place = finding.location
    return (
        (one.rule, one.file, one.line) == (finding.rule, place.origin, place.start.line)
        and one.severity in (None, finding.severity)
        and one.confidence in (None, finding.confidence)
        and one.part in finding.message
    )


def _words(one: Expectation) -> str:
    levels = (one.severity, one.confidence.value if one.confidence else None)
    part = f'"{one.part}"' if one.part else None
    return " ".join(str(word) for word in (one.rule, *levels, part) if word is not None)


def _shown(one: Finding) -> str:
    place = f"{one.location.origin}:{one.location.start.line}"
    return f"{place}: {one.rule} {one.severity} {one.confidence.value} {one.message!r}"
