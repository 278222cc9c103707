"""The images that files name: those that a build takes something from, and those that are run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.finding import Note
from imagelint.core.record import NamedTuple
from imagelint.core.report import Problem, ProblemKind, Report
from imagelint.run.exclusions import Exclusions
from imagelint.run.images import ImageResult, examine_image
from imagelint.run.rendering.deployed import BUILT_FROM, RUN, NamedImage, named_images

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from imagelint.core.finding import Finding, Location
    from imagelint.documents.shared import ImageRole
    from imagelint.run.images import ImageRequest
    from imagelint.run.session import Session

_MOST_USES = 5


class ImagesOfFiles(NamedTuple):
    """The images that files name, each with the places that name it, and what cannot be told."""

    uses: Mapping[str, Sequence[Location]]
    problems: tuple[Problem, ...]

    def beside(self, image: str) -> ImagesOfFiles:
        """The same behind an image that nobody need name; empty: there is none."""
        own = {image: self.uses.get(image, ())} if image else {}
        return self._replace(uses={**own, **self.uses})

    def examined(self, request: ImageRequest) -> ImageResult:
        """What comes of all images, each told with the places that name it."""
        result = ImageResult(Report(problems=self.problems))
        for image, uses in self.uses.items():
            result = result.plus(_told(examine_image(image, request), image, uses))
        return result


def images_of_files(
    session: Session, bases: Iterable[str], manifests: Iterable[str]
) -> ImagesOfFiles:
    """The images of Dockerfiles below some paths, and those that manifests below others run.

    Raises:
        PolicyError: the policy of one of them is wrong.
    """
    leave_out = Exclusions(session.policies, session.exclude).leave_out
    uses: dict[str, list[Location]] = {}
    problems: dict[Problem, None] = {}
    for paths, roles in ((tuple(bases), BUILT_FROM), (tuple(manifests), RUN)):
        if not paths:
            continue
        named = 0
        for found in named_images(paths, roles, leave_out):
            if isinstance(found, NamedImage):
                named += 1
                uses.setdefault(found.reference, []).append(found.location)
            else:
                problems[found] = None
        if not (named or problems):
            problems[_nothing(paths, roles)] = None
    return ImagesOfFiles(uses, tuple(problems))


def _nothing(paths: tuple[str, ...], roles: tuple[ImageRole, ...]) -> Problem:
    what = "takes anything from an image" if roles is BUILT_FROM else "runs an image"
    detail = f"nothing below `{', '.join(paths)}` {what}"
    return Problem(ProblemKind.NOTHING_EXAMINED, paths[0], detail)


def _told(result: ImageResult, image: str, uses: Sequence[Location]) -> ImageResult:
    if not uses:
        return result
    findings = tuple(_used(each, uses) for each in result.report.findings)
    problems = tuple(_placed(each, image, uses[0]) for each in result.report.problems)
    report = result.report._replace(findings=findings, problems=problems)
    return result._replace(report=report)


def _used(finding: Finding, uses: Sequence[Location]) -> Finding:
    notes = tuple(Note("it is named here", place) for place in uses[:_MOST_USES])
    more = len(uses) - _MOST_USES
    rest = (Note(f"and at {more} more places"),) if more > 0 else ()
    return finding._replace(notes=(*finding.notes, *notes, *rest))


def _placed(problem: Problem, image: str, use: Location) -> Problem:
    if problem.location is not None:
        return problem
    return problem._replace(detail=f"{image}: {problem.detail}", location=use)
