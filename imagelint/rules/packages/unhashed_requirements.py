"""The rule `unhashed-requirements`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.documents.execution import Phase
from imagelint.documents.packages.installs import package_installs
from imagelint.documents.packages.lookup import PACKAGE_PROGRAMS
from imagelint.documents.queries.packages.hashes import unhashed_files
from imagelint.documents.queries.stages import enclosing_stage, set_before
from imagelint.documents.shell.script import Script
from imagelint.rules.api import Context, Findings, Severity, rule

_REQUIRED = ("PIP_REQUIRE_HASHES", "UV_REQUIRE_HASHES")


@rule(Script, Severity.INFO, programs=PACKAGE_PROGRAMS)
def unhashed_requirements(script: Script, ctx: Context) -> Findings:
    r"""A requirements file is installed whose packages have no hashes.

    A version says which file is meant, a hash which bytes. Without hashes the index decides what is
    installed, be it after a break-in, or a mirror in between. One hash in the file makes pip and
    uv demand one for every package.

    Except:
        Files that the build context does not hold, `--require-hashes` and `PIP_REQUIRE_HASHES`,
        without which the build would stop, and files that only list paths and repositories.

    Bad:
        FROM python:3.12.7-slim
        COPY requirements.txt .
        RUN pip install --no-cache-dir -r requirements.txt
        === requirements.txt
        fastapi==0.115.2

    Good:
        FROM python:3.12.7-slim
        COPY requirements.txt .
        RUN pip install --no-cache-dir -r requirements.txt
        === requirements.txt
        fastapi==0.115.2 \
          --hash=sha256:61704c71286579cc5a598763905928f24ee98bfcc07aabe84cfefb98812bbc86
    """
    if script.place.phase is not Phase.BUILD or _is_required(script, ctx):
        return
    for command in script.commands:
        for install in package_installs(command):
            if install.require_hashes or not install.files:
                continue
            for word, count in unhashed_files(ctx.document, install):
                packages = "1 package" if count == 1 else f"{count} packages"
                yield ctx.finding(
                    word,
                    f"`{word.text}` has no hashes for {packages}",
                    help="write them: `uv pip compile --generate-hashes`, or `pip-compile` does it",
                    subject=word.text,
                )


def _is_required(script: Script, ctx: Context) -> bool:
    stage = enclosing_stage(ctx.document, script.span)
    before = set_before(ctx.document, stage, _REQUIRED, script.span) if stage else ()
    return any(not isinstance(one.value, Known) or one.value.value for one in before)
