"""The rule `search-path-lost`."""

from __future__ import annotations

import re

from imagelint.core.pattern import pattern
from imagelint.documents.dockerfile.model import Instruction
from imagelint.documents.queries.stages import enclosing_stage
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

_SYSTEM = frozenset(("/bin", "/usr/bin"))
_FOLDERS = pattern(r"/[\w./+@-]*(?::/[\w./+@-]*)*:?", re.ASCII)
# Images without such folders, and those whose programs lie elsewhere.
_WITHOUT = pattern(r".*(?:distroless|chainguard|nix|/static|busybox|scratch).*")


@rule(Instruction, Severity.HIGH, confidence=Confidence.LIKELY, keywords=("ENV",))
def search_path_lost(instruction: Instruction, ctx: Context) -> Findings:
    """An ENV replaces the PATH, and the folders of the system are not in it any more.

    Neither `python3` nor `sh`, `ls` or `curl` is found from there on: the next RUN fails, or the
    server's script does when the container starts.

    Except:
        Values that continue the former one (`/opt/venv/bin:$PATH`), images that have no such
        folders (`scratch`, distroless, Nix), Windows.

    Bad:
        FROM python:3.12-slim
        ENV PATH=/opt/venv/bin
        CMD ["gunicorn"]

    Good:
        FROM python:3.12-slim
        ENV PATH=/opt/venv/bin:$PATH
        CMD ["gunicorn"]
    """
    stage = enclosing_stage(ctx.document, instruction.span)
    if stage is None or stage.root_image is None or _WITHOUT.match(stage.root_image.text):
        return
    for word in instruction.words:
        name, equals, value = word.raw.partition("=")
        value = value.strip("\"'")
        if name != "PATH" or not equals or not _FOLDERS.fullmatch(value):
            continue
        folders = {folder.rstrip("/") for folder in value.split(":")}
        if not folders & _SYSTEM:
            yield ctx.finding(
                word,
                "the PATH has none of the system's folders any more",
                help=f"write `PATH={value.rstrip(':')}:$PATH`",
                subject="PATH",
            )
