"""Names of secrets: of variables, keys and options."""

from __future__ import annotations

from functools import cache

from imagelint.core.pattern import pattern
from imagelint.knowledge.keys import VENDORS

_WORD = pattern(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
# Words that make a name a secret's wherever they stand, and words that do so only as its end.
_ANYWHERE = frozenset(
    {"PASSWORD", "PASSWORDS", "PASSWD", "PASSPHRASE", "SECRET", "SECRETS", "APIKEY", "APIKEYS"}
    | {"SECRETKEY", "ACCESSKEY", "PRIVATEKEY", "AUTHTOKEN", "ACCESSTOKEN", "CREDENTIALS"}
)
_AT_END = frozenset(
    # The plugin credentials-binding of Jenkins writes `…_PSW`.
    {"TOKEN", "PASS", "PWD", "CREDENTIAL", "PAT", "PSW", "PSWD", "PWORD"}
)
# What people write without a mark between: `PGPASSWORD`, `CLIENTSECRET`, `HFTOKEN`.
_UNSPLIT = (
    *("PASSWORD", "PASSWD", "PASSPHRASE", "SECRET", "APIKEY", "SECRETKEY", "ACCESSKEY"),
    *("PRIVATEKEY", "TOKEN", "CREDENTIALS"),
)
# `…_KEY` is a secret only behind one of these: what a key is for, or who gives it out.
_KEYS = frozenset(
    {"API", "ACCESS", "PRIVATE", "SECRET", "ENCRYPTION", "SIGNING", "AUTH", "SSH", "MASTER"}
    | {"ACCOUNT", "STORAGE", "SALT", "JWT", "HMAC", "LICENSE", "ADMIN", "APP", "SUBSCRIPTION"}
    | {"ROLE", "MODEL"}
)
# What the last word may be and leave the name that of a secret: `TOKEN_VALUE`, `API_KEY_2`.
_TRAILING = frozenset({"VALUE", "BASE", "B", "PROD", "DEV", "STAGING", "TEST"})
# What is said about a secret and is none: where it is, what it is called, how long it lives.
_ABOUT = frozenset(
    {"FILE", "FILES", "FILENAME", "PATH", "PATHS", "DIR", "DIRECTORY", "FOLDER", "NAME", "NAMES"}
    | {"ID", "IDS", "URL", "URI", "HOST", "ENDPOINT", "TYPE", "LENGTH", "LIMIT", "COUNT", "SIZE"}
    | {"ENABLED", "DISABLED", "ENABLE", "DISABLE", "REQUIRED", "OPTIONAL", "EXPIRE", "EXPIRES"}
    | {"EXPIRY", "EXPIRATION", "TTL", "TIMEOUT", "DURATION", "LIFETIME", "AGE", "INTERVAL"}
    | {"SECONDS", "MINUTES", "HOURS", "DAYS", "ROTATION", "POLICY", "HEADER", "PREFIX", "SUFFIX"}
    | {"FORMAT", "ALGORITHM", "ALG", "VERSION", "REF", "REFERENCE", "MOUNT", "PROVIDER"}
    | {"MANAGER", "BACKEND", "STORE", "CLASS", "FIELD", "ENV", "VAR", "VARIABLE", "ISSUER"}
    | {"SELECTOR", "SCOPE", "MODE", "MIN", "MAX", "REGION", "LABEL", "NAMESPACE", "SOURCE", "CACHE"}
    | {"COMMAND", "HELPER", "SCRIPT", "PROMPT", "POLICIES", "ROLE", "USER", "USERNAME", "ATTEMPTS"}
    | {"HINT", "RESET", "STRENGTH", "KIND", "LOCATION", "DB", "ENGINE", "MANAGEMENT", "PLUGIN"}
    | {"HASH", "HASHED", "SHA", "MD", "CHECKSUM", "DIGEST", "FINGERPRINT", "UUID", "GUID", "CERT"}
    | {"CERTIFICATE", "ROUNDS", "COST", "ITERATIONS", "PATTERN", "REGEX", "RULE", "RULES"}
    | {
        "RETENTION",
        "PARALLELISM",
        "PROJECT",
        "VAULT",
        "ADDR",
        "ADDRESS",
        "PORT",
        "SERVER",
        "SERVICE",
    }
    # When it was made or changed, of what it is made, and statements of a database about it.
    | {"MTIME", "TIME", "TIMES", "DATE", "AT", "CHARS", "CHARACTERS", "CHARSET", "SQL"}
)
# In front of the word for a secret these make the name a switch: `SKIP_…`, `…_NO_CREDENTIALS`.
_SWITCHES = frozenset(
    {"NO", "SKIP", "USE", "USES", "WITHOUT", "DISABLE", "ENABLE", "ALLOW", "REQUIRE", "REQUIRES"}
    | {"IGNORE", "HAS", "IS", "CHECK", "VALIDATE", "SHOW", "HIDE", "ANONYMOUS", "FORCE", "DISABLED"}
    | {"ALLOWED", "MASK", "NEEDS"}
)
# In front of TOKEN these make it a token of text, or a page's; `PWD` alone is a folder.
_TEXTUAL = frozenset(
    {"EOS", "BOS", "PAD", "UNK", "SEP", "CLS", "MASK", "STOP", "MAX", "MIN", "NUM", "PER", "BY"}
    | {"SPECIAL", "START", "END", "IMAGE", "AUDIO", "VIDEO", "NEXT", "PAGE", "CONTINUATION"}
    | {"FIRST", "LAST", "NEW", "BATCHED", "THINK", "TOOL", "PROMPT", "CONTEXT", "INPUT", "OUTPUT"}
    | {"FILLER", "BATCH", "TEXT", "VISION", "DRAFT", "BONUS", "SAMPLED", "DE", "TOTAL", "ADD"}
    | {"REASONING", "COMPLETION", "CACHED"}
    | {"TIK", "JSONWEB"}  # packages
)
# MinIO calls its root user's name an access key, min.io/docs: MINIO_ROOT_USER. A pull secret is
# the name of a Secret, an anonymous key is for everybody. etcd's token of a cluster tells it apart
# from others, etcd.io/docs: `--initial-cluster-token`.
_PLAIN_NAMES = frozenset(
    {"PWD", "OLDPWD", "TOKEN_TYPE", "PASS", "PAT", "MINIO_ACCESS_KEY"}
    | {"INITIAL_CLUSTER_TOKEN", "ETCD_INITIAL_CLUSTER_TOKEN"}
)
_PUBLIC = frozenset({"PUBLIC", "PUB", "PULL", "ANON", "PUBLISHABLE", "EXISTING"})


@cache
def is_secret_name(name: str) -> bool:
    """Whether a variable of that name holds a secret (`HF_TOKEN`; not `MAX_TOKENS`).

    Only whole words count (`TOKENIZER` is none). What a name ends in can say that it is about a
    secret (`HF_TOKEN_PATH`), what it begins with that it is a switch (`SKIP_PASSWORD_CHECK`).
    """
    words = [word.upper() for word in _WORD.findall(name)]
    while words and (words[-1].isdigit() or words[-1] in _TRAILING):
        words.pop()
    if not words or "_".join(words) in _PLAIN_NAMES or _PUBLIC.intersection(words):
        return False
    at = _secret_word(words)
    if at is None or _SWITCHES.intersection(words[:at]):
        return False
    behind = words[at + 1 :]
    if words[at].startswith("PASS") and _is_key_of_secret(behind, name):
        return False
    # A key's own words stay: `SECRET_ACCESS_KEY`, `PASSWORD_DB`, `CREDENTIALS_FILE`.
    return not behind or behind == ["DB"] or behind[-1] not in _ABOUT


def _is_key_of_secret(behind: list[str], name: str) -> bool:
    """Whether a name goes on as that of the key of a Secret: `passwordKey`, `passwordSecretKey`."""
    if behind[-1:] not in (["KEY"], ["KEYS"]):
        return False
    return len(behind) == 1 or (behind[0] == "SECRET" and not name.isupper())


def _secret_word(words: list[str]) -> int | None:
    """Where the word stands that makes a name a secret's."""
    last = len(words) - 1
    for at, word in enumerate(words):
        before = words[at - 1] if at else ""
        if word in _ANYWHERE or (at == last and _ends_in_secret(word, before)):
            return at
        if word == "TOKEN" and at == 0 and VENDORS.intersection(words[1:2]):
            return at
    return None


def _ends_in_secret(word: str, before: str) -> bool:
    if word in ("KEY", "KEYS"):
        return before in _KEYS or before in VENDORS
    if word == "TOKEN":
        return before not in _TEXTUAL
    return word in _AT_END or any(
        word.endswith(end) and word[: -len(end)] not in _TEXTUAL for end in _UNSPLIT
    )
