"""Names and values that are secrets, and those that only look like it."""

from __future__ import annotations

import re
from functools import cache

from imagelint.core.pattern import pattern
from imagelint.core.redact import VALUE_SHAPES
from imagelint.documents.booleans import is_boolean_word

_WORD = pattern(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
# Words that make a name a secret's wherever they stand, and words that do so only as its end.
_ANYWHERE = frozenset(
    {"PASSWORD", "PASSWD", "PASSPHRASE", "APIKEY", "SECRETKEY", "ACCESSKEY", "PRIVATEKEY"}
    | {"AUTHTOKEN", "ACCESSTOKEN"}
)
_AT_END = frozenset(
    {"TOKEN", "SECRET", "SECRETS", "PASSWORDS", "PASS", "PWD", "CREDENTIAL", "CREDENTIALS", "PAT"}
)
# `…_KEY` is a secret only behind one of these.
_KEYS = frozenset(
    {"API", "ACCESS", "PRIVATE", "SECRET", "ENCRYPTION", "SIGNING", "AUTH", "SSH", "MASTER", "NGC"}
)
# What the last word may be and leave the name that of a secret: `TOKEN_VALUE`, `API_KEY_2`.
_TRAILING = frozenset({"VALUE", "BASE", "B", "PROD", "DEV", "STAGING", "TEST"})
# In front of TOKEN these make it a token of text, or a page's; `PWD` alone is a folder.
_TEXTUAL = frozenset(
    {"EOS", "BOS", "PAD", "UNK", "SEP", "CLS", "MASK", "STOP", "MAX", "MIN", "NUM", "PER", "BY"}
    | {"SPECIAL", "START", "END", "IMAGE", "AUDIO", "VIDEO", "NEXT", "PAGE", "CONTINUATION"}
    | {"FIRST", "LAST", "NEW", "BATCHED", "THINK", "TOOL", "PROMPT", "CONTEXT", "INPUT", "OUTPUT"}
    | {"FILLER", "BATCH"}
)
# MinIO calls its root user's name an access key, min.io/docs: MINIO_ROOT_USER.
_PLAIN_NAMES = frozenset({"PWD", "OLDPWD", "TOKEN_TYPE", "PASS", "PAT", "MINIO_ACCESS_KEY"})
_PLACEHOLDERS = frozenset(
    {"", "changeme", "change-me", "change_me", "placeholder", "example", "dummy", "empty", "none"}
    | {"null", "nil", "undefined", "todo", "tbd", "fixme", "replace_me", "replace-me", "replaceme"}
    | {"token-abc123", "not-used", "notused", "unused", "no-key", "na", "n/a"}
    | {"test", "fake", "redacted", "secret", "password", "token", "key", "api-key", "api_key"}
    | {"not-needed", "not_needed", "sk-no-key-required", "insert_here"}
)
_PLACEHOLDER_SHAPES = pattern(
    r"<[^<>]*>|\[[^\[\]]*\]|\{\{.*\}\}|\{[^{}]*\}|__\w+__|%\w+%|@\w+@"
    r"|\$(?:\w+|\{[^{}]*\}|\([^()]*\))"
    r"|[x*.•_-]+|(?:hf_|sk-|nvapi-)?(?:x{3,}|\*{3,}|\.{3}|…)"
    r"|(?:[a-z]{2,5}[-_])?(?:your|my|insert|replace|enter|add|put)[-_ ].*"
    r"|your[-_ ]?(?:own)?(?:api|secret|access)?[-_ ]?(?:password|passwd|token|key|secret)"
    r"|.*(?:[-_ ]here|goes[-_ ]here|\.\.\.|<[^<>]+>|[-_ ]?changeme)",
    re.IGNORECASE | re.DOTALL,
)
_LONGEST_PLACEHOLDER = 200
# Where a secret lies, and not the secret: `/run/secrets/token`, `./key.json`, `file:token`.
_PATH = pattern(r"(?:file:|\.{0,2}/)[\w.@/-]+", re.ASCII)
_CREDENTIALS = {
    ".env": "environment file",
    ".netrc": "netrc",
    "_netrc": "netrc",
    ".npmrc": "npm configuration",
    ".yarnrc.yml": "yarn configuration",
    ".pypirc": "PyPI credentials",
    "pip.conf": "pip configuration",
    ".pgpass": "PostgreSQL passwords",
    ".git-credentials": "git credentials",
    ".dockercfg": "Docker credentials",
    ".dockerconfigjson": "Docker credentials",
    "id_rsa": "SSH private key",
    "id_dsa": "SSH private key",
    "id_ecdsa": "SSH private key",
    "id_ed25519": "SSH private key",
    "kaggle.json": "Kaggle credentials",
    "service-account.json": "service account key",
    "service_account.json": "service account key",
    "serviceaccount.json": "service account key",
    "application_default_credentials.json": "Google Cloud credentials",
    ".htpasswd": "password file",
}
_CREDENTIAL_TAILS = {
    (".aws", "credentials"): "AWS credentials",
    (".aws", "config"): "AWS configuration",
    (".docker", "config.json"): "Docker credentials",
    (".kube", "config"): "Kubernetes credentials",
    (".huggingface", "token"): "Hugging Face token",
    ("huggingface", "token"): "Hugging Face token",
    (".ngc", "config"): "NGC credentials",
    (".cargo", "credentials.toml"): "cargo credentials",
    (".gem", "credentials"): "RubyGems credentials",
    (".config/gh", "hosts.yml"): "GitHub credentials",
}
_FOLDERS = {
    ".aws": "AWS credentials",
    ".ssh": "SSH keys",
    ".gnupg": "GnuPG keys",
    ".kube": "Kubernetes credentials",
}
_HARMLESS_ENVIRONMENTS = frozenset(
    {"example", "sample", "template", "dist", "defaults", "default", "tmpl", "schema", "test"}
)


def is_secret_name(name: str) -> bool:
    """Whether a variable of that name holds a secret (`HF_TOKEN`; not `MAX_TOKENS`).

    Only whole words count (`TOKENIZER` is none), and what a name ends in decides: `HF_TOKEN_PATH`
    says where a token is.
    """
    words = [word.upper() for word in _WORD.findall(name)]
    while words and (words[-1].isdigit() or words[-1] in _TRAILING):
        words.pop()
    if not words or "_".join(words) in _PLAIN_NAMES or "PUBLIC" in words:
        return False
    last = words[-1]
    before = words[-2] if len(words) > 1 else ""
    if last in ("KEY", "KEYS"):
        return before in _KEYS
    if last == "TOKEN":
        return before not in _TEXTUAL
    return last in _AT_END or last in _ANYWHERE


def secret_kind(value: str) -> str:
    """What kind of secret a value is by its shape (`Hugging Face token`), or empty."""
    return next((kind for kind, shape in _shapes() if shape.search(value)), "")


def is_placeholder(value: str) -> bool:
    """Whether a value only holds the place of a secret (`<your token>`, `changeme`, `${X}`)."""
    text = value.strip().strip("\"'").strip()
    if text.lower() in _PLACEHOLDERS or is_boolean_word(text):
        return True
    return len(text) <= _LONGEST_PLACEHOLDER and bool(_PLACEHOLDER_SHAPES.fullmatch(text))


def is_path(value: str) -> bool:
    """Whether a value says where a secret lies (`/run/secrets/token`, `./key.json`)."""
    return len(value) <= _LONGEST_PLACEHOLDER and bool(_PATH.fullmatch(value))


def credential_file(path: str) -> str:
    """What kind of credential file a path names (`AWS credentials`), or empty.

    Whole names only: `settings.py` and `.env.example` are none.
    """
    parts = [part for part in path.replace("\\", "/").split("/") if part not in ("", ".")]
    if not parts or "site-packages" in parts:
        return ""
    name = parts[-1]
    tail = _CREDENTIAL_TAILS.get((parts[-2], name), "") if len(parts) > 1 else ""
    return tail or _CREDENTIALS.get(name, "") or _FOLDERS.get(name, "") or _by_form(name)


def _by_form(name: str) -> str:
    if name.startswith(".env.") and not _HARMLESS_ENVIRONMENTS.intersection(name.split(".")):
        return "environment file"
    stem, _, ending = name.lower().rpartition(".")
    if ending in ("ppk", "p12", "pfx", "jks"):
        return "private key"
    if ending in ("pem", "key") and re.search(r"(?:^|[-_.])(?:priv(?:ate)?|key|privkey)\b", stem):
        return "private key"
    if ending == "json" and re.fullmatch(r".*(?:service[-_]?account[-_]?key|gcp[-_]key)", stem):
        return "service account key"
    return ""


# From the last to the first: Anthropic's keys look like OpenAI's with something in front.
@cache
def _shapes() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((kind, re.compile(shape)) for kind, shape in reversed(VALUE_SHAPES))
