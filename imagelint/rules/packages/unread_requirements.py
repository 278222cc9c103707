"""The rule `unread-requirements`."""

from __future__ import annotations

from imagelint.documents.packages.model import UnreadRequirements
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(UnreadRequirements, Severity.LOW)
def unread_requirements(requirements: UnreadRequirements, ctx: Context) -> Findings:
    """What a requirements file installs was not examined: it is not there, or too large.

    Rules about packages, pins, indexes and known holes read the file where a Dockerfile copies it
    from. Where it is not, the build fails, or the Dockerfile was given alone: that nothing is found
    in it does not mean that nothing is wrong. The same is said of a `pyproject.toml`, a lock and an
    environment of conda that cannot be parsed. Of files of a build context, 200,000 characters are
    read, of locks 4,000,000; one that is called as requirements files are is examined by itself,
    whatever its size.

    Except: files that other stages, downloads or commands make.

    Bad:
        FROM python:3.12.7-slim
        COPY requirements-gpu.txt .
        RUN pip install --no-cache-dir -r requirements-gpu.txt

    Good:
        FROM python:3.12.7-slim
        RUN pip install --no-cache-dir requests==2.32.3
    """
    said = f"what `{requirements.text}` installs was not examined: {requirements.why}"
    yield ctx.finding(requirements, said, subject=requirements.text)
