"""Secrets are never printed: what looks like one is masked before anything is said."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from imagelint.core.named_secrets import ANYTHING, named_spans
from imagelint.core.pattern import pattern
from imagelint.core.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.core.named_secrets import Hinted

MASK = "•" * 8
_MESSAGE = 400
"""Characters that messages and helps have at most, nearly always."""

# Shapes that their issuers document: kind, words without which it cannot occur, expression. Each
# group 0 is the secret itself. Those of lesser-known issuers: github.com/gitleaks/gitleaks,
# config/gitleaks.toml, and github.com/trufflesecurity/trufflehog, pkg/detectors.
# GitHub: https://github.blog/2021-04-05-behind-githubs-new-authentication-token-formats/
# AWS: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
VALUE_SHAPES: tuple[tuple[str, str, str], ...] = (
    ("Hugging Face token", "hf_", r"\bhf_[A-Za-z0-9]{30,}\b"),
    ("Hugging Face token", "api_org_", r"\bapi_org_[A-Za-z0-9]{30,}\b"),
    ("NVIDIA NGC key", "nvapi-", r"\bnvapi-[A-Za-z0-9_-]{40,}"),
    ("OpenAI-style key", "sk-", r"\bsk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{32,}"),
    ("Anthropic key", "sk-ant-", r"\bsk-ant-[A-Za-z0-9_-]{32,}"),
    (
        "GitHub token",
        "ghp_ gho_ ghu_ ghs_ ghr_ github_pat_",
        r"\bgh[pousr]_[A-Za-z0-9]{36,}\b|\bgithub_pat_[A-Za-z0-9_]{40,}\b",
    ),
    # https://docs.gitlab.com/security/tokens/#token-prefixes
    (
        "GitLab token",
        "glpat- glptt- gldt- glrt- glcbt- glft- glsoat- glagent- gloas- glffct- glimt-",
        r"\bgl(?:pat|ptt|dt|rt|cbt|ft|soat|agent|oas|ffct|imt)-[A-Za-z0-9_-]{20,}",
    ),
    # Models and what stands around them; each issuer's prefix and length.
    ("Groq key", "gsk_", r"\bgsk_[A-Za-z0-9]{40,}\b"),
    ("xAI key", "xai-", r"\bxai-[A-Za-z0-9]{60,}\b"),
    ("Perplexity key", "pplx-", r"\bpplx-[A-Za-z0-9]{40,}\b"),
    ("Replicate token", "r8_", r"\br8_[A-Za-z0-9]{37}\b"),
    ("Fireworks key", "fw_", r"\bfw_[A-Za-z0-9]{22,}\b"),
    ("Cerebras key", "csk-", r"\bcsk-[a-z0-9]{40,}\b"),
    ("Tavily key", "tvly-", r"\btvly-(?:dev-|prod-)?[A-Za-z0-9]{30,}\b"),
    ("LangSmith key", "lsv2_", r"\blsv2_(?:pt|sk)_[a-f0-9]{32}_[a-f0-9]{10}\b"),
    ("Langfuse key", "sk-lf-", r"\bsk-lf-[a-f0-9]{8}(?:-[a-f0-9]{4}){3}-[a-f0-9]{12}\b"),
    ("Pinecone key", "pcsk_", r"\bpcsk_[A-Za-z0-9_]{40,}\b"),
    ("Databricks token", "dapi", r"\bdapi[a-f0-9]{32}(?:-\d)?\b"),
    ("Apify token", "apify_api_", r"\bapify_api_[A-Za-z0-9]{30,}\b"),
    ("AWS access key", "AKIA ASIA ABIA ACCA", r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b"),
    ("Google API key", "AIza", r"\bAIza[A-Za-z0-9_-]{35}"),
    ("Slack token", "xox", r"\bxox[abposr]-[A-Za-z0-9-]{10,}"),
    ("PyPI token", "pypi-AgEIcHlwaS5vcmc", r"\bpypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{20,}"),
    ("npm token", "npm_", r"\bnpm_[A-Za-z0-9]{36}\b"),
    ("Docker Hub token", "dckr_pat_ dckr_oat_", r"\bdckr_[po]at_[A-Za-z0-9_-]{20,}"),
    ("Stripe key", "k_live_", r"\b[rs]k_live_[A-Za-z0-9]{20,}"),
    ("Stripe webhook secret", "whsec_", r"\bwhsec_[A-Za-z0-9+/]{32,}"),
    ("SendGrid key", "SG.", r"\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}\b"),
    ("DigitalOcean token", "_v1_", r"\bdo[opr]_v1_[a-f0-9]{64}\b"),
    (
        "Grafana token",
        "glsa_ glc_eyJ",
        r"\bglsa_[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}\b|\bglc_eyJ[A-Za-z0-9+/=]{30,}",
    ),
    (
        "New Relic key",
        "NRAK- NRII- NRIQ- FFFFNRAL -NRMA",
        r"\b(?:NRAK-[A-Z0-9]{27}|[a-f0-9]{32}FFFFNRAL|AA[a-f0-9]{40}-NRMA)\b|\bNRI[IQ]-[\w-]{25,32}",
    ),
    ("Sentry token", "sntry", r"\bsntry[su]_[A-Za-z0-9+/=_-]{40,}"),
    ("Vault token", "hvs. hvb. hvr.", r"\bhv[sbr]\.[A-Za-z0-9_-]{24,}"),
    ("Terraform Cloud token", ".atlasv1.", r"\b[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{60,}"),
    ("Doppler token", "dp.", r"\bdp\.(?:pt|st|ct|sa|scim|audit)\.[A-Za-z0-9._-]{40,}"),
    ("Pulumi token", "pul-", r"\bpul-[a-f0-9]{40}\b"),
    ("Postman key", "PMAK-", r"\bPMAK-[a-f0-9]{24}-[a-f0-9]{34}\b"),
    ("Shopify token", "shpat_ shpca_ shppa_ shpss_", r"\bshp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}\b"),
    ("Linear key", "lin_api_", r"\blin_api_[A-Za-z0-9]{40}\b"),
    ("Notion token", "ntn_", r"\bntn_[A-Za-z0-9]{40,}\b"),
    ("Airtable token", "pat", r"\bpat[A-Za-z0-9]{14}\.[a-f0-9]{64}\b"),
    ("Cloudflare Origin CA key", "v1.0-", r"\bv1\.0-[a-f0-9]{24}-[a-f0-9]{146}\b"),
    ("Tailscale key", "tskey-", r"\btskey-[a-z]+-[A-Za-z0-9]{8,}-[A-Za-z0-9]{16,}\b"),
    ("RubyGems key", "rubygems_", r"\brubygems_[a-f0-9]{48}\b"),
    ("Telegram bot token", ":AA", r"\b\d{8,10}:AA[A-Za-z0-9_-]{33}\b"),
    ("age key", "AGE-SECRET-KEY-1", r"\bAGE-SECRET-KEY-1[A-Z0-9]{58}\b"),
    ("PlanetScale token", "pscale_", r"\bpscale_(?:tkn|pw|oauth)_[A-Za-z0-9_=.-]{32,}"),
    # https://github.com/gitleaks/gitleaks/tree/master/cmd/generate/config/rules, and the issuers.
    ("Google OAuth secret", "GOCSPX-", r"\bGOCSPX-[A-Za-z0-9_-]{28}"),
    ("Google OAuth token", "ya29.", r"\bya29\.[A-Za-z0-9_-]{40,}"),
    ("Azure client secret", "Q~", r"(?<![\w~.-])[\w~.]{3}\dQ~[\w~.-]{31,34}"),
    (
        "Bedrock key",
        "ABSK bedrock-api-key-",
        r"\bABSK[A-Za-z0-9+/]{100,}|\bbedrock-api-key-[A-Za-z0-9+/]{100,}",
    ),
    ("Alibaba access key", "LTAI", r"\bLTAI[A-Za-z0-9]{16,20}\b"),
    ("Slack app token", "xapp-", r"\bxapp-\d-[A-Z0-9]{8,}-\d{8,}-[a-f0-9]{40,}\b"),
    (
        "Slack webhook",
        "hooks.slack.com/",
        r"\bhooks\.slack\.com/(?:services|workflows|triggers)/[\w/]{40,}",
    ),
    (
        "Discord webhook",
        "/api/webhooks/",
        r"\bdiscord(?:app)?\.com/api/webhooks/\d{17,20}/[\w-]{60,}",
    ),
    (
        "Teams webhook",
        "/IncomingWebhook/",
        r"\.webhook\.office\.com/webhookb2/[\w@-]{60,}/IncomingWebhook/[\w/-]{60,}",
    ),
    ("Twilio key", "SK", r"\bSK[a-f0-9]{32}\b"),
    ("Mailgun key", "key-", r"(?<![\w-])key-[a-f0-9]{32}\b"),
    ("Brevo key", "xkeysib-", r"\bxkeysib-[a-f0-9]{64}-[A-Za-z0-9]{16}\b"),
    ("Resend key", "re_", r"\bre_[A-Za-z0-9]{8}_[A-Za-z0-9]{24}\b"),
    ("Fly.io token", "fm1 fm2 fo1_", r"\bfm[12][ar]?_[A-Za-z0-9+/=_-]{80,}|\bfo1_[\w-]{43}\b"),
    ("Atlassian token", "ATATT3 ATCTT3", r"\bAT(?:ATT3|CTT3)[\w=-]{60,}"),
    ("Square token", "sq0", r"\bsq0(?:atp|csp)-[\w-]{22,43}"),
    ("SonarQube token", "squ_ sqp_ sqa_", r"\bsq[upa]_[a-f0-9]{40}\b"),
    (
        "Artifactory token",
        "AKCp cmVmdGtu",
        r"\bAKCp[A-Za-z0-9]{60,}\b|\bcmVmdGtu[A-Za-z0-9]{50,}\b",
    ),
    ("CircleCI token", "CCIPAT_", r"\bCCIPAT_[A-Za-z0-9]{20,}_[a-f0-9]{40}\b"),
    ("Buildkite token", "bkua_", r"\bbkua_[a-z0-9]{40}\b"),
    ("Harness token", "pat. sat.", r"\b[ps]at\.[\w-]{22}\.[a-f0-9]{24}\.[A-Za-z0-9]{20}\b"),
    ("OpenShift token", "sha256~", r"\bsha256~[\w-]{43}"),
    (
        "Docker Swarm key",
        "SWMTKN-1- SWMKEY-1-",
        r"\bSWMTKN-1-[a-z0-9]{50}-[a-z0-9]{25}\b|\bSWMKEY-1-[A-Za-z0-9+/]{43}",
    ),
    ("NuGet key", "oy2", r"\boy2[a-z0-9]{43}\b"),
    ("crates.io token", "cio", r"\bcio[A-Za-z0-9]{32}\b"),
    ("Figma token", "figd_", r"\bfigd_[\w-]{40,}"),
    (
        "HubSpot token",
        "pat-",
        r"\bpat-(?:na|eu|ap)\d-[a-f0-9]{8}(?:-[a-f0-9]{4}){3}-[a-f0-9]{12}\b",
    ),
    ("Contentful token", "CFPAT-", r"\bCFPAT-[\w-]{43}"),
    ("Netlify token", "nfp_ nfc_ nfu_ nfo_", r"\bnf[pcuo]_[A-Za-z0-9]{36,}\b"),
    ("Render key", "rnd_", r"\brnd_[A-Za-z0-9]{28,}\b"),
    ("Vercel Blob token", "vercel_blob_rw_", r"\bvercel_blob_rw_[A-Za-z0-9]{16}_[A-Za-z0-9]{30}\b"),
    ("Supabase key", "sbp_ sb_secret_", r"\bsbp_[a-f0-9]{40}\b|\bsb_secret_[\w-]{30,}"),
    ("Neon key", "napi_", r"\bnapi_[a-z0-9]{60,}\b"),
    ("Mapbox token", "sk.eyJ", r"\bsk\.eyJ[\w-]{40,}\.[\w-]{20,}"),
    ("Prefect key", "pnu_ pnb_", r"\bpn[ub]_[A-Za-z0-9]{36}\b"),
    ("1Password token", "ops_eyJ", r"\bops_eyJ[\w-]{200,}"),
    ("Dynatrace token", "dt0", r"\bdt0[a-z]\d{2}\.[A-Z0-9]{24}\.[A-Z0-9]{64}\b"),
    ("PostHog key", "phx_", r"\bphx_[A-Za-z0-9]{40,}\b"),
    ("Shippo token", "shippo_live_", r"\bshippo_live_[a-f0-9]{40}\b"),
    ("Kaggle token", "KGAT_", r"\bKGAT_[a-f0-9]{32}\b"),
    ("Weights & Biases key", "wandb_v1_", r"\bwandb_v1_[\w-]{60,}"),
    ("Together key", "tgp_v1_", r"\btgp_v1_[\w-]{40,}"),
    ("Jina key", "jina_", r"\bjina_[A-Za-z0-9]{50,}\b"),
    ("ElevenLabs key", "sk_", r"\bsk_[a-f0-9]{48}\b"),
    ("RunPod key", "rpa_", r"\brpa_[A-Za-z0-9]{40,}\b"),
    ("Anyscale key", "esecret_", r"\besecret_[a-z0-9]{26,}\b"),
    ("E2B key", "e2b_", r"\be2b_[a-f0-9]{40}\b"),
    ("Firecrawl key", "fc-", r"(?<![\w-])fc-[a-f0-9]{32}\b"),
    # Azure's own keys hold a signature at a fixed place: github.com/microsoft/security-utilities.
    ("Azure AI key", "JQQJ99", r"\b[A-Za-z0-9]{52}JQQJ99[A-Za-z0-9]{26}\b"),
    ("Azure DevOps token", "AZDO", r"\b[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}\b"),
    ("Azure Storage key", "+ASt", r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{76}\+ASt[A-Za-z0-9+/]{6}=="),
    ("Azure registry key", "+ACR", r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{42}\+ACR[A-Za-z0-9+/]{6}\b"),
    ("Gemini key", "AQ.Ab8", r"\bAQ\.Ab8[A-Za-z0-9_-]{40,}"),
    ("LlamaCloud key", "llx-", r"\bllx-[A-Za-z0-9]{48}\b"),
    # https://mailchimp.com/developer/marketing/guides/quick-start/#generate-your-api-key and
    # https://launchdarkly.com/docs/sdk/concepts/client-side-server-side#keys (the server's)
    ("Mailchimp key", "-us", r"\b[a-f0-9]{32}-us\d{1,2}\b"),
    ("LaunchDarkly key", "sdk-", r"(?<![\w-])sdk-[a-f0-9]{8}(?:-[a-f0-9]{4}){3}-[a-f0-9]{12}\b"),
    ("Mem0 key", "m0-", r"\bm0-[A-Za-z0-9]{40}\b"),
    ("Lambda key", "secret_", r"\bsecret_[\w-]{1,60}_[a-f0-9]{32}\.[A-Za-z0-9]{32}\b"),
    ("Mixedbread key", "mxb_", r"\bmxb_[A-Za-z0-9]{30,}\b"),
    ("Browserbase key", "bb_live_", r"\bbb_live_[\w-]{27}"),
    ("Heroku key", "HRKU-AA", r"\bHRKU-AA[\w-]{58}"),
    ("Volcengine access key", "AKLT", r"\bAKLT[A-Za-z0-9_-]{40,}"),
    ("Tencent access key", "AKID", r"\bAKID[A-Za-z0-9]{32}\b"),
    ("1Password key", "A3-", r"\bA3-[A-Z0-9]{6}-[A-Z0-9]{6}-?[A-Z0-9]{5}(?:-[A-Z0-9]{5}){3}\b"),
    ("Adobe client secret", "p8e-", r"\bp8e-[A-Za-z0-9]{32}\b"),
    ("Bitbucket password", "ATBB", r"\bATBB[A-Za-z0-9]{32}\b"),
    ("Adafruit IO key", "aio_", r"\baio_[A-Za-z0-9]{28}\b"),
    ("Clojars token", "CLOJARS_", r"\bCLOJARS_[a-z0-9]{60}\b"),
    ("Cloudflare token", "cfut_ cfat_ cfk_", r"\bcf(?:[ua]t|k)_[A-Za-z0-9]{40}[a-f0-9]{8}\b"),
    # cloudflared, connection/connection.go: JSON that begins with the account, in base64.
    ("Cloudflare tunnel token", "eyJhIjoi", r"\beyJhIjoi[A-Za-z0-9+/]{120,}"),
    ("Duffel token", "duffel_live_", r"\bduffel_live_[\w=-]{43}"),
    ("EasyPost key", "EZAK", r"\bEZAK[A-Za-z0-9]{54}\b"),
    ("Facebook token", "EAAM EAAC", r"\bEAA[MC][A-Za-z0-9]{100,}"),
    ("Flutterwave key", "FLWSECK-", r"\bFLWSECK-[a-z0-9]{32}-X\b"),
    ("Frame.io token", "fio-u-", r"\bfio-u-[\w=-]{64}"),
    ("GitLab runner token", "GR1348941", r"\bGR1348941[\w-]{20}"),
    ("Grafana key", "eyJrIjoi", r"\beyJrIjoi[A-Za-z0-9]{70,400}"),
    ("Infracost key", "ico-", r"(?<![\w-])ico-[A-Za-z0-9]{32}\b"),
    # docs.k3s.io/cli/token: the digest of the authority, a user and a password.
    ("K3s token", "K10", r"\bK10[a-f0-9]{64}::\w{1,20}:[a-f0-9]{32}\b"),
    ("MaxMind key", "_mmk", r"\b[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk\b"),
    ("Octopus Deploy key", "API-", r"(?<![\w-])API-[A-Z0-9]{26}\b"),
    ("Ramp secret", "ramp_sec_", r"\bramp_sec_[A-Za-z0-9]{48}\b"),
    ("ReadMe key", "rdme_", r"\brdme_[a-z0-9]{70}\b"),
    ("Rootly key", "rootly_", r"\brootly_[a-f0-9]{64}\b"),
    ("SaladCloud key", "salad_cloud_", r"\bsalad_cloud_[A-Za-z0-9]{1,7}_[A-Za-z0-9]{20,235}\b"),
    ("Scalingo token", "tk-us-", r"\btk-us-[\w-]{48}"),
    ("Slack configuration token", "xoxe", r"\bxoxe(?:\.xox[bp])?-\d-[A-Za-z0-9]{140,170}\b"),
    # TensorFlow Probability's names begin so, too.
    ("Typeform token", "tfp_", r"\btfp_(?=[A-Za-z_]{0,58}\d)\w{40,59}\b"),
    ("Sourcegraph token", "sgp_", r"\bsgp_(?:[a-f0-9]{16}_|local_)?[a-f0-9]{40}\b"),
    (
        "JSON web token",
        "eyJ",
        r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}",
    ),
    # A comment names the first line alone.
    (
        "private key",
        "-----BEGIN",
        r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----(?=[^-]{0,300}[A-Za-z0-9+/]{16})[^-]+",
    ),
)
_MARKS = ("_", "-", ".", ":", "/", "~", "+", "")
_BEGINS = pattern(r"(?:\\b|\(\?<!\[\\w-\]\))([\w-]+)(?![\w?*+{-])")


def secret_spans(text: str, among: Hinted = ANYTHING) -> Iterator[Span]:
    """Spans of everything in a text that looks like a secret; `among` as in `named_values`."""
    short = among is ANYTHING and len(text) <= _MESSAGE
    yield from _short_spans(text) if short else _spans(text, among)


@lru_cache(maxsize=4_096)
def _short_spans(text: str) -> tuple[Span, ...]:
    """What rules ask of a text, others ask of the same text: of each image upon a base."""
    return tuple(_spans(text, ANYTHING))


@cache
def _shapes_by_mark() -> tuple[tuple[str, tuple[tuple[str, int], ...]], ...]:
    """The words of the shapes with these, by a mark that they hold.

    One loop over all words takes a third of the time of a loop for each shape, and most texts have
    few of the marks without which most words cannot stand in them.
    """
    by_mark: dict[str, list[tuple[str, int]]] = {}
    for at, (_, hints, _) in enumerate(VALUE_SHAPES):
        for hint in hints.split():
            by_mark.setdefault(next(one for one in _MARKS if one in hint), []).append((hint, at))
    return tuple((mark, tuple(words)) for mark, words in by_mark.items())


def _spans(text: str, among: Hinted) -> Iterator[Span]:
    words = [marked for mark, marked in _shapes_by_mark() if mark in text]
    for at in sorted({at for marked in words for hint, at in marked if hint in text}):
        for match in _compiled(VALUE_SHAPES[at][-1]).finditer(text):
            yield Span(*match.span())
    yield from named_spans(text, among)


@cache
def _compiled(shape: str) -> re.Pattern[str]:
    """The expression of a shape, with the letters that it begins with in front.

    `re` finds such letters at once in a text; a word boundary before them it tries at each place.
    """
    begins = _BEGINS.match(shape)
    if begins is None:
        return re.compile(shape)
    word = begins[1]
    other = r"\w" if shape.startswith(r"\b") else r"[\w-]"
    return re.compile(rf"{word}(?<!{other}{word}){shape[begins.end() :]}")


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
