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
    # https://docs.gitlab.com/security/tokens/#token-prefixes
    ("GitLab token", r"\bgl(?:pat|ptt|dt|rt|cbt|ft|soat|agent|oas|ffct)-[A-Za-z0-9_-]{20,}"),
    # Models and what stands around them; each issuer's prefix and length.
    ("Groq key", r"\bgsk_[A-Za-z0-9]{40,}\b"),
    ("xAI key", r"\bxai-[A-Za-z0-9]{60,}\b"),
    ("Perplexity key", r"\bpplx-[A-Za-z0-9]{40,}\b"),
    ("Replicate token", r"\br8_[A-Za-z0-9]{37}\b"),
    ("Fireworks key", r"\bfw_[A-Za-z0-9]{22,}\b"),
    ("Cerebras key", r"\bcsk-[a-z0-9]{40,}\b"),
    ("Tavily key", r"\btvly-(?:dev-|prod-)?[A-Za-z0-9]{30,}\b"),
    ("LangSmith key", r"\blsv2_(?:pt|sk)_[a-f0-9]{32}_[a-f0-9]{10}\b"),
    ("Langfuse key", r"\bsk-lf-[a-f0-9]{8}(?:-[a-f0-9]{4}){3}-[a-f0-9]{12}\b"),
    ("Pinecone key", r"\bpcsk_[A-Za-z0-9_]{40,}\b"),
    ("Databricks token", r"\bdapi[a-f0-9]{32}(?:-\d)?\b"),
    ("Apify token", r"\bapify_api_[A-Za-z0-9]{30,}\b"),
    ("AWS access key", r"\b(?:AKIA|ASIA)[A-Z2-7]{16}\b"),
    ("Google API key", r"\bAIza[A-Za-z0-9_-]{35}"),
    ("Slack token", r"\bxox[abposr]-[A-Za-z0-9-]{10,}"),
    ("PyPI token", r"\bpypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{20,}"),
    ("npm token", r"\bnpm_[A-Za-z0-9]{36}\b"),
    ("Docker Hub token", r"\bdckr_pat_[A-Za-z0-9_-]{20,}"),
    ("Stripe key", r"\b[rs]k_live_[A-Za-z0-9]{20,}"),
    ("Stripe webhook secret", r"\bwhsec_[A-Za-z0-9+/]{32,}"),
    ("SendGrid key", r"\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}\b"),
    ("DigitalOcean token", r"\bdo[opr]_v1_[a-f0-9]{64}\b"),
    ("Grafana token", r"\bglsa_[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}\b|\bglc_eyJ[A-Za-z0-9+/=]{30,}"),
    ("New Relic key", r"\bNRAK-[A-Z0-9]{27}\b"),
    ("Sentry token", r"\bsntry[su]_[A-Za-z0-9+/=_-]{40,}"),
    ("Vault token", r"\bhv[sbr]\.[A-Za-z0-9_-]{24,}"),
    ("Terraform Cloud token", r"\b[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{60,}"),
    ("Doppler token", r"\bdp\.(?:pt|st|ct|sa|scim|audit)\.[A-Za-z0-9._-]{40,}"),
    ("Pulumi token", r"\bpul-[a-f0-9]{40}\b"),
    ("Postman key", r"\bPMAK-[a-f0-9]{24}-[a-f0-9]{34}\b"),
    ("Shopify token", r"\bshp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}\b"),
    ("Linear key", r"\blin_api_[A-Za-z0-9]{40}\b"),
    ("Notion token", r"\bntn_[A-Za-z0-9]{40,}\b"),
    ("Airtable token", r"\bpat[A-Za-z0-9]{14}\.[a-f0-9]{64}\b"),
    ("Cloudflare Origin CA key", r"\bv1\.0-[a-f0-9]{24}-[a-f0-9]{146}\b"),
    ("Tailscale key", r"\btskey-[a-z]+-[A-Za-z0-9]{8,}-[A-Za-z0-9]{16,}\b"),
    ("RubyGems key", r"\brubygems_[a-f0-9]{48}\b"),
    ("Telegram bot token", r"\b\d{8,10}:AA[A-Za-z0-9_-]{33}\b"),
    ("age key", r"\bAGE-SECRET-KEY-1[A-Z0-9]{58}\b"),
    ("PlanetScale token", r"\bpscale_(?:tkn|pw|oauth)_[A-Za-z0-9_=.-]{32,}"),
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
    "AWS access key": ("AKIA", "ASIA"),
    "Google API key": ("AIza",),
    "Slack token": ("xox",),
    "PyPI token": ("pypi-AgEIcHlwaS5vcmc",),
    "npm token": ("npm_",),
    "Docker Hub token": ("dckr_pat_",),
    "Stripe key": ("k_live_",),
    "JSON web token": ("eyJ",),
    "private key": ("-----BEGIN ",),
    "GitLab token": (
        "glpat-",
        "glptt-",
        "gldt-",
        "glrt-",
        "glcbt-",
        "glft-",
        "glsoat-",
        "glagent-",
        "gloas-",
        "glffct-",
    ),
    "Groq key": ("gsk_",),
    "xAI key": ("xai-",),
    "Perplexity key": ("pplx-",),
    "Replicate token": ("r8_",),
    "Fireworks key": ("fw_",),
    "Cerebras key": ("csk-",),
    "Tavily key": ("tvly-",),
    "LangSmith key": ("lsv2_",),
    "Langfuse key": ("sk-lf-",),
    "Pinecone key": ("pcsk_",),
    "Databricks token": ("dapi",),
    "Apify token": ("apify_api_",),
    "Stripe webhook secret": ("whsec_",),
    "SendGrid key": ("SG.",),
    "DigitalOcean token": ("_v1_",),
    "Grafana token": ("glsa_", "glc_eyJ"),
    "New Relic key": ("NRAK-",),
    "Sentry token": ("sntry",),
    "Vault token": ("hvs.", "hvb.", "hvr."),
    "Terraform Cloud token": (".atlasv1.",),
    "Doppler token": ("dp.",),
    "Pulumi token": ("pul-",),
    "Postman key": ("PMAK-",),
    "Shopify token": ("shpat_", "shpca_", "shppa_", "shpss_"),
    "Linear key": ("lin_api_",),
    "Notion token": ("ntn_",),
    "Airtable token": ("pat",),
    "Cloudflare Origin CA key": ("v1.0-",),
    "Tailscale key": ("tskey-",),
    "RubyGems key": ("rubygems_",),
    "Telegram bot token": (":AA",),
    "age key": ("AGE-SECRET-KEY-1",),
    "PlanetScale token": ("pscale_",),
}


def secret_spans(text: str, among: Hinted = ANYTHING) -> Iterator[Span]:
    """Spans of everything in a text that looks like a secret; `among` as in `named_values`."""
    short = among is ANYTHING and len(text) <= _MESSAGE
    yield from _short_spans(text) if short else _spans(text, among)


@lru_cache(maxsize=4_096)
def _short_spans(text: str) -> tuple[Span, ...]:
    """What rules ask of a text, others ask of the same text: of each image upon a base."""
    return tuple(_spans(text, ANYTHING))


def _spans(text: str, among: Hinted) -> Iterator[Span]:
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
