"""Judges small projects made of texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.environment import Environment, Signer
from imagelint.core.fact import ABSENT, Fact, Known
from imagelint.core.source import Source
from imagelint.documents import detect
from imagelint.documents.project import Project
from imagelint.engine.judge import Judge
from imagelint.rules import catalog
from tests.rules.allowances import are_about_allowances, judge_allowances

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from imagelint.core.finding import Finding
    from imagelint.documents.base import Document
    from imagelint.rules.api import Rule


def environment(text: str) -> Environment:
    """An environment from `driver=550.54, gpus_per_node=8, registries=a/* b/*, signers=build`."""
    values: dict[str, object] = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        key, _, value = pair.partition("=")
        values[key] = _typed(key, value)
    return Environment(**values)  # type: ignore[arg-type]


def _typed(key: str, value: str) -> object:
    if key in {"registries", "build_contexts"}:
        return tuple(value.split())
    if key == "gpus_per_node":
        return int(value)
    if key == "signers":
        return tuple(Signer(name, key=f"{name}.pub") for name in value.split())
    return value


def judge(
    names: Iterable[str],
    files: Mapping[str, str],
    given: Environment,
    options: Mapping[str, object] | None = None,
) -> list[Finding]:
    """What some rules say about a project of texts."""
    documents = parse(files)

    def load(origin: str) -> Fact[Document]:
        return Known(documents[origin]) if origin in documents else ABSENT

    def origins(kind: str, word: str) -> list[str]:
        return [
            origin
            for origin, document in sorted(documents.items())
            if document.kind == kind and word in document.source.text
        ]

    def chosen(rule: Rule) -> object:
        return rule.options(**(options or {})) if rule.options else None

    if are_about_allowances(names):
        return judge_allowances(names, documents, Project(load, origins))
    run = Judge(names, given, chosen)
    findings: list[Finding] = []
    for document in documents.values():
        judgement = run(document, Project(load, origins))
        assert judgement.problems == ()
        findings += judgement.findings
    return findings


def parse(files: Mapping[str, str]) -> dict[str, Document]:
    """The documents of a project of texts, by name."""
    documents: dict[str, Document] = {}
    for origin, text in files.items():
        kind = detect.detect(origin, text)
        assert kind, f"{origin} is not recognised"
        documents[origin] = detect.parse(Source(origin, text), kind)
    return documents


def all_rules() -> list[Rule]:
    return [catalog.load(name) for name in catalog.names()]
