"""What a page advises mends, breaks nothing else, and is as bad and as certain as the page says.

Among all rules are those which hold what BuildKit's parser, the API server, Compose and the
engines refuse: what a page shows as good must be accepted by all of them.
"""

from __future__ import annotations

import pytest

from imagelint.core.finding import Severity
from imagelint.rules import catalog
from imagelint.rules.documentation import Example, read_documentation
from tests.rules.projects import Given, environment, examine_by_all, examine_files
from tests.rules.test_examples import PAIRS

# What comes to light only where something else is right.
ROOT = "an image that can be recognised is known to run as root"
NEEDS = "a model that is split shares memory between its parts"
COMES_TO_LIGHT = {
    ("invalid-image-reference", "root-user"): ROOT,
    ("untrusted-registry", "root-user"): ROOT,
    ("vram-weights-dont-fit", "shm-missing"): NEEDS,
}
# As bad as what is found, of which an example shows one.
BY_CONTENT = {
    "credential-file-copied",
    "gpu-memory-fraction",
    "secret-in-build",
    "unscanned-packages",
    "vulnerable-package",
}
# What is refused by a builder, the API server, Compose or an engine, whatever its severity.
REFUSED = {"gpu-request-shape", "invalid-image-reference", "removed-engine-flag", "tp-vs-gpus"}


def harmed(name: str, example: Example) -> set[str]:
    """The rules about what is refused, or else bad, that have findings in an example.

    A file that could not be read before may show whatever was in it.
    """
    report = examine_by_all(dict(example.files), Given(environment=environment(example.declared)))
    assert report.problems == ()
    hidden = catalog.family(name) == "syntax"
    return {
        finding.rule
        for finding in report.findings
        if catalog.family(finding.rule) == "syntax"
        or finding.rule in REFUSED
        or (finding.severity >= Severity.HIGH and not hidden)
    }


@pytest.mark.parametrize(("name", "bad", "good"), PAIRS)
def test_what_is_good_breaks_nothing_that_was_right(name: str, bad: Example, good: Example) -> None:
    new = harmed(name, good) - (harmed(name, bad) - {name})
    assert {rule for rule in new if (name, rule) not in COMES_TO_LIGHT} == set()


@pytest.mark.parametrize("name", catalog.names())
def test_a_page_is_as_bad_and_as_certain_as_its_examples(name: str) -> None:
    rule = catalog.load(name)
    found = [
        (finding.severity, finding.confidence)
        for example in read_documentation(rule.doc).examples
        if example.bad
        for finding in examine_files(
            name, dict(example.files), Given(environment=environment(example.declared))
        ).findings
    ]
    assert ((rule.severity, rule.confidence) not in found) == (name in BY_CONTENT)
