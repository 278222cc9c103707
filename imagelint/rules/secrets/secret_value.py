"""The rule `secret-value`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagelint.core.redact import VALUE_SHAPES, secret_spans
from imagelint.core.source import Span
from imagelint.documents.base import Text
from imagelint.documents.secrets import is_placeholder
from imagelint.rules.api import Context, Findings, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

# A real key of thirty random letters and digits has about twenty different ones.
_VARIETY = 10


@rule(Text, Severity.CRITICAL)
def secret_value(whole: Text, ctx: Context) -> Findings:
    """A key or token is written into the file.

    Its shape says what it is: Hugging Face, NVIDIA NGC, OpenAI, GitHub, AWS and others give their
    keys prefixes of their own. Whoever has the file, its history or the image has the key. The
    value itself is never shown.

    Except:
        Placeholders and the examples of documentation (`hf_xxxx…`, `AKIA…EXAMPLE`).

    Bad:
        FROM python:3.12.7-slim
        ENV HF_TOKEN=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

    Good:
        FROM python:3.12.7-slim
        RUN --mount=type=secret,id=hf,env=HF_TOKEN hf download Qwen/Qwen3-8B
    """
    for kind, span in _secrets(ctx.text(whole.span)):
        yield ctx.finding(
            span,
            f"{'an' if kind[0] in 'AEIOU' else 'a'} {kind} is written here",
            help="revoke it, and hand a new one over when it is needed: a secret mount in a build, "
            "a Secret in a cluster",
            subject=kind,
        )


def _secrets(text: str) -> Iterator[tuple[str, Span]]:
    """Each secret once: of shapes that overlap, the more special one comes later in the table."""
    if next(secret_spans(text), None) is None:
        return
    found: dict[int, tuple[str, Span]] = {}
    for kind, shape in VALUE_SHAPES:
        for match in re.finditer(shape, text):
            if not is_placeholder(match[0]) and not _is_example(match[0]):
                found[match.start()] = (kind, Span(*match.span()))
    for start in sorted(found):
        yield found[start]


def _is_example(value: str) -> bool:
    """Whether a value only shows what one looks like: few characters, counting, `EXAMPLE`."""
    body = value.lower()
    if any(word in body for word in ("example", "xxxx", "0123456789", "1234567890", "abcdefgh")):
        return True
    return len(set(body)) < _VARIETY
