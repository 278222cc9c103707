"""Small projects made of texts, examined as the program examines a folder."""

from __future__ import annotations

import json
import os
import subprocess
from contextlib import chdir
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from imagelint.collect.files import find
from imagelint.core.environment import Environment, Signer
from imagelint.documents.policyfile import PolicyFile
from imagelint.engine.examine import Examination
from imagelint.engine.waivers import SuppressionContext, suppress_report, waiver_uses
from imagelint.policy.allowances import terms_of
from imagelint.policy.build import Pack, layer
from imagelint.policy.model import Policy, RuleSetting, merge
from imagelint.rules import catalog
from imagelint.run.facts.outdated import outdated
from imagelint.run.files import Run, examine, total
from imagelint.run.policies import Policies
from imagelint.run.policyfiles import TrustRequest
from imagelint.run.session import NullCache
from tests.renderers import use_libraries
from tests.rules.cases import ROOT, read_cases

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from imagelint.core.finding import Finding
    from imagelint.core.report import Report
    from imagelint.policy.text import Data
    from tests.rules.cases import Case

# A file of that name is the trusted policy, and lies outside of what is examined.
TRUSTED = "trusted.yaml"
# Files below it are what the others were at the commit whose policy is trusted.
BEFORE = "before/"
_COMMITTER = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    **{
        f"GIT_{who}_{what}": value
        for who in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", "a"), ("EMAIL", "a"), ("DATE", "2026-01-01T00:00:00Z"))
    },
}
TODAY = "2026-06-15"
# Allowances name rules of all families, and tables are old where others looked something up: those
# of the default packs run beside them.
_NEED_OTHERS = ("allowances", "knowledge")


class Given(NamedTuple):
    """Under what a project is examined: the options of the rule, and the declared environment.

    Where the rule is not `asked` for by name, a policy of the project may waive what it finds.
    """

    options: Mapping[str, Data] = {}
    environment: Environment = Environment()
    asked: bool = True


class Told(NamedTuple):
    """The findings of one rule in the order of files and places, and the whole report."""

    findings: tuple[Finding, ...]
    report: Report


def given(case: Case) -> Given:
    """What a case says about options and environment."""
    options = json.loads(case.options) if case.options else {}
    return Given(
        {key: tuple(value) if isinstance(value, list) else value for key, value in options.items()},
        environment(case.environment),
    )


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
    if key == "closed":
        return value == "true"
    if key == "gpus_per_node":
        return int(value)
    if key == "signers":
        return tuple(Signer(name, key=f"{name}.pub") for name in value.split())
    return value


def examine_case(case: Case) -> Told:
    """What the rule of a case says about its files."""
    return examine_files(case.rule, case.files, given(case))


def examine_files(rule: str, files: Mapping[str, str], under: Given) -> Told:
    """What a rule says about files in a folder: found, recognised, read, judged, allowed."""
    use_libraries()
    with TemporaryDirectory(prefix="imagelint-") as outside:
        folder = Path(outside, "project")
        folder.mkdir()
        with chdir(folder):
            ref = _commit(files)
            _write({name: text for name, text in files.items() if not is_aside(name)})
            names = _write_trusted(files)
            request = TrustRequest(ref, paths=(".",))
            report = _examine(Policies(names, _flags(rule, under), set(), request=request))
    found = (finding for finding in report.findings if finding.rule == rule)
    ordered = sorted(found, key=lambda one: (one.location.origin, one.location.span))
    return Told(tuple(ordered), report)


def is_aside(name: str) -> bool:
    """Whether a file of a case is not examined, but what is examined is judged by it."""
    return name == TRUSTED or name.startswith(BEFORE)


def is_baseline(name: str) -> bool:
    """Whether a file of a case is a baseline, or holds facts: it is no document."""
    return name.endswith(("baseline.json", "site.yaml"))


def _write_trusted(files: Mapping[str, str]) -> tuple[str, ...]:
    if TRUSTED not in files:
        return ()
    path = Path("..", TRUSTED)
    path.write_text(files[TRUSTED], encoding="utf-8")
    return (str(path),)


def _commit(files: Mapping[str, str]) -> str:
    """The commit, in a repository where we stand, of the files as they were before, if any were."""
    before = {
        name.removeprefix(BEFORE): text for name, text in files.items() if name.startswith(BEFORE)
    }
    if not before:
        return ""
    _write(before)
    for command in (("init", "-q"), ("add", "-A"), ("commit", "-q", "-m", "before")):
        subprocess.run(["git", *command], check=True, env=os.environ | _COMMITTER)
    for name in before:
        Path(name).unlink()
    return "HEAD"


def _write(files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _examine(policies: Policies) -> Report:
    listing = find(["."], lambda _path: False, lambda _folder: None)
    reports = examine(listing.files, Run(policies, NullCache(), 0))
    report = total(reports.values())
    policy = policies.of(".")
    terms = SuppressionContext(policy, TODAY, whole=True, terms=terms_of(policy))
    result = suppress_report(report, terms)
    uses = waiver_uses(result, terms)
    idle = (Examination(policy).allowances(PolicyFile(source), use) for source, use in uses)
    loosened = (*policies.weakenings(), *policies.additions(reports))
    loosened += (*outdated(policies, reports, TODAY),)
    return total((result.report, *idle, *(told for _policy, told in loosened)))


def _flags(rule: str, under: Given) -> Policy:
    said: Data = {"level": "on", **under.options} if under.asked else dict(under.options)
    own = layer({"rules": {rule: said}}, Pack("case"), "case") if said else Policy()
    others = _others(catalog.family(rule))
    if not under.asked:
        rules = {name: said for name, said in others.rules.items() if name != rule}
        others = others._replace(rules=rules)
    return merge(others, own._replace(environment=under.environment))


@cache
def _others(family: str) -> Policy:
    if family in _NEED_OTHERS:
        return Policy()
    return Policy(rules={name: RuleSetting("off") for name in catalog.names()})


def cases_of(rule: str) -> tuple[Case, ...]:
    """The cases of a rule."""
    return read_cases(ROOT / catalog.family(rule) / f"{rule}.md")


def all_cases() -> Iterator[Case]:
    """The cases of all rules."""
    for rule in catalog.names():
        yield from cases_of(rule)


def examine_by_all(files: Mapping[str, str], under: Given, rule: str = "") -> Report:
    """What all rules say about files in a folder; the options given are those of one rule."""
    with TemporaryDirectory(prefix="imagelint-") as folder, chdir(folder):
        _write(files)
        own = _flags(rule, under) if rule else Policy(environment=under.environment)
        on = _all_on()
        if not under.asked:
            on = on._replace(rules={name: said for name, said in on.rules.items() if name != rule})
        return _examine(Policies((), merge(own, on), set()))


@cache
def _all_on() -> Policy:
    return Policy(rules={name: RuleSetting("on") for name in catalog.names()})
