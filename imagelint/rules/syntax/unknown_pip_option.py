"""The rule `unknown-pip-option`."""

from __future__ import annotations

from imagelint.documents.complaints import UnknownPipOption
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    UnknownPipOption,
    Severity.HIGH,
    former=("invalid-instruction",),
)
def unknown_pip_option(complaint: UnknownPipOption, ctx: Context) -> Findings:
    """A requirements file has an option that pip does not take there.

    Few options of `pip install` may stand in a file: indexes, other files, hashes and some about
    wheels. At any other pip stops with "no such option", although the command line takes it.

    Bad (requirements.txt):
        --no-cache-dir
        vllm==0.11.0

    Good (requirements.txt):
        --extra-index-url https://download.pytorch.org/whl/cu128
        vllm==0.11.0
    """
    yield ctx.complaint(complaint)
