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
    ("Hugging Face token", r"\b(?:hf|api_org)_[A-Za-z0-9]{30,}\b"),
    ("NVIDIA NGC key", r"\bnvapi-[A-Za-z0-9_-]{40,}"),
    ("OpenAI-style key", r"\bsk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{32,}"),
    ("Anthropic key", r"\bsk-ant-[A-Za-z0-9_-]{32,}"),
    ("GitHub token", r"\bgh[pousr]_[A-Za-z0-9]{36,}\b|\bgithub_pat_[A-Za-z0-9_]{40,}\b"),
    # https://docs.gitlab.com/security/tokens/#token-prefixes
    ("GitLab token", r"\bgl(?:pat|ptt|dt|rt|cbt|ft|soat|agent|oas|ffct|imt)-[A-Za-z0-9_-]{20,}"),
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
    ("Docker Hub token", r"\bdckr_[po]at_[A-Za-z0-9_-]{20,}"),
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
    # https://github.com/gitleaks/gitleaks/tree/master/cmd/generate/config/rules, and the issuers.
    ("Google OAuth secret", r"\bGOCSPX-[A-Za-z0-9_-]{28}"),
    ("Google OAuth token", r"\bya29\.[A-Za-z0-9_-]{40,}"),
    ("Azure client secret", r"(?<![\w~.-])[\w~.]{3}\dQ~[\w~.-]{31,34}"),
    ("Bedrock key", r"\bABSK[A-Za-z0-9+/]{100,}|\bbedrock-api-key-[A-Za-z0-9+/]{100,}"),
    ("Alibaba access key", r"\bLTAI[A-Za-z0-9]{16,20}\b"),
    ("Slack app token", r"\bxapp-\d-[A-Z0-9]{8,}-\d{8,}-[a-f0-9]{40,}\b"),
    ("Slack webhook", r"\bhooks\.slack\.com/(?:services|workflows|triggers)/[\w/]{40,}"),
    ("Discord webhook", r"\bdiscord(?:app)?\.com/api/webhooks/\d{17,20}/[\w-]{60,}"),
    ("Teams webhook", r"\.webhook\.office\.com/webhookb2/[\w@-]{60,}/IncomingWebhook/[\w/-]{60,}"),
    ("Twilio key", r"\bSK[a-f0-9]{32}\b"),
    ("Mailgun key", r"(?<![\w-])key-[a-f0-9]{32}\b"),
    ("Brevo key", r"\bxkeysib-[a-f0-9]{64}-[A-Za-z0-9]{16}\b"),
    ("Resend key", r"\bre_[A-Za-z0-9]{8}_[A-Za-z0-9]{24}\b"),
    ("Fly.io token", r"\bfm[12][ar]?_[A-Za-z0-9+/=_-]{80,}|\bfo1_[\w-]{43}\b"),
    ("Atlassian token", r"\bAT(?:ATT3|CTT3)[\w=-]{60,}"),
    ("Square token", r"\bsq0(?:atp|csp)-[\w-]{22,43}"),
    ("SonarQube token", r"\bsq[upa]_[a-f0-9]{40}\b"),
    ("Artifactory token", r"\bAKCp[A-Za-z0-9]{60,}\b|\bcmVmdGtu[A-Za-z0-9]{50,}\b"),
    ("CircleCI token", r"\bCCIPAT_[A-Za-z0-9]{20,}_[a-f0-9]{40}\b"),
    ("Buildkite token", r"\bbkua_[a-z0-9]{40}\b"),
    ("Harness token", r"\b[ps]at\.[\w-]{22}\.[a-f0-9]{24}\.[A-Za-z0-9]{20}\b"),
    ("OpenShift token", r"\bsha256~[\w-]{43}"),
    ("Docker Swarm key", r"\bSWMTKN-1-[a-z0-9]{50}-[a-z0-9]{25}\b|\bSWMKEY-1-[A-Za-z0-9+/]{43}"),
    ("NuGet key", r"\boy2[a-z0-9]{43}\b"),
    ("crates.io token", r"\bcio[A-Za-z0-9]{32}\b"),
    ("Figma token", r"\bfigd_[\w-]{40,}"),
    ("HubSpot token", r"\bpat-(?:na|eu|ap)\d-[a-f0-9]{8}(?:-[a-f0-9]{4}){3}-[a-f0-9]{12}\b"),
    ("Contentful token", r"\bCFPAT-[\w-]{43}"),
    ("Netlify token", r"\bnf[pcuo]_[A-Za-z0-9]{36,}\b"),
    ("Render key", r"\brnd_[A-Za-z0-9]{28,}\b"),
    ("Vercel Blob token", r"\bvercel_blob_rw_[A-Za-z0-9]{16}_[A-Za-z0-9]{30}\b"),
    ("Supabase key", r"\bsbp_[a-f0-9]{40}\b|\bsb_secret_[\w-]{30,}"),
    ("Neon key", r"\bnapi_[a-z0-9]{60,}\b"),
    ("Mapbox token", r"\bsk\.eyJ[\w-]{40,}\.[\w-]{20,}"),
    ("Prefect key", r"\bpn[ub]_[A-Za-z0-9]{36}\b"),
    ("1Password token", r"\bops_eyJ[\w-]{200,}"),
    ("Dynatrace token", r"\bdt0[a-z]\d{2}\.[A-Z0-9]{24}\.[A-Z0-9]{64}\b"),
    ("PostHog key", r"\bphx_[A-Za-z0-9]{40,}\b"),
    ("Shippo token", r"\bshippo_live_[a-f0-9]{40}\b"),
    ("Kaggle token", r"\bKGAT_[a-f0-9]{32}\b"),
    ("Weights & Biases key", r"\bwandb_v1_[\w-]{60,}"),
    ("Together key", r"\btgp_v1_[\w-]{40,}"),
    ("Jina key", r"\bjina_[A-Za-z0-9]{50,}\b"),
    ("ElevenLabs key", r"\bsk_[a-f0-9]{48}\b"),
    ("RunPod key", r"\brpa_[A-Za-z0-9]{40,}\b"),
    ("Anyscale key", r"\besecret_[a-z0-9]{26,}\b"),
    ("E2B key", r"\be2b_[a-f0-9]{40}\b"),
    ("Firecrawl key", r"(?<![\w-])fc-[a-f0-9]{32}\b"),
    # Azure's own keys hold a signature at a fixed place: github.com/microsoft/security-utilities.
    ("Azure AI key", r"\b[A-Za-z0-9]{52}JQQJ99[A-Za-z0-9]{26}\b"),
    ("Azure DevOps token", r"\b[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}\b"),
    ("Azure Storage key", r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{76}\+ASt[A-Za-z0-9+/]{6}=="),
    ("Azure registry key", r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{42}\+ACR[A-Za-z0-9+/]{6}\b"),
    ("Gemini key", r"\bAQ\.Ab8[A-Za-z0-9_-]{40,}"),
    ("LlamaCloud key", r"\bllx-[A-Za-z0-9]{48}\b"),
    # https://mailchimp.com/developer/marketing/guides/quick-start/#generate-your-api-key and
    # https://launchdarkly.com/docs/sdk/concepts/client-side-server-side#keys (the server's)
    ("Mailchimp key", r"\b[a-f0-9]{32}-us\d{1,2}\b"),
    ("LaunchDarkly key", r"(?<![\w-])sdk-[a-f0-9]{8}(?:-[a-f0-9]{4}){3}-[a-f0-9]{12}\b"),
    ("Mem0 key", r"\bm0-[A-Za-z0-9]{40}\b"),
    ("Lambda key", r"\bsecret_[\w-]{1,60}_[a-f0-9]{32}\.[A-Za-z0-9]{32}\b"),
    ("Mixedbread key", r"\bmxb_[A-Za-z0-9]{30,}\b"),
    ("Browserbase key", r"\bbb_live_[\w-]{27}"),
    ("Heroku key", r"\bHRKU-AA[\w-]{58}"),
    ("Volcengine access key", r"\bAKLT[A-Za-z0-9_-]{40,}"),
    ("Tencent access key", r"\bAKID[A-Za-z0-9]{32}\b"),
    ("Sourcegraph token", r"\bsgp_[a-f0-9]{16}_[a-f0-9]{40}\b"),
    ("JSON web token", r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"),
    # A comment names the first line alone.
    (
        "private key",
        r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----(?=[^-]{0,300}[A-Za-z0-9+/]{16})[^-]+",
    ),
)
# Words without which a shape cannot occur: most texts are done after these look-ups.
_HINTS: dict[str, tuple[str, ...]] = {
    "Hugging Face token": ("hf_", "api_org_"),
    "NVIDIA NGC key": ("nvapi-",),
    "OpenAI-style key": ("sk-",),
    "Anthropic key": ("sk-ant-",),
    "GitHub token": ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"),
    "AWS access key": ("AKIA", "ASIA"),
    "Google API key": ("AIza",),
    "Slack token": ("xox",),
    "PyPI token": ("pypi-AgEIcHlwaS5vcmc",),
    "npm token": ("npm_",),
    "Docker Hub token": ("dckr_pat_", "dckr_oat_"),
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
        "glimt-",
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
    "Google OAuth secret": ("GOCSPX-",),
    "Google OAuth token": ("ya29.",),
    "Azure client secret": ("Q~",),
    "Bedrock key": ("ABSK", "bedrock-api-key-"),
    "Alibaba access key": ("LTAI",),
    "Slack app token": ("xapp-",),
    "Slack webhook": ("hooks.slack.com/",),
    "Discord webhook": ("/api/webhooks/",),
    "Teams webhook": ("/IncomingWebhook/",),
    "Twilio key": ("SK",),
    "Mailgun key": ("key-",),
    "Brevo key": ("xkeysib-",),
    "Resend key": ("re_",),
    "Fly.io token": ("fm1", "fm2", "fo1_"),
    "Atlassian token": ("ATATT3", "ATCTT3"),
    "Square token": ("sq0",),
    "SonarQube token": ("squ_", "sqp_", "sqa_"),
    "Artifactory token": ("AKCp", "cmVmdGtu"),
    "CircleCI token": ("CCIPAT_",),
    "Buildkite token": ("bkua_",),
    "Harness token": ("pat.", "sat."),
    "OpenShift token": ("sha256~",),
    "Docker Swarm key": ("SWMTKN-1-", "SWMKEY-1-"),
    "NuGet key": ("oy2",),
    "crates.io token": ("cio",),
    "Figma token": ("figd_",),
    "HubSpot token": ("pat-",),
    "Contentful token": ("CFPAT-",),
    "Netlify token": ("nfp_", "nfc_", "nfu_", "nfo_"),
    "Render key": ("rnd_",),
    "Vercel Blob token": ("vercel_blob_rw_",),
    "Supabase key": ("sbp_", "sb_secret_"),
    "Neon key": ("napi_",),
    "Mapbox token": ("sk.eyJ",),
    "Prefect key": ("pnu_", "pnb_"),
    "1Password token": ("ops_eyJ",),
    "Dynatrace token": ("dt0",),
    "PostHog key": ("phx_",),
    "Shippo token": ("shippo_live_",),
    "Kaggle token": ("KGAT_",),
    "Weights & Biases key": ("wandb_v1_",),
    "Together key": ("tgp_v1_",),
    "Jina key": ("jina_",),
    "ElevenLabs key": ("sk_",),
    "RunPod key": ("rpa_",),
    "Anyscale key": ("esecret_",),
    "E2B key": ("e2b_",),
    "Firecrawl key": ("fc-",),
    "Azure AI key": ("JQQJ99",),
    "Azure DevOps token": ("AZDO",),
    "Azure Storage key": ("+ASt",),
    "Azure registry key": ("+ACR",),
    "Gemini key": ("AQ.Ab8",),
    "LlamaCloud key": ("llx-",),
    "Mailchimp key": ("-us",),
    "LaunchDarkly key": ("sdk-",),
    "Mem0 key": ("m0-",),
    "Lambda key": ("secret_",),
    "Mixedbread key": ("mxb_",),
    "Browserbase key": ("bb_live_",),
    "Heroku key": ("HRKU-AA",),
    "Volcengine access key": ("AKLT",),
    "Tencent access key": ("AKID",),
    "Sourcegraph token": ("sgp_",),
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
