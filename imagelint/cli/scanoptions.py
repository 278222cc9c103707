"""Options about the scan of an image: commands get them together, as `scanning`."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, TypeVar, cast

from click import Choice, option

from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from imagelint.cli.imagejob import ImageJob
    from imagelint.run.session import Session

C = TypeVar("C", bound="Callable[..., object]")
_SOUGHT = Choice(("vuln", "secret", "misconfig", "license"))


class ScanOptions(NamedTuple):
    """What the command line says about the scan."""

    trivy_cache: str = ""
    db_repositories: tuple[str, ...] = ()
    offline: bool = False
    kev: str = ""
    epss: str = ""
    server: str = ""
    look_for: tuple[str, ...] = ()

    def apply(self, job: ImageJob, session: Session, timeout: float | None) -> ImageJob:
        """The job with how to scan: by the policy's word, and by ours above it."""
        from imagelint.collect.deadline import Deadline
        from imagelint.collect.tools.trivy import TrivyOptions
        from imagelint.core.environment import ScanSettings
        from imagelint.run.scanning import anchored, with_settings

        policy = session.policies.of(".")
        below = anchored(policy.environment.scan, session.policies.base_of(policy))
        said = ScanSettings(self.look_for, self.kev, self.epss, server=self.server)
        settings = anchored(said, ".").over(below)
        deadline = Deadline(timeout or 0)
        asked = TrivyOptions(self.trivy_cache, self.offline, self.db_repositories, deadline)
        return job._replace(trivy=with_settings(asked, settings), settings=settings)


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


_OPTIONS = (
    option("--server", metavar="URL", default="", help="A Trivy server that matches."),
    option("--epss", metavar="FILE", default="", help="FIRST's scores of a day."),
    option("--kev", metavar="FILE", default="", help="CISA's list of what is exploited."),
    option("--for", "look_for", type=_SOUGHT, multiple=True, help="What for. [default: vuln]"),
    option("--trivy-cache", metavar="DIR", default="", help="Where Trivy's database is."),
    option(
        "--db-repository",
        "db_repositories",
        metavar="REPO",
        multiple=True,
        help="Where the database is downloaded from; may repeat for fallbacks.",
    ),
    option("--offline", is_flag=True, help="Download nothing: no database, no indexes."),
)
