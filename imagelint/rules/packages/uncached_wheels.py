"""The rule `uncached-wheels`."""

from __future__ import annotations

from imagelint.documents.execution import Phase
from imagelint.documents.packages.lookup import PACKAGE_PROGRAMS
from imagelint.documents.queries.packages import caches as packagecaches
from imagelint.documents.queries.packages.hashes import listed_packages
from imagelint.documents.shell.script import Script
from imagelint.knowledge.gpu_stack import GPU_STACK
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    Script,
    Severity.INFO,
    references=("tally prefer-package-cache-mounts",),
    programs=PACKAGE_PROGRAMS,
)
def uncached_wheels(script: Script, ctx: Context) -> Findings:
    """Gigabytes of wheels are downloaded anew by every build.

    torch and the engines bring three to ten gigabytes. With the cache switched off each change of
    the installation, be it one small package, fetches them all again; a cache mount keeps them
    between builds and puts nothing into the image. Where the cache is on and not mounted,
    `pip-cache-kept` speaks. One finding speaks for a script.

    Except:
        Mounts of type cache or bind that hold the wheels, and builds whose packages are not known.
        tally wants a mount at every installation, of whatever size; for apt-get Docker advises to
        remove the lists (https://docs.docker.com/build/building/best-practices/#apt-get).

    Bad:
        FROM python:3.12.7-slim
        RUN pip install --no-cache-dir torch==2.8.0

    Good:
        FROM python:3.12.7-slim
        RUN --mount=type=cache,target=/root/.cache/pip pip install torch==2.8.0
    """
    if script.place.phase is not Phase.BUILD or not script.readable:
        return
    for filling in packagecaches.wheel_fillings(script):
        install, cache = filling.install, filling.cache
        packages = (*install.packages, *listed_packages(ctx.document, install))
        heavy = next((one.name for one in packages if one.name in GPU_STACK), "")
        if not heavy or packagecaches.cache_mount(ctx.document, script, filling):
            continue
        if packagecaches.cache_switched_off(ctx.document, script, install, cache) is not True:
            continue
        folder = cache.folders[0].replace("~", "/root")
        yield ctx.finding(
            install.command.words[0],
            f"{install.manager.name} downloads `{heavy}` and all that it needs in every build",
            help=f"mount the cache, `RUN --mount=type=cache,target={folder} …`, "
            f"and drop `{cache.off_options[0]}` and `{cache.off_variables[0]}`",
            subject=heavy,
        )
        return
