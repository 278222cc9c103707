"""The rule `invalid-label`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.documents.dockerfile.model import Stage
from imagelint.documents.queries.dockerfiles.labels import labels
from imagelint.knowledge.dockerfile.labels import FORMATS, PRESETS
from imagelint.rules.api import Context, Findings, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagelint.documents.queries.dockerfiles.labels import Label

_ANSWERS: Mapping[str, str] = {
    "email": "hadolint DL3058",
    "hash": "hadolint DL3055",
    "rfc3339": "hadolint DL3053",
    "semver": "hadolint DL3056",
    "spdx": "hadolint DL3054",
    "url": "hadolint DL3052",
}
_EMPTY, _SUPERFLUOUS = ("hadolint DL3051",), ("hadolint DL3050",)


@dataclass(frozen=True)
class Options:
    """What labels have to be."""

    presets: tuple[str, ...] = field(
        default=("oci", "model-card"),
        metadata={"doc": "schemas that hold: `oci` (image annotations), `model-card`"},
    )
    types: tuple[str, ...] = field(
        default=(),
        metadata={
            "doc": "further labels, or other types of those: `<key>=<type>`, of which the type is "
            "`text`, `url`, `rfc3339`, `spdx`, `hash`, `semver`, `email` or `digest`"
        },
    )
    strict: bool = field(
        default=False,
        metadata={
            "doc": "whether labels that are in no schema are reported, too",
            "strictest": True,
        },
    )


@rule(
    Stage,
    Severity.MEDIUM,
    options=Options,
    references=(*_SUPERFLUOUS, *_EMPTY, *_ANSWERS.values()),
    keywords=("LABEL",),
)
def invalid_label(stage: Stage, ctx: Context, options: Options) -> Findings:
    """The value of a label is not what its key promises.

    Programs read these labels: a scanner looks up the licence, a dashboard follows the address, a
    clean-up compares the time. What they cannot read, they take for missing.

    Except: values that depend on a variable without a value, or with an empty one.

    Bad:
        FROM alpine:3.20
        LABEL org.opencontainers.image.licenses="Apache License 2.0"

    Good:
        FROM alpine:3.20
        LABEL org.opencontainers.image.licenses="Apache-2.0"
    """
    schema = _schema(options)
    for label in labels(stage):
        kind = schema.get(label.key)
        if kind is not None:
            yield from _judge(label, kind, ctx)
        elif options.strict and label.key:
            yield ctx.finding(
                label,
                f"no schema knows the label `{label.key}`",
                help="remove it, or name it in the schema",
                subject=label.key,
                severity=Severity.LOW,
                references=_SUPERFLUOUS,
            )


def _schema(options: Options) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for name in options.presets:
        found.update(PRESETS.get(name, {}))
    found.update((key, kind) for key, _, kind in (one.partition("=") for one in options.types))
    return found


def _judge(label: Label, kind: str, ctx: Context) -> Findings:
    if not isinstance(label.value, Known):
        return
    text = label.value.value
    wanted, accepts = FORMATS.get(kind, FORMATS["text"])
    answers: tuple[str, ...] = _EMPTY
    if not text and "$" in ctx.document.written(label.span):
        return  # an empty default is there to be replaced by who builds
    if not text:
        message = f"the label `{label.key}` is empty"
    elif accepts(text):
        return
    else:
        message = f"`{text[:60]}` is not {wanted.partition(',')[0]}"
        answers = (_ANSWERS[kind],) if kind in _ANSWERS else ()
    yield ctx.finding(
        label,
        message,
        help=f"write {wanted}",
        subject=label.key,
        references=answers,
    )
