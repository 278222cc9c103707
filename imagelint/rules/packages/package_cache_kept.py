"""The rule `package-cache-kept`."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from imagelint.core.source import Span
from imagelint.documents.execution import Phase
from imagelint.documents.packages.languages import YARN
from imagelint.documents.packages.lookup import PACKAGE_PROGRAMS
from imagelint.documents.packages.system import APK, APT, DNF, MICRODNF, YUM, ZYPPER
from imagelint.documents.queries.packages.caches import kept_fillings
from imagelint.documents.queries.packages.wording import end_of_script, subcommand, word_behind
from imagelint.documents.shell.script import Script
from imagelint.rules.api import Context, Findings, Fix, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagelint.documents.queries.packages.caches import Filling

_ANSWERS: Mapping[str, tuple[str, ...]] = {
    APT.name: ("hadolint DL3009",),
    APK.name: ("hadolint DL3019", "Trivy DS-0025", "Dockle DKL-DI-0004"),
    YUM.name: ("hadolint DL3032", "Trivy DS-0015"),
    DNF.name: ("hadolint DL3040", "Trivy DS-0019"),
    MICRODNF.name: ("hadolint DL3040", "Trivy DS-0027"),
    ZYPPER.name: ("hadolint DL3036", "Trivy DS-0020"),
    YARN.name: ("hadolint DL3060",),
}


@rule(
    Script,
    Severity.LOW,
    references=tuple(dict.fromkeys(chain.from_iterable(_ANSWERS.values()))),
    programs=PACKAGE_PROGRAMS,
)
def package_cache_kept(script: Script, ctx: Context) -> Findings:
    """What a package manager keeps so as not to download it again stays in a shipped layer.

    Indexes and packages, of which an image needs neither once they are installed: megabytes for
    apk, hundreds for dnf, npm and conda. What a later RUN removes is still in the layer, so it has
    to go in the same one, or into a cache mount, where the next build finds it. The rule reads apk,
    the yum family, zypper, npm, yarn, pnpm, bun, conda, poetry, go and cargo, and apt's archives
    where `docker-clean` was taken away and only the lists are mounted. Of apt's lists
    `apt-lists-kept` speaks, of pip and uv `pip-cache-kept`.

    Except:
        Stages that are not shipped, of which nothing is left but what is copied
        (https://docs.docker.com/build/building/multi-stage/), caches in a mount of type cache or
        tmpfs, and those that the same RUN removes, by the manager itself or with `rm` (hadolint
        wants `--no-cache` of apk even then). That of dnf lies in `/var/cache/dnf` or
        `/var/cache/libdnf5`, says `cachedir` in dnf.conf(5); hadolint is content with an
        empty `/var/cache/yum`.

    Bad:
        FROM alpine:3.20
        RUN apk add ffmpeg

    Good:
        FROM alpine:3.20
        RUN apk add --no-cache ffmpeg
    """
    if script.place.phase is not Phase.BUILD or not script.place.shipped or not script.readable:
        return
    for filling in kept_fillings(ctx.document, script):
        manager, command = filling.install.manager, filling.install.command
        help_, fix = _way_out(script, filling, ctx)
        yield ctx.finding(
            subcommand(command, filling.install),
            f"{manager.name} leaves its cache in the layer",
            help=help_,
            subject=manager.name,
            references=_ANSWERS.get(manager.name, ()),
            fix=fix,
        )


def _way_out(script: Script, filling: Filling, ctx: Context) -> tuple[str, Fix | None]:
    cache, command = filling.cache, filling.install.command
    if cache.off_options:
        switch, verb = cache.off_options[0], subcommand(command, filling.install)
        behind = word_behind(ctx.document, command, verb, switch)
        edit = ctx.edit(Span(verb.span.end, verb.span.end), behind) if behind else None
        return f"add `{switch}`", Fix(f"add {switch}", (edit,)) if edit else None
    if not cache.emptying:
        folder = cache.folders[0].replace("~", "/root")
        return f"mount it: `RUN --mount=type=cache,target={folder} …`", None
    empty = f"{'sudo ' if 'sudo' in command.wrappers else ''}{command.program} {cache.emptying}"
    end = end_of_script(script)
    edit = ctx.edit(Span(end, end), f" && {empty}") if end is not None else None
    fix = Fix(f"end with {empty}", (edit,)) if edit else None
    return f"end the same RUN with `&& {empty}`", fix
