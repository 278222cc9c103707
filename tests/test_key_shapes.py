"""A hundred shapes of keys are told wherever they stand, and shown nowhere; names are not."""

from __future__ import annotations

import json
from itertools import cycle, islice
from string import ascii_letters
from string import digits as decimal_digits
from typing import TYPE_CHECKING
from zlib import crc32

import pytest

from imagelint.cli.options.formats import FORMATS
from imagelint.core.redact import MASK, redact
from imagelint.core.report import ExitCode
from imagelint.documents.secrets.names import is_secret_name
from imagelint.documents.secrets.values import is_placeholder, secret_kind

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Program

LOWER = "q7wz3kx9v2mt5bn8hr4pd6fj"
MIXED = "Qw7Zk3Xv9Mt2Bn5Hr8Pd4Fj6Ly1Gs0Cu"
UPPER = "Q7WZ3KX5V2MT5BN4HR4PD6FJ"
BASE62 = decimal_digits + ascii_letters
HEX = "5c1e07ad94b2f83661d0"


def _of(letters: str, length: int) -> str:
    """Letters without end, from a place that is not their first."""
    return "".join(islice(cycle(letters), 3, 3 + length))


def _checked(prefix: str) -> str:
    """A token of GitHub or npm: thirty letters, and their CRC-32 in six digits of base 62.

    https://github.blog/2021-04-05-behind-githubs-new-authentication-token-formats/
    """
    body, rest, digits = _of(MIXED, 30), crc32(_of(MIXED, 30).encode()), ""
    for _ in range(6):
        rest, digit = divmod(rest, len(BASE62))
        digits = BASE62[digit] + digits
    return prefix + body + digits


def _uuid() -> str:
    return "-".join(_of(HEX, length) for length in (8, 4, 4, 4, 12))


# Prefixes are put together here so that no scanner of repositories takes them for real ones.
KEYS = {
    "Hugging Face token": [("h" + "f_", MIXED, length) for length in (34, 37, 40)]
    + [("api" + "_org_", MIXED, 34)],
    "NVIDIA NGC key": [("nva" + "pi-", MIXED, length) for length in (60, 64, 70)],
    "OpenAI-style key": [
        ("s" + f"k-{kind}", MIXED, length)
        for kind in ("", "proj-", "svcacct-", "admin-")
        for length in (48, 120, 156)
    ],
    "Anthropic key": [("s" + f"k-ant-{kind}", MIXED, 95) for kind in ("api03-", "admin01-", "")],
    "GitHub token": [
        *((_checked("g" + f"h{kind}_"), "", 0) for kind in "pousr"),
        ("github" + "_pat_", MIXED, 82),
    ],
    "GitLab token": [
        ("gl" + f"{kind}-", MIXED, 20)
        for kind in ("pat", "ptt", "dt", "rt", "cbt", "ft", "soat", "agent", "oas", "ffct")
    ],
    "AWS access key": [("AK" + "IA", UPPER, 16), ("AS" + "IA", UPPER[5:], 16)],
    "Google API key": [("AI" + "za", MIXED, 35)],
    "Slack token": [("xo" + f"x{kind}-", MIXED, 40) for kind in "abposr"],
    "npm token": [(_checked("np" + "m_"), "", 0)],
    "PyPI token": [("py" + "pi-AgEIcHlwaS5vcmc", MIXED, 120)],
    "Docker Hub token": [("dckr" + "_pat_", MIXED, 27)],
    "Stripe key": [(kind + "k_live_", MIXED, 24) for kind in "rs"],
    "Stripe webhook secret": [("wh" + "sec_", MIXED, 32)],
    "Groq key": [("gs" + "k_", MIXED, 52)],
    "xAI key": [("xa" + "i-", MIXED, 80)],
    "Perplexity key": [("ppl" + "x-", MIXED, 48)],
    "Replicate token": [("r" + "8_", MIXED, 37)],
    "Fireworks key": [("f" + "w_", MIXED, 24)],
    "Cerebras key": [("cs" + "k-", LOWER, 48)],
    "Tavily key": [("tv" + f"ly-{kind}", MIXED, 32) for kind in ("", "dev-", "prod-")],
    "Langfuse key": [("s" + "k-lf-" + _uuid(), "", 0)],
    "LangSmith key": [
        ("ls" + f"v2_{kind}_" + _of(HEX, 32) + "_", HEX, 10) for kind in ("pt", "sk")
    ],
    "Pinecone key": [("pc" + "sk_", MIXED, 60)],
    "Databricks token": [("da" + "pi", HEX, 32), ("da" + "pi" + _of(HEX, 32) + "-2", "", 0)],
    "Apify token": [("apify" + "_api_", MIXED, 36)],
    "SendGrid key": [("S" + "G." + _of(MIXED, 22) + ".", MIXED, 43)],
    "DigitalOcean token": [("do" + f"{kind}_v1_", HEX, 64) for kind in "opr"],
    "Grafana token": [
        ("gl" + "sa_" + _of(MIXED, 32) + "_", HEX, 8),
        ("gl" + "c_eyJ", MIXED, 60),
    ],
    "New Relic key": [("NR" + "AK-", UPPER, 27)],
    "Sentry token": [("sn" + f"try{kind}_", MIXED, 64) for kind in "su"],
    "Vault token": [("hv" + f"{kind}.", MIXED, 28) for kind in "sbr"],
    "Terraform Cloud token": [(_of(MIXED, 14) + ".atlas" + "v1.", MIXED, 67)],
    "Doppler token": [("d" + f"p.{kind}.", MIXED, 43) for kind in ("pt", "st", "ct", "sa")],
    "Pulumi token": [("pu" + "l-", HEX, 40)],
    "Postman key": [("PM" + "AK-" + _of(HEX, 24) + "-", HEX, 34)],
    "Shopify token": [("sh" + f"p{kind}_", HEX, 32) for kind in ("at", "ca", "pa", "ss")],
    "Linear key": [("lin" + "_api_", MIXED, 40)],
    "Notion token": [("nt" + "n_", MIXED, 46)],
    "Airtable token": [("pa" + "t" + _of(MIXED, 14) + ".", HEX, 64)],
    "Cloudflare Origin CA key": [("v1" + ".0-" + _of(HEX, 24) + "-", HEX, 146)],
    "Tailscale key": [
        ("ts" + f"key-{kind}-" + _of(MIXED, 12) + "-", MIXED, 32) for kind in ("auth", "api")
    ],
    "RubyGems key": [("ruby" + "gems_", HEX, 48)],
    "Telegram bot token": [("7204915836" + ":A" + "A", MIXED, 33)],
    "age key": [("AGE-SEC" + "RET-KEY-1", UPPER, 58)],
    "Google OAuth secret": [("GOCS" + "PX-", MIXED, 28)],
    "Google OAuth token": [("ya" + "29.", MIXED, 90)],
    "Azure client secret": [("aB78" + "Q~", MIXED, 34)],
    "Bedrock key": [("AB" + "SK", MIXED, 130), ("bedr" + "ock-api-key-", MIXED, 130)],
    "Alibaba access key": [("LTAI" + "5t", MIXED, 18)],
    "Slack app token": [("xapp" + "-1-A04KX7QZ2-4829104735162-", HEX, 64)],
    "Slack webhook": [("hook" + "s.slack.com/services/T04KX7QZ2/B04KX7QZ3/", MIXED, 24)],
    "Discord webhook": [("disc" + "ord.com/api/webhooks/482910473516204957/", MIXED, 68)],
    "Twilio key": [("SK" + "", HEX, 32)],
    "Mailgun key": [("ke" + "y-", HEX, 32)],
    "Resend key": [("re_Q" + "w7Zk3Xv_", MIXED, 24)],
    "Fly.io token": [("fm" + "2_", MIXED, 120), ("fo" + "1_", MIXED, 43)],
    "Atlassian token": [("ATAT" + "T3xFfGF0", MIXED, 120), ("ATCT" + "T3xFfGN0", MIXED, 120)],
    "Square token": [("sq0c" + "sp-", MIXED, 43), ("sq0a" + "tp-", MIXED, 22)],
    "SonarQube token": [("sq" + "p_", HEX, 40), ("sq" + "u_", HEX, 40)],
    "Artifactory token": [("AK" + "Cp8", MIXED, 68), ("cmVm" + "dGtu", MIXED, 56)],
    "Buildkite token": [("bk" + "ua_", LOWER, 40)],
    "OpenShift token": [("sha2" + "56~", MIXED, 43)],
    "NuGet key": [("oy" + "2", LOWER, 43)],
    "crates.io token": [("ci" + "o", MIXED, 32)],
    "Figma token": [("fi" + "gd_", MIXED, 40)],
    "Contentful token": [("CFPA" + "T-", MIXED, 43)],
    "Netlify token": [("nf" + "p_", MIXED, 40)],
    "Render key": [("rn" + "d_", MIXED, 28)],
    "Supabase key": [("sb" + "p_", HEX, 40), ("sb_s" + "ecret_", MIXED, 31)],
    "Neon key": [("na" + "pi_", LOWER, 64)],
    "Prefect key": [("pn" + "u_", MIXED, 36)],
    "1Password token": [("ops_" + "eyJ", MIXED, 300)],
    "PostHog key": [("ph" + "x_", MIXED, 43)],
    "Shippo token": [("ship" + "po_live_", HEX, 40)],
    "Kaggle token": [("KG" + "AT_", HEX, 32)],
    "Weights & Biases key": [("wand" + "b_v1_", MIXED, 77)],
    "Together key": [("tgp_" + "v1_", MIXED, 43)],
    "Jina key": [("ji" + "na_", MIXED, 60)],
    "ElevenLabs key": [("sk" + "_", HEX, 48)],
    "RunPod key": [("rp" + "a_", UPPER, 46)],
    "Anyscale key": [("esec" + "ret_", LOWER, 30)],
    "E2B key": [("e2" + "b_", HEX, 40)],
    "Firecrawl key": [("fc" + "-", HEX, 32)],
    "Azure AI key": [(_of(MIXED, 52) + "JQ" + "QJ99", MIXED, 26)],
    "Azure DevOps token": [(_of(MIXED, 76) + "AZ" + "DO", MIXED, 4)],
    "Azure Storage key": [(_of(MIXED, 76) + "+A" + "St" + _of(MIXED, 6) + "==", "", 0)],
    "Azure registry key": [(_of(MIXED, 42) + "+A" + "CR", MIXED, 6)],
    "Gemini key": [("AQ" + ".Ab8", MIXED, 50)],
    "LlamaCloud key": [("ll" + "x-", MIXED, 48)],
    "Mailchimp key": [(_of(HEX, 32) + "-u" + "s21", "", 0)],
    "LaunchDarkly key": [("sd" + "k-" + _uuid(), "", 0)],
    "Mem0 key": [("m" + "0-", MIXED, 40)],
    "Lambda key": [("secr" + "et_gpu_" + _of(HEX, 32) + ".", MIXED, 32)],
    "Mixedbread key": [("mx" + "b_", MIXED, 36)],
    "Browserbase key": [("bb_" + "live_", MIXED, 27)],
    "Heroku key": [("HRKU" + "-AA", MIXED, 58)],
    "Volcengine access key": [("AK" + "LT", MIXED, 43)],
    "Tencent access key": [("AK" + "ID", MIXED, 32)],
    "Sourcegraph token": [("sg" + "p_" + _of(HEX, 16) + "_", HEX, 40)],
    "Teams webhook": [
        ("a.webhook.office.com/web" + f"hookb2/{_uuid()}@{_uuid()}/IncomingWebhook/", HEX, 69)
    ],
    "Brevo key": [("xkey" + "sib-" + _of(HEX, 64) + "-", MIXED, 16)],
    "CircleCI token": [("CCI" + "PAT_" + _of(MIXED, 22) + "_", HEX, 40)],
    "Harness token": [("pa" + "t." + _of(MIXED, 22) + "." + _of(HEX, 24) + ".", MIXED, 20)],
    "Docker Swarm key": [("SWM" + "TKN-1-" + _of(LOWER, 50) + "-", LOWER, 25)],
    "HubSpot token": [("pa" + "t-na1-" + _uuid(), "", 0)],
    "Vercel Blob token": [("vercel_blob" + "_rw_" + _of(MIXED, 16) + "_", MIXED, 30)],
    "Mapbox token": [("s" + "k.eyJ" + _of(MIXED, 60) + ".", MIXED, 22)],
    "Dynatrace token": [("dt0" + "c01." + _of(UPPER, 24) + ".", UPPER, 64)],
    "PlanetScale token": [("pscale" + f"_{kind}_", MIXED, 43) for kind in ("tkn", "pw", "oauth")],
}
SHAPES = [
    (kind, prefix + (_of(letters, length) if length else letters))
    for kind, shapes in KEYS.items()
    for prefix, letters, length in shapes
]
PLACES = (
    "ENV MODEL_KEY={}",
    'LABEL note="{}"',
    "RUN curl -H 'X-Key: {}' https://models.example.com",
    '{{"key": "{}"}}',
    "args: [--key={}]",
    "https://models.example.com/v1?key={}&n=1",
)
# Names of the world of language models that look like keys to who matches parts of words.
PARTS = "TOKENIZER TOKENIZERS TOKENIZATION DETOKENIZER TOKENIZE"
SUFFIXES = "_PATH _DIR _MODE _TYPE _NAME _VERSION _BACKEND _CACHE _CONFIG _REVISION _PARALLELISM"
OTHERS = """
MAX_TOKENS MIN_TOKENS MAX_NEW_TOKENS NUM_TOKENS MAX_NUM_BATCHED_TOKENS VLLM_MAX_BATCHED_TOKENS
MAX_PREFILL_TOKENS MAX_TOTAL_TOKENS MAX_INPUT_TOKENS MAX_OUTPUT_TOKENS MAX_COMPLETION_TOKENS
MAX_BATCH_PREFILL_TOKENS MAX_BATCH_TOTAL_TOKENS MAX_TOKENS_PER_BATCH TOKENS_PER_SECOND
TOKENS_PER_MINUTE TOKEN_LIMIT TOKEN_LIMITS TOKEN_COUNT TOKEN_BUDGET TOKEN_RATE TOKEN_TTL_SECONDS
EOS_TOKEN EOS_TOKEN_ID BOS_TOKEN BOS_TOKEN_ID PAD_TOKEN PAD_TOKEN_ID UNK_TOKEN SEP_TOKEN CLS_TOKEN
MASK_TOKEN STOP_TOKEN NEXT_TOKEN TIKTOKEN_CACHE_DIR HF_TOKEN_PATH HF_TOKEN_FILE TOKEN_FILE
TOKEN_URL TOKEN_ENDPOINT DB_PASSWORD_FILE SECRET_NAME SECRET_NAMESPACE SECRET_STORE SECRETS_DIR
SECRETS_BACKEND PUBLIC_KEY KEY SORT_KEY CACHE_KEY PRIMARY_KEY PARTITION_KEY GPG_KEY
STRIPE_PUBLISHABLE_KEY SUPABASE_ANON_KEY API_KEY_HEADER API_KEY_FILE API_KEY_NAME PASSWORD_POLICY
PASSWORD_MIN_LENGTH ALLOW_EMPTY_PASSWORD REQUIRE_PASSWORD NO_PASSWORD USE_API_KEY SKIP_TOKEN_CHECK
PWD OLDPWD PATH AUTHOR USERNAME BYPASS COMPASS PASSTHROUGH MONKEY SECRETARY KEYBOARD HOTKEY TURKEY
CREDENTIALS_DIR AWS_NO_CREDENTIALS IMAGE_PULL_SECRET HF_HOME HF_HUB_OFFLINE HF_HUB_CACHE
HF_HUB_ENABLE_HF_TRANSFER HF_ENDPOINT HF_DATASETS_CACHE TRANSFORMERS_CACHE TRANSFORMERS_OFFLINE
VLLM_USE_V1 VLLM_ATTENTION_BACKEND VLLM_WORKER_MULTIPROC_METHOD VLLM_LOGGING_LEVEL VLLM_CACHE_ROOT
VLLM_ALLOW_LONG_MAX_MODEL_LEN VLLM_ALLOW_RUNTIME_LORA_UPDATING VLLM_HOST_IP VLLM_PORT
VLLM_RPC_TIMEOUT VLLM_ENGINE_ITERATION_TIMEOUT_S VLLM_USE_MODELSCOPE VLLM_TARGET_DEVICE
SGLANG_USE_MODELSCOPE SGLANG_ENABLE_TORCH_COMPILE SGL_DG_CACHE_DIR OLLAMA_HOST OLLAMA_MODELS
OLLAMA_KEEP_ALIVE OLLAMA_NUM_PARALLEL OLLAMA_KV_CACHE_TYPE LLAMA_ARG_MODEL LLAMA_ARG_CTX_SIZE
LLAMA_ARG_N_GPU_LAYERS TGI_MAX_CONCURRENT MODEL_ID MODEL_NAME SERVED_MODEL_NAME LORA_MODULES
NCCL_DEBUG NCCL_SOCKET_IFNAME NCCL_IB_HCA CUDA_HOME CUDA_VISIBLE_DEVICES CUDA_VERSION
NVIDIA_VISIBLE_DEVICES NVIDIA_DRIVER_CAPABILITIES NVIDIA_REQUIRE_CUDA TORCH_CUDA_ARCH_LIST
TORCH_HOME TORCHINDUCTOR_CACHE_DIR PYTORCH_CUDA_ALLOC_CONF TRITON_CACHE_DIR RAY_ADDRESS
RAY_DEDUP_LOGS RAY_memory_monitor_refresh_ms WANDB_MODE WANDB_PROJECT WANDB_ENTITY
MLFLOW_TRACKING_URI KEY_PREFIX KEYSPACE KV_KEY_DTYPE NUM_KEY_VALUE_HEADS KEY_CACHE_DTYPE
SPECIAL_TOKENS ADDED_TOKENS SPECULATIVE_TOKENS NUM_SPECULATIVE_TOKENS DRAFT_TOKENS PROMPT_TOKENS
THINKING_TOKENS
"""
WHOLE = [part + end for part in PARTS.split() for end in ("", *SUFFIXES.split())]
HARMLESS = tuple(dict.fromkeys([*OTHERS.split(), *WHOLE]))
VALUES = """
re_compile key-value cache-key-d41d8cd98f00b204e9800998ecf8427e fc-cache sk_live_ SK rnd_seed LTAI
ya29 sha256~x nfs_server figd key-d41d8 napi_module cio oy2 jina_embeddings phx_
hooks.slack.com/apps
sdk-7.4.0 d41d8cd98f00b204e9800998ecf8427e-use1 sdk-client
hf_transfer hf_hub sk-learn gsk_kernel xai-gpu dapi-client fw_bridge r8_gpu pat-match npm_config
sg.example.com v1.0-rc1 glc_model whsec pplx-70b-online dp.parallel pul-request ntn_x sha256:abc
Qwen/Qwen3-8B meta-llama/Llama-3.3-70B-Instruct bitsandbytes float16 auto 0.9 <|im_end|> </s>
"""


def test_there_are_enough() -> None:
    assert len({value for _, value in SHAPES}) >= 100
    assert len(HARMLESS) >= 200


@pytest.mark.parametrize(("kind", "value"), SHAPES, ids=lambda part: part[:18])
def test_a_key_is_told_by_its_shape_and_shown_nowhere(kind: str, value: str) -> None:
    assert secret_kind(value) == kind
    assert not is_placeholder(value)
    for place in PLACES:
        text = place.format(value)
        assert secret_kind(text), place
        assert value not in redact(text), place
        assert MASK in redact(text), place


@pytest.mark.parametrize("name", FORMATS)
def test_no_format_shows_a_key(name: str, program: Program, here: Path) -> None:
    keys = dict.fromkeys(value for _, value in SHAPES)
    lines = [f"ENV K{number}={value}" for number, value in enumerate(keys)]
    lines += [f"RUN echo {value}" for value in keys]
    (here / "Dockerfile").write_text("\n".join(["FROM debian:12.7", *lines]), encoding="utf-8")
    answer = program("check", "--format", name, "--policy", "strict", "--no-cache")
    assert answer.code == ExitCode.FAIL
    assert [value for value in keys if value in answer.out + answer.err] == []
    if name == "json":
        found = {f["location"]["start"]["line"] for f in json.loads(answer.out)["findings"]}
        assert set(range(2, len(lines) + 2)) <= found


def test_names_of_the_world_of_language_models_are_harmless() -> None:
    assert [name for name in HARMLESS if is_secret_name(name)] == []


def test_values_of_the_world_of_language_models_are_no_keys() -> None:
    assert [value for value in VALUES.split() if secret_kind(value) or redact(value) != value] == []
