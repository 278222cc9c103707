"""What help advises mends, breaks nothing else, and nobody who reads the files refuses them.

Every help of every rule, in each kind of document, is followed by an example: the *Good* of a page,
what a fix makes of a case, or a case's `~~~advised` fence.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from imagelint.rules import catalog
from imagelint.rules.documentation import read_documentation
from tests.rules.advice import (
    Template,
    Trial,
    changed_lines,
    everything,
    quoted,
    stands_in,
    trials,
    unquoted,
)
from tests.rules.projects import Given, environment, examine_by_all, examine_files
from tests.rules.schemas import refusals

if TYPE_CHECKING:
    from collections.abc import Mapping

TRIALS = [
    pytest.param(trial, id=f"{rule}: {trial.title}")
    for rule in catalog.names()
    for trial in trials(rule)
]
# What comes to light only where something else is right.
NEEDS = "a model that is split shares memory between its parts"
OTHERWISE = "of a container with all privileges nothing else is said"
BETTER = "a Secret in a variable is better than none, or a text; a file is better still"
AT_ONCE = "of an alert whose metric is there it may be seen that it waits for nothing"
COMES_TO_LIGHT = {
    ("alerts-incomplete", "alert-on-one-sample"): AT_ONCE,
    ("bind-localhost", "api-exposed-without-auth"): "who is reached may be reached by anybody",
    ("maintenance-mode-engine", "compile-cache-lost"): "the engine that is advised compiles",
    ("metric-without-suffix", "alert-on-one-sample"): AT_ONCE,
    ("misspelt-metric", "alert-on-one-sample"): AT_ONCE,
    ("quantile-of-no-histogram", "alert-on-one-sample"): AT_ONCE,
    ("media-ssrf", "unknown-engine-flag"): "the release that is advised may lack a flag of another",
    ("pip-cache-kept", "uncached-wheels"): "not to keep the cache is good, a mount of it is better",
    ("gated-model-without-token", "secret-read-from-env"): BETTER,
    ("literal-secret-env", "secret-read-from-env"): BETTER,
    ("key-trusted-everywhere", "consecutive-runs"): "without what it pipes from, a RUN is short",
    ("privileged-container", "capabilities-kept"): OTHERWISE,
    ("privileged-container", "privilege-escalation"): OTHERWISE,
    ("privileged-container", "seccomp-profile-missing"): OTHERWISE,
    ("secret-in-args", "secret-read-from-env"): BETTER,
    ("shell-form-entrypoint", "shell-form-command"): "a line with `exec` is in shell form, too",
    ("vram-weights-dont-fit", "shm-missing"): NEEDS,
}
# What these find hides what a server, or a whole file, is told.
HIDING = {
    "command-after-entrypoint",
    "command-in-one-word",
    "flag-with-value-in-one-word",
    "flag-without-program",
    "invalid-image-reference",
    "model-without-flag",
    "unread-start",
    "unused-shell-arguments",
    "variable-without-shell",
}
# What is refused by a builder, the API server, Compose or an engine, whatever its severity.
REFUSED = {"gpu-request-shape", "invalid-image-reference", "removed-engine-flag", "tp-vs-gpus"}


def news(trial: Trial, after: Mapping[str, str]) -> set[str]:
    """The rules that say more than before, but for what was hidden."""
    before = examine_by_all(trial.before, trial.under, trial.rule)
    now = examine_by_all(after, trial.under_after(after), trial.rule)
    assert [one[:2] for one in now.problems] == [one[:2] for one in before.problems]
    new = Counter(one.rule for one in now.findings) - Counter(one.rule for one in before.findings)
    hidden = catalog.family(trial.rule) == "syntax" or trial.rule in HIDING
    return {
        rule
        for rule in new
        if (trial.rule, rule) not in COMES_TO_LIGHT
        and (not hidden or catalog.family(rule) == "syntax" or rule in REFUSED)
    }


@pytest.mark.parametrize("trial", TRIALS)
def test_who_follows_the_help_is_told_nothing_any_more(trial: Trial) -> None:
    for after in trial.after:
        left = examine_files(trial.rule, after, trial.under_after(after))
        assert [
            (one.location.origin, one.location.start, one.message) for one in left.findings
        ] == []


@pytest.mark.parametrize("trial", TRIALS)
def test_help_breaks_nothing_that_was_right(trial: Trial) -> None:
    for after in trial.after:
        assert news(trial, after) == set()


@pytest.mark.parametrize("trial", TRIALS)
def test_what_help_leaves_is_accepted(trial: Trial) -> None:
    for after in trial.after:
        refused = refusals(after)
        # What a fix is not about may have been refused before.
        assert not refused or set(refused) <= set(refusals(trial.before)), refused


@pytest.mark.parametrize("name", catalog.names())
def test_every_help_is_followed_in_each_kind_of_document(name: str) -> None:
    wanted: dict[Template, str] = {}
    for trial in everything(name):
        for finding in trial.findings():
            wanted.setdefault(trial.template(finding), trial.title)
    followed = {template for trial in trials(name) for template in trial.templates()}
    assert {template: title for template, title in wanted.items() if template not in followed} == {}


@pytest.mark.parametrize("name", catalog.names())
def test_what_is_done_are_the_words_of_the_help(name: str) -> None:
    done: set[tuple[Template, int]] = set()
    other: dict[tuple[Template, int], tuple[str, ...]] = {}
    for trial in trials(name):
        ways = [changed_lines(trial.before, after) for after in trial.after]
        for finding in trial.findings():
            for number, piece in enumerate(quoted(finding.help)):
                key = (trial.template(finding), number)
                if any(
                    stands_in(one, f"{way.added}\n{way.removed}") for way in ways for one in piece
                ):
                    done.add(key)
                else:
                    other[key] = piece
    assert {key: piece for key, piece in other.items() if key not in done} == {}


@pytest.mark.parametrize("name", catalog.names())
def test_code_is_quoted(name: str) -> None:
    for trial in everything(name):
        for finding in trial.findings():
            assert unquoted(finding.help) == [], finding.help


@pytest.mark.parametrize("name", catalog.names())
def test_a_page_is_as_bad_and_as_certain_as_its_examples(name: str) -> None:
    rule = catalog.load(name)
    found = {
        (finding.severity, finding.confidence)
        for example in read_documentation(rule.doc).examples
        if example.bad
        for finding in examine_files(
            name, dict(example.files), Given(environment=environment(example.declared))
        ).findings
    }
    assert (rule.severity, rule.confidence) in found
