"""The rule `healthcheck-tool-missing`."""

from __future__ import annotations

from imagelint.documents.queries.health.asked import written_at
from imagelint.documents.queries.health.programs import missing_program
from imagelint.documents.runtime.field import Place
from imagelint.documents.runtime.probe import CheckCommand
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(CheckCommand, Severity.HIGH, confidence=Confidence.LIKELY)
def healthcheck_tool_missing(check: CheckCommand, ctx: Context) -> Findings:
    r"""The health check runs a program that the image does not have.

    Slim and distroless images have neither curl nor wget, and some no shell. The check fails for
    ever with `executable file not found`: compose keeps everything that waits for the service from
    starting, a liveness probe kills a healthy server again and again.

    Except:
        Images whose programs are not known, and builds that run scripts of others or copy whole
        folders of programs.

    Bad:
        FROM python:3.12.7-slim
        HEALTHCHECK CMD curl -f http://localhost:8000/health
        CMD ["python", "-m", "http.server"]

    Good:
        FROM python:3.12.7-slim
        HEALTHCHECK CMD python -c \
            "import urllib.request as r; r.urlopen('http://localhost:8000/health')"
        CMD ["python", "-m", "http.server"]

    Bad (compose.yaml):
        services:
          ollama:
            image: ollama/ollama:0.40.1
            healthcheck:
              test: curl -f http://localhost:11434/

    Good (compose.yaml):
        services:
          ollama:
            image: ollama/ollama:0.40.1
            healthcheck:
              test: ollama list
    """
    program = missing_program(check)
    if program and check.image is not None:
        yield ctx.finding(
            written_at(check.words, program, Place(check.span, check.path)),
            f"the {check.title} runs `{program}`, which {check.image.text} does not have",
            help="ask with a program that the image has, or install this one",
            subject=check.owner,
        )
