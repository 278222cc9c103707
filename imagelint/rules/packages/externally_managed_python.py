"""The rule `externally-managed-python`."""

from __future__ import annotations

from imagelint.documents.dockerfile.model import Stage
from imagelint.documents.packages.lookup import PACKAGE_PROGRAMS
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(Stage, Severity.HIGH, programs=PACKAGE_PROGRAMS)
def externally_managed_python(stage: Stage, ctx: Context) -> Findings:
    """Pip is to install into a Python that the distribution keeps for itself.

    Debian since 12, Ubuntu since 23.04 and Alpine since 3.19 mark their Python as externally
    managed (https://peps.python.org/pep-0668/): pip ends with `externally-managed-environment`, and
    the build with it.

    Except: what an environment, another Python, or a setting of pip may allow.

    Bad:
        FROM debian:12.8-slim
        RUN apt-get update && apt-get install -y --no-install-recommends python3-pip
        RUN pip3 install --no-cache-dir requests==2.32.3

    Good:
        FROM debian:12.8-slim
        RUN apt-get update && apt-get install -y --no-install-recommends python3-venv
        RUN python3 -m venv /opt/venv
        ENV PATH=/opt/venv/bin:$PATH
        RUN pip3 install --no-cache-dir requests==2.32.3
    """
    from imagelint.documents.queries.building.pythons import refused_by_pip

    image = stage.root_image
    for install in refused_by_pip(ctx.document, stage):
        yield ctx.finding(
            install.command.words[0],
            f"pip refuses to change the Python of {image.text if image else ''}",
            help="make an environment first: `python3 -m venv /opt/venv`, and put its `bin` first "
            "into `PATH`",
            subject=install.command.program,
        )
