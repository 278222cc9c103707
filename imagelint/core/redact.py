"""Secrets are never printed: what looks like one is masked before anything is said."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from imagelint.core.named_secrets import ANYTHING, is_hinted, named_spans
from imagelint.core.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.core.named_secrets import Hinted

MASK = "•" * 8
_MESSAGE = 400
"""Characters that messages and helps have at most, nearly always."""

# Shapes that their issuers document. Each group 0 is the secret itself.
# GitHub: https://github.blog/2021-04-05-behind-githubs-new-authentication-token-formats/
# AWS: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
VALUE_SHAPES: tuple[tuple[str, str], ...] = (
    ("Hugging Face token", r"\bhf_[A-Za-z0-9]{30,}\b"),
    ("NVIDIA NGC key", r"\bnvapi-[A-Za-z0-9_-]{40,}"),
    ("OpenAI-style key", r"\bsk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{32,}"),
    ("Anthropic key", r"\bsk-ant-[A-Za-z0-9_-]{32,}"),
    ("GitHub token", r"\bgh[pousr]_[A-Za-z0-9]{36,}\b|\bgithub_pat_[A-Za-z0-9_]{40,}\b"),
    ("GitLab token", r"\bglpat-[A-Za-z0-9_-]{20,}"),
    ("AWS access key", r"\b(?:AKIA|ASIA)[A-Z2-7]{16}\b"),
    ("Google API key", r"\bAIza[A-Za-z0-9_-]{35}"),
    ("Slack token", r"\bxox[abposr]-[A-Za-z0-9-]{10,}"),
    ("PyPI token", r"\bpypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{20,}"),
    ("npm token", r"\bnpm_[A-Za-z0-9]{36}\b"),
    ("Docker Hub token", r"\bdckr_pat_[A-Za-z0-9_-]{20,}"),
    ("Stripe key", r"\b[rs]k_live_[A-Za-z0-9]{20,}"),
    ("JSON web token", r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"),
    ("private key", r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----[^-]{20,}"),
)
# Words without which a shape cannot occur: most texts are done after these look-ups.
_HINTS: dict[str, tuple[str, ...]] = {
    "Hugging Face token": ("hf_",),
    "NVIDIA NGC key": ("nvapi-",),
    "OpenAI-style key": ("sk-",),
    "Anthropic key": ("sk-ant-",),
    "GitHub token": ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"),
    "GitLab token": ("glpat-",),
    "AWS access key": ("AKIA", "ASIA"),
    "Google API key": ("AIza",),
    "Slack token": ("xox",),
    "PyPI token": ("pypi-AgEIcHlwaS5vcmc",),
    "npm token": ("npm_",),
    "Docker Hub token": ("dckr_pat_",),
    "Stripe key": ("k_live_",),
    "JSON web token": ("eyJ",),
    "private key": ("-----BEGIN ",),
}


def secret_spans(text: str, among: Hinted = ANYTHING) -> Iterator[Span]:
    """Spans of everything in a text that looks like a secret; `among` as in `named_values`."""
    for kind, shape in VALUE_SHAPES:
        if is_hinted(_HINTS[kind], text):
            for match in _compiled(shape).finditer(text):
                yield Span(*match.span())
    yield from named_spans(text, among)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def mask(text: str, spans: Iterable[Span]) -> str:
    """The text with each of the spans masked; spans may overlap, line feeds inside stay."""
    parts: list[str] = []
    done = 0
    for span in sorted(spans):
        if span.end <= done:
            continue
        parts.append(text[done : max(done, span.start)])
        feeds = text.count("\n", max(done, span.start), span.end)
        parts.append(MASK + ("\n" + MASK) * feeds)
        done = span.end
    parts.append(text[done:])
    return "".join(parts)


def redact(text: str) -> str:
    """The text with everything masked that looks like a secret."""
    return _redacted(text) if len(text) <= _MESSAGE else mask(text, secret_spans(text))


@lru_cache(maxsize=2_048)
def _redacted(text: str) -> str:
    """What rules say, they say again and again in other places."""
    return mask(text, secret_spans(text))
