"""The rule `unpinned-system-package`."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from imagelint.documents.packages.installs import package_installs
from imagelint.documents.packages.lookup import PACKAGE_PROGRAMS
from imagelint.documents.packages.packagemanager import Pin
from imagelint.documents.packages.system import APK, APT, DNF, MICRODNF, YUM, ZYPPER
from imagelint.documents.queries.pins import names_no_version
from imagelint.documents.shell.script import Command
from imagelint.rules.api import Context, Findings, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Mapping

_ANSWERS: Mapping[str, tuple[str, ...]] = {
    APT.name: ("hadolint DL3008",),
    APK.name: ("hadolint DL3018",),
    YUM.name: ("hadolint DL3033",),
    ZYPPER.name: ("hadolint DL3037",),
    DNF.name: ("hadolint DL3041",),
    MICRODNF.name: ("hadolint DL3041",),
}
_SHOWN = 5
# A module of dnf.
_STREAM = Pin("{name}:{version}")


@rule(
    Command,
    Severity.LOW,
    references=tuple(dict.fromkeys(chain.from_iterable(_ANSWERS.values()))),
    programs=PACKAGE_PROGRAMS,
)
def unpinned_system_package(command: Command, ctx: Context) -> Findings:
    """A package of the distribution is installed in whatever version is newest.

    The same Dockerfile gives another image next week. Distributions withdraw old versions, so that
    a pin breaks sooner or later, and security updates wait for whoever moves it: a base image with
    a digest, and a snapshot of the archive, hold more still for less work. For those who have to
    account for every version all the same.

    Except:
        Any bound (`=`, `>=`, `~`, a release behind `/`), package files, groups, and names that
        depend on a variable. A number in the name of an rpm package (`gcc-12`, `java-17-openjdk`)
        is no version, which hadolint takes for one; of a variable it is said nothing, of which
        hadolint says that it has no version: the base image may set it
        (https://docs.docker.com/reference/dockerfile/#env). `apt` is told as `apt-get` is, which
        hadolint reads alone.

    Bad:
        FROM debian:12.7
        RUN apt-get update && apt-get install -y --no-install-recommends ffmpeg

    Good:
        FROM debian:12.7
        RUN apt-get update && apt-get install -y --no-install-recommends ffmpeg=7:5.1.6-0+deb12u1
    """
    for install in package_installs(command):
        loose = [one for one in install.packages if names_no_version(install, one)]
        if not loose:
            continue
        names = list(dict.fromkeys(package.name for package in loose))
        for_people = command.program in install.manager.for_people
        streamed = install.verb in install.manager.streamed
        pin = _STREAM if streamed else install.manager.pin
        yield ctx.finding(
            loose[0],
            f"{_listed(names)} may come in another version with {command.place.again}",
            help=f"name the version: `{pin.of(names[0], '<version>')}`",
            subject=names[0],
            references=() if for_people else _ANSWERS.get(install.manager.name, ()),
        )


def _listed(names: list[str]) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:_SHOWN])
    more = len(names) - _SHOWN
    return f"{shown} and {more} more" if more > 0 else shown
