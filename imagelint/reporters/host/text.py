"""A host for people: a line a check."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.report import Outcome
from imagelint.core.serving.host import CheckState
from imagelint.reporters.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.serving.host import HostReport

_STATES = {
    CheckState.GOOD: "ok",
    CheckState.BAD: "bad",
    CheckState.NOTE: "",
    CheckState.UNKNOWN: "?",
}


def report(host: HostReport) -> Iterator[str]:
    """The checks with their help, what could not be read, and the answer."""
    width = max((len(check.name) for check in host.checks), default=0)
    for check in host.checks:
        yield f"{_STATES[check.state]:4}{check.name:{width}}  {visible(check.said)}\n"
        if check.help:
            yield f"{'':{width + 6}}help: {visible(check.help)}\n"
    for problem in host.problems:
        yield f"?   {visible(problem.origin)}: {visible(problem.detail)}\n"
    yield f"\n{visible(answer(host))}\n"


def answer(host: HostReport) -> str:
    """The answer in a sentence."""
    what = " with ".join(host.asked)
    bad = [check.said for check in host.checks if check.state is CheckState.BAD]
    if host.outcome is Outcome.FAIL:
        start = f"{what} does not start here" if what else "this host is not ready"
        return f"{start}: {bad[0]}" + (f", and {len(bad) - 1} more" if len(bad) > 1 else "")
    if host.outcome is Outcome.INCOMPLETE:
        return f"whether {what} starts here is not known" if what else "not all could be told"
    if what:
        return f"{what} starts here"
    facts = host.facts
    has_gpu = bool(facts.driver.gpus or facts.pci_gpus)
    return "this host is ready for model servers" if has_gpu else "there is no NVIDIA GPU here"
