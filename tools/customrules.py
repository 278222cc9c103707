"""The page about what rules of one's own can ask: subjects, fields, functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.custom.functions import EXTENSIONS
from imagelint.custom.rule import FILE_FIELDS
from imagelint.custom.subjects import SUBJECTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.custom.functions import Extension
    from imagelint.custom.subject import Subject

_HEAD = """\
# What rules of your own can ask

Written from the code. See [rules of your own](custom-rules.md).

A field is absent where nothing is written, and unknown where it cannot be told; maps and lists of
which nothing is written are empty. `yaml` is what stands there, whatever it is:
`pod.spec.hostNetwork`.
"""


def reference_page() -> str:
    """The text of `docs/custom-rules-reference.md`."""
    return "\n".join((_HEAD, *_subjects(), *_file(), *_functions())) + "\n"


def _subjects() -> Iterator[str]:
    yield "| subject | is | found in | a rule of ours about it |"
    yield "|---|---|---|---|"
    for word, subject in SUBJECTS.items():
        example = f"[`{subject.example}`](rules/{subject.example}.md)"
        yield f"| [`{word}`](#{word}) | {subject.doc} | `{subject.file}` | {example} |"
    for subject in SUBJECTS.values():
        yield from _fields(subject)


def _fields(subject: Subject) -> Iterator[str]:
    yield f"\n## {subject.word}\n"
    yield f"{subject.doc}\n"
    yield "| field | type | is |"
    yield "|---|---|---|"
    for attribute in subject.attributes:
        yield f"| `{subject.word}.{attribute.name}` | {_kind(attribute.kind)} | {attribute.doc} |"


def _kind(kind: str) -> str:
    inner = kind.removeprefix("list(").removesuffix(")")
    shown = f"[{inner}](#{inner})" if inner in SUBJECTS else inner
    return f"list of {shown}" if kind.startswith("list(") else shown


def _file() -> Iterator[str]:
    yield "\n## file\n"
    yield "The file in which the subject stands; each condition has it.\n"
    yield "| field | type | is |"
    yield "|---|---|---|"
    yield from (f"| `file.{name}` | string | {doc} |" for name, doc in FILE_FIELDS.items())


def _functions() -> Iterator[str]:
    yield "\n## Functions beside those of CEL\n"
    yield "| function | gives | is |"
    yield "|---|---|---|"
    yield from (f"| `{_called(one)}` | {one.result} | {one.doc} |" for one in EXTENSIONS)


def _called(one: Extension) -> str:
    receiver, *others = one.parameters if one.is_method else ("", *one.parameters)
    return f"{receiver}.{one.name}({', '.join(others)})".lstrip(".")
