from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagelint.documents.secrets.files import credential_file
from imagelint.documents.secrets.names import is_secret_name
from imagelint.documents.secrets.values import is_placeholder, secret_kind

NAMES_OF_SECRETS = """
HF_TOKEN HUGGING_FACE_HUB_TOKEN NGC_API_KEY WANDB_API_KEY OPENAI_API_KEY AWS_SECRET_ACCESS_KEY
VLLM_API_KEY LLAMA_API_KEY DB_PASSWORD POSTGRES_PASSWD apiKey openaiApiKey authToken TOKEN SECRET
GITHUB_PAT CLIENT_SECRET AZURE_CREDENTIALS SSH_PRIVATE_KEY APIKEY my-password SECRET_KEY API_KEY_2
API_KEYS MYSQL_ROOT_PASSWORD PASSWORD GH_TOKEN_BASE64 SECRET_X PASSWORD_DB PGPASSWORD CLIENTSECRET
OPENAI_KEY GROQ_KEY AZURE_OPENAI_KEY DD_APP_KEY HFTOKEN JWT_KEY TOKEN_GITHUB SECRETS_YAML
AWS_SECRET_ACCESS_KEY_2 clientSecretValue LITELLM_SALT_KEY AZURE_STORAGE_KEY SMTP_PASS
"""
HARMLESS_NAMES = """
TOKENIZERS_PARALLELISM MAX_TOKENS VLLM_TOKENIZER_MODE TIKTOKEN_CACHE_DIR EOS_TOKEN EOS_TOKEN_ID
PAD_TOKEN PAD_TOKEN_ID BOS_TOKEN HF_TOKEN_PATH TOKENIZER TOKEN_LIMIT USERNAME
VLLM_MAX_BATCHED_TOKENS
DB_PASSWORD_FILE SECRET_NAME TOKEN_URL PUBLIC_KEY KEY SORT_KEY GPG_KEY PWD OLDPWD PATH AUTHOR
AWS_NO_CREDENTIALS SKIP_TOKEN_CHECK USE_API_KEY GCS_ANONYMOUS_TOKEN REQUIRE_PASSWORD NO_PASSWORD
HF_TOKEN_FILE SECRET_MANAGER_REGION PASSWORD_POLICY TOKEN_TTL_SECONDS SECRETS_BACKEND API_KEY_HEADER
IMAGE_PULL_SECRET SUPABASE_ANON_KEY STRIPE_PUBLISHABLE_KEY CACHE_KEY PRIMARY_KEY PARTITION_KEY
CREDENTIALS_DIR SECRET_STORE TOKEN_LIMITS DISABLE_SECRET_SCAN ALLOW_EMPTY_PASSWORD EOSTOKEN
VLLM_TOKENS_PER_SECOND DETOKENIZER TOKEN_COUNT PASSWORDLESS BYPASS VLLM_USE_TOKEN
PASSTHROUGH COMPASS MONKEY SECRETARY AWS_ACCESS_KEY_ID PASSWORD_MIN_LENGTH _ 1 NEXT_TOKEN
"""


@pytest.mark.parametrize("name", NAMES_OF_SECRETS.split())
def test_names_of_secrets(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize("name", HARMLESS_NAMES.split())
def test_names_that_only_look_like_it(name: str) -> None:
    assert not is_secret_name(name)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("hf_" + "a" * 34, "Hugging Face token"),
        ("sk-ant-" + "a" * 40, "Anthropic key"),
        ("sk-proj-" + "a" * 40, "OpenAI-style key"),
        ("x AKIA" + "A" * 16, "AWS access key"),
        ("hf_transfer", ""),
        ("", ""),
    ],
)
def test_kinds_of_secrets(value: str, kind: str) -> None:
    assert secret_kind(value) == kind


PLACEHOLDERS = [
    "<your token>",
    "changeme",
    "xxx",
    "${X}",
    "$X",
    "EMPTY",
    "none",
    "",
    "token-abc123",
]
PLACEHOLDERS += [
    "{{ x }}",
    "REPLACE_ME",
    "your-key",
    "...",
    "'your_token_here'",
    "hf_xxxx",
    "sk-lf-xxx",
    "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "sk-111111111111",
    "ci-placeholder-secret",
    "sk-...",
]
WRITTEN_FOR_OTHERS = """
nvapi-NVKEY GOOGLE_API_KEY_VAL @@API_KEY@@ API_KEY_PLACEHOLDER ollama lm-studio LM-Studio sglang
sk-no-key-required dummy-key no-key-needed fake-token HF_TOKEN NOT_NEEDED my-secret-key
os.environ/OPENAI_API_KEY op://vault/item/field vault:secret/data/x#y ${{secrets.X}} #{Token}#
arn:aws:secretsmanager:eu-west-1:1:secret:x ENC[AES256_GCM,data] ${X:-y} <<token>> change-me-now
openai-api-key ChangeMe placeholder_token not-a-secret-key set-me SET_ME fill-me-in to_be_replaced
from-env see-vault provided-at-runtime CHANGE_THIS_IN_PRODUCTION base64-encoded-token notreal
"""
PLACEHOLDERS += WRITTEN_FOR_OTHERS.split()
PLACEHOLDERS += ["****", "%TOKEN%", "[token]", "$(cat x)", "__TOKEN__", "hf_your_token", "my-token"]


@pytest.mark.parametrize("value", PLACEHOLDERS)
def test_placeholders(value: str) -> None:
    assert is_placeholder(value)


@pytest.mark.parametrize(
    "value",
    [
        "hf_" + "aB3" * 11,
        *["s3cr3t-v4lue", "a", "hunter2", "xxx1", "pa$$word1", "correct-horse", "postgres"],
        *["vault", "changeme1", "changeit5", "base64", "runtime-x"],
        *["minioadmin", "admin123", "password1", "letmein", "vllm2"],
    ],
)
def test_values_that_count(value: str) -> None:
    assert not is_placeholder(value)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        (".env", "environment file"),
        ("app/.env.production", "environment file"),
        (".env.example", ""),
        (".env.local.sample", ""),
        ("settings.py", ""),
        ("/root/.netrc", "netrc"),
        (".npmrc", "npm configuration"),
        ("pip.conf", "pip configuration"),
        (".aws/credentials", "AWS credentials"),
        ("credentials", ""),
        (".aws/", "AWS credentials"),
        (".docker/config.json", "Docker credentials"),
        ("config.json", ""),
        ("a/id_ed25519", "SSH private key"),
        ("id_rsa.pub", ""),
        ("NuGet.Config", "NuGet settings"),
        ("/root/.m2/settings.xml", "Maven settings"),
        ("settings.xml", ""),
        ("/root/.config/gh/hosts.yml", "GitHub credentials"),
        (".cargo/credentials", "cargo credentials"),
        ("kaggle.json", "Kaggle credentials"),
        ("/root/.cache/huggingface/token", "Hugging Face token"),
        ("/root/.huggingface/token", "Hugging Face token"),
        ("token", ""),
        ("my-service-account-key.json", "service account key"),
        ("privkey.pem", "private key"),
        ("server-key.pem", "private key"),
        ("tls.key", "private key"),
        ("certs/server.key", "private key"),
        ("my-client.key", "private key"),
        ("nodesource.key", ""),
        ("docker.gpg.key", ""),
        ("rpm-gpg-key.key", ""),
        ("tls.crt", ""),
        ("public-key.pem", ""),
        ("api.key", ""),
        ("ca.pem", ""),
        ("cert.pem", ""),
        ("x.p12", "private key"),
        ("venv/site-packages/a/.env", ""),
        ("", ""),
    ],
)
def test_credential_files(path: str, kind: str) -> None:
    assert credential_file(path) == kind


@given(st.text(max_size=60))
@settings(max_examples=100, deadline=None)
def test_any_text_is_judged(text: str) -> None:
    is_secret_name(text)
    secret_kind(text)
    credential_file(text)
    assert is_placeholder(f"<{text.replace('<', '').replace('>', '')}>")
