"""The scripts of a pipeline's steps, of the jobs that build images."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN, Fact
from imagelint.documents.execution import Phase
from imagelint.documents.serving.startscript import read_mapped_script
from imagelint.documents.shell.read import LONGEST
from imagelint.documents.shell.script import ScriptRole

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from imagelint.core.source import Span
    from imagelint.documents.runlines.pipelines.workflows import Job
    from imagelint.documents.shell.script import Script


class StepPlace:
    """A step, which runs once on a machine that builds an image."""

    __slots__ = ("_advice", "_variables")

    def __init__(self, variables: Mapping[str, Fact[str]], advice: str) -> None:
        self._variables = variables
        self._advice = advice

    @property
    def phase(self) -> Phase:
        """In a pipeline."""
        return Phase.STEP

    @property
    def title(self) -> str:
        """`pipeline step`."""
        return "pipeline step"

    @property
    def again(self) -> str:
        """The next run."""
        return "the next run"

    @property
    def shipped(self) -> bool:
        """What it leaves may be copied into the image."""
        return True

    @property
    def root(self) -> Fact[bool]:
        """The machine says it."""
        return UNKNOWN

    def setting(self, name: str) -> Fact[str]:
        """The variable of the step, its job or its pipeline; what the machine sets is unknown."""
        return self._variables.get(name, UNKNOWN)

    def secret_advice(self, name: str) -> str:
        """A secret of the pipeline."""
        return self._advice.format(name=name)


def building(jobs: Iterable[Job], builds: Iterable[Span]) -> Iterator[Job]:
    """The jobs that build an image; `builds` are the places where one is."""
    starts = sorted(span.start for span in builds)
    for job in jobs:
        at = bisect_left(starts, job.span.start)
        if at < len(starts) and starts[at] < job.span.end:
            yield job


def scripts(job: Job) -> Iterator[Script]:
    """What the steps of a job run, in source order."""
    for fragment in job.fragments:
        variables = fragment.variables or {}
        if len(fragment.text.text) <= LONGEST:
            yield read_mapped_script(
                fragment.text,
                ScriptRole.START,
                shell=fragment.shell,
                variables=variables,
                path=fragment.path,
            ).standing_in(StepPlace(variables, job.handing))
