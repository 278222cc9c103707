"""Rules that mypy must refuse: each `ignore` that is not needed is an error of its own."""

from __future__ import annotations

from dataclasses import dataclass

from imagelint.documents.dockerfile.model import Stage
from imagelint.documents.kubernetes.objects import Container
from imagelint.rules.api import Context, Findings, Severity, rule


@dataclass(frozen=True)
class Options:
    number: int = 1


@rule((Container, Stage), Severity.LOW)
def two_subjects(subject: Container | Stage, ctx: Context) -> Findings:
    yield ctx.finding(subject, "seen")


@rule((Container, Stage), Severity.LOW)  # type: ignore[arg-type]
def one_of_two_subjects(subject: Container, ctx: Context) -> Findings:
    yield ctx.finding(subject, "seen")


@rule(Stage, Severity.LOW)  # type: ignore[arg-type]
def another_subject(subject: Container, ctx: Context) -> Findings:
    yield ctx.finding(subject, "seen")


@rule(Stage, Severity.LOW, options=Options)  # type: ignore[arg-type]
def other_options(subject: Stage, ctx: Context, options: int) -> Findings:
    yield ctx.finding(subject, f"seen {options}")


@rule(Stage, Severity.LOW, options=Options)  # type: ignore[arg-type]
def no_options(subject: Stage, ctx: Context) -> Findings:
    yield ctx.finding(subject, "seen")
