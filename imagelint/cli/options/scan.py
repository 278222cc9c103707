"""Options about the scan of an image: commands get them together, as `scanning`."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, TypeVar, cast

from click import Choice, option

from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from imagelint.cli.images.job import ImageJob
    from imagelint.run.session import Session

C = TypeVar("C", bound="Callable[..., object]")


class ScanOptions(NamedTuple):
    """What the command line says about the scan."""

    trivy_cache: str = ""
    db_repository: tuple[str, ...] = ()
    offline: bool = False
    kev: str = ""
    epss: str = ""
    server: str = ""
    vex: tuple[str, ...] = ()
    scanner: tuple[str, ...] = ()
    layers: bool = False

    def apply(self, job: ImageJob, session: Session) -> ImageJob:
        """The job with how to scan: by the policy's word, and by ours above it."""
        from imagelint.collect.tools.trivy_options import TrivyOptions
        from imagelint.core.environment import ScanSettings
        from imagelint.run.scanning import anchored, refuse_others, refuse_vex, with_settings

        policy = session.policies.of(".")
        below = anchored(policy.environment.scan, session.policies.base_of(policy))
        named = session.policies.are_named or policy.trusted is not None
        refuse_vex(below.vex if not named else (), self.vex, job.paths)
        refuse_others(below if not named else ScanSettings(), self.server)
        said = ScanSettings(
            self.kev, self.epss, self.vex, server=self.server, scanners=self.scanner
        )
        settings = anchored(said, ".").over(below)
        asked = TrivyOptions(self.trivy_cache, self.offline, self.db_repository, session.deadline)
        trivy = with_settings(asked, settings)
        return job._replace(trivy=trivy, settings=settings, fetched=self.layers)


def scan_options(command: C) -> C:
    """Options about the scan."""

    @wraps(command)
    def with_scanning(**given: object) -> object:
        unsaid = zip(ScanOptions._fields, ScanOptions(), strict=True)
        values = [given.pop(name, default) for name, default in unsaid]
        return command(scanning=ScanOptions._make(values), **given)

    collected = cast("C", with_scanning)
    for each in _OPTIONS:
        collected = each(collected)
    return collected


_SCANNERS = Choice(("trivy", "grype", "osv"))
_OPTIONS = (
    option("--scanner", type=_SCANNERS, multiple=True, help="Who must look; may repeat."),
    option("--server", metavar="URL", default="", help="A Trivy server that matches."),
    option("--epss", metavar="FILE", default="", help="FIRST's scores of a day."),
    option("--kev", metavar="FILE", default="", help="CISA's list of what is exploited."),
    option("--vex", metavar="FILE", multiple=True, help="Who says what does no harm here."),
    option("--trivy-cache", metavar="DIR", default="", help="Where Trivy's database is."),
    option("--db-repository", metavar="REPO", multiple=True, help="Whence it comes; may repeat."),
    option("--offline", is_flag=True, help="Download nothing: no database, no indexes."),
)
