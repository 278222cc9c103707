"""Values that are secrets, and values that only hold their place."""

from __future__ import annotations

import re
from base64 import b64decode
from functools import cache

from imagelint.core.pattern import pattern
from imagelint.core.redact import VALUE_SHAPES
from imagelint.documents.booleans import is_boolean_word
from imagelint.documents.secrets.names import is_secret_name
from imagelint.knowledge.keys import VENDORS, is_local_key

_PLACEHOLDERS = frozenset(
    {"", "changeme", "changeit", "change-me", "change_me", "none", "null", "nil", "undefined"}
    | {"todo", "tbd", "fixme", "replaceme", "notused", "unused", "na", "n/a", "test", "redacted"}
    | {"insert_here", "optional", "required", "unset", "notset", "any", "anything", "whatever"}
    | {"not-a-real-key", "default", "ignored", "blank", "nothing", "string", "hidden"}
    | {"enabled", "disabled", "enable", "disable", "set-me", "setme", "fill-me-in", "fillme"}
    | {"to-be-replaced", "to-be-filled", "set-in-env", "from-env", "see-vault", "from-vault"}
    | {"managed-by-vault", "provided-at-runtime", "set-at-runtime", "required-but-unused"}
    | {"does-not-matter", "doesnt-matter", "not-real", "notreal"}
)
# Words that only say what belongs there. A value of such words alone, without a digit, is none:
# `GOOGLE_API_KEY_VAL`, `nvapi-NVKEY`, `API_KEY_PLACEHOLDER`, `no-key-needed`, `dummy-token`.
_SAYING = frozenset(
    {"api", "access", "auth", "secret", "password", "passwd", "token", "key", "keys", "apikey"}
    | {"credential", "credentials", "private", "client", "value", "val", "placeholder", "example"}
    | {"dummy", "fake", "empty", "sample", "demo", "here", "your", "my", "the", "a", "an", "some"}
    | {"no", "not", "needed", "required", "used", "set", "change", "me", "this", "replace"}
    | {
        "insert",
        "put",
        "enter",
        "add",
        "goes",
        "account",
        "redacted",
        "nvkey",
        "nvapi",
        "sk",
        "hf",
        "ngc",
    }
    | {"read", "write", "user", "real", "for", "local", "with", "of", "in", "to", "be", "is"}
    | {"must", "please", "valid", "bearer", "id", "from", "env", "secrets", "hub", "service"}
    | {"placeholders", "null", "none", "unused", "and", "token's", "todo", "update", "mock", "bot"}
    | {
        "provide",
        "provided",
        "by",
        "managed",
        "externally",
        "overridden",
        "super",
        "override",
        "overwrite",
    }
)
_MEANT = frozenset(("secret", "password", "passwd", "token", "key", "keys", "apikey", "secrets"))
_MEANT |= frozenset(
    ("credentials", "placeholder", "dummy", "fake", "example", "nvkey", "empty", "redacted")
)
_MEANT |= frozenset(("credential", "mock", "unused", "replace", "change"))
_MEANT |= frozenset(("needed", "required", "used"))
_ENDS = ("apikey",)
# One of these says it whatever stands beside it: `ci-placeholder-secret`.
_PLAINLY = frozenset(("placeholder", "dummy", "fake"))
_SAID = pattern(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_PLACEHOLDER_SHAPES = pattern(
    r"<[^<>]*>|\[[^\[\]]*\]|\{\{.*\}\}|\{[^{}]*\}|__\w+__|%\w+(?:\([^()]*\))?%|@{1,2}[\w.-]+@{1,2}|#\{.*\}#?"
    r"|\$(?:\w+|\{.*\}|\(.*\)|\{\{.*\}\}|__\w+\{.*\})|<<.*>>|!!?\w+!?!?"
    r"|\d{1,6}(?:ms|[smhdwy])|[x*.•_#-]+|(?:[a-z]{2,6}[-_]){0,3}(?:x{3,}|\*{3,}|\.{3}|…)"
    # The frame of a key without one.
    r"|-----BEGIN [A-Z ]+-----\s*(?:\.{2,}|…|<[^<>]*>|[x*]+)\s*-----END [A-Z ]+-----"
    # The key of AWS' own documentation.
    r"|wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLE(?:KEY)?"
    r"|(?:hf_|sk-|nvapi-|ghp_)([0-9a-z])\1{5,}"
    r"|(?:[a-z]{2,5}[-_])?(?:your|my|insert|replace|enter|add|put)[-_ ].*"
    r"|(?:[a-z]{2,6}[-_]){0,3}your[-_ ]?(?:own)?(?:api|secret|access|auth)?[-_ ]?"
    r"(?:password|passwd|token|key|secret)"
    r"|.*(?:[-_ ]here|goes[-_ ]here|\.\.\.|<[^<>]+>|[-_ ]?change[-_]?me)"
    r"|generate[-_ ].*"
    r"|change[-_ ]?(?:me|this|it)(?![a-z\d]).*|base64[-_ ]?encoded[-_ ].*",
    re.IGNORECASE | re.DOTALL,
)
# Where a secret is fetched from when it is needed: a vault, a parameter store, the environment.
_REFERENCE = pattern(
    r"(?:op|ref(?:\+\w+)?|awssm|awsps|gcpsm|ssm|vault|secrets?|keyring|env|azurekeyvault|akv)(?::|://).+"
    r"|arn:aws[\w-]*:(?:secretsmanager|ssm):.+|projects/[^/]+/secrets/.+|(?:os\.)?environ?/\w+"
    r"|(?:process\.)?env\.\w+|\$?\w*[sS]ecrets\.\w+",
    re.ASCII,
)
# What a value is compared with, or what everybody may know: no secret whatever the name.
_PUBLIC = pattern(
    r"(?:sha(?:1|224|256|384|512)|md5|blake2b)[:-].+|SHA256:\S+"
    r"|(?:ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-\w+|age1\w+)(?:\s.*)?"
    r"|-----BEGIN (?:[A-Z]+ )*(?:PUBLIC KEY|CERTIFICATE|CERTIFICATE REQUEST)(?: BLOCK)?-----.*",
    re.DOTALL,
)
_LONGEST_PLACEHOLDER = 200
# Where a secret lies, and not the secret: `/run/secrets/token`, `./key.json`, `file:token`.
_PATH = pattern(
    r"(?:file:|\.{0,2}/|~/)[\w.@/-]+(?::(?:ro|rw|[zZ])(?:,(?:ro|rw|[zZ])){0,3})?|[\w.@/-]+\.(?:pem|key|crt|cer|json|ya?ml|txt|jks|p12|pfx)",
    re.ASCII,
)
_VARIABLE_NAME = pattern(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
# What nobody takes for a key, and what counts up: made up in all likelihood, and no placeholder.
_EXAMPLE = ("example", "fake", "xxxx", "...", "…")
_COUNTING = ("0123456789", "1234567890", "abcdefgh")
# A real key of thirty random letters and digits has about twenty different ones.
_VARIETY = 10


def secret_kind(value: str) -> str:
    """What kind of secret a value is by its shape (`Hugging Face token`), or empty."""
    return next((kind for kind, shape in _shapes() if shape.search(value)), "")


def is_counted_key(value: str) -> bool:
    """Whether a value is a key by its looks that somebody made up by counting: `hf_abcdefgh…`."""
    return bool(secret_kind(value)) and is_counted(value) and not shows_key(value)


def is_counted(value: str) -> bool:
    """Whether a value counts up in letters or digits for a while."""
    low = value.lower()
    return any(run in low for run in _COUNTING)


def shows_key(value: str) -> bool:
    """Whether a value only shows what a key looks like: few characters, `EXAMPLE`, left out."""
    body = value.lower()
    if any(word in body for word in _EXAMPLE) or len(set(body)) < _VARIETY:
        return True
    return _is_prose(value.rpartition("_")[2])


def _is_prose(text: str) -> bool:
    """Whether base64 hides what people wrote, as in `whsec_VGhpcyBpcyBhbiBleGFtcGxl…`."""
    try:
        words = b64decode(text + "=" * (-len(text) % 4), validate=True)
    except ValueError:
        return False
    return words.isascii() and words.count(b" ") > 1 and words.decode().isprintable()


def is_placeholder(value: str) -> bool:
    """Whether a value only holds the place of a secret (`<your token>`, `changeme`, `${X}`)."""
    text = value.strip().strip("\"'").strip()
    low = text.lower()
    if low in _PLACEHOLDERS or low.replace("_", "-") in _PLACEHOLDERS:
        return True
    if is_boolean_word(text) or _PUBLIC.fullmatch(text):
        return True
    if text.startswith("ENC[") and text.endswith("]"):
        return True  # sealed by SOPS, however long: https://getsops.io/docs/
    if len(text) > _LONGEST_PLACEHOLDER:
        return False
    if _PLACEHOLDER_SHAPES.fullmatch(text) or _REFERENCE.fullmatch(text):
        return True
    return _says_what_belongs_there(text) or is_local_key(text)


def _says_what_belongs_there(text: str) -> bool:
    """Whether a value is the name of what belongs there: `OPENAI_API_KEY`, `my-dummy-token`."""
    if _VARIABLE_NAME.fullmatch(text) and (is_secret_name(text) or text.endswith("_KEY")):
        return True
    if any(letter.isdigit() for letter in text):
        return False
    if _VARIABLE_NAME.fullmatch(text) and text.count("_") > 1:
        return True  # of whatever variable: `BACKUP_ACCESS_KEY_ENCRYPTION`
    words = [word.lower() for word in _SAID.findall(text)]
    if _PLAINLY.intersection(words):
        return True
    known = all(_is_said(word) for word in words)
    return known and any(word in _MEANT or word.endswith(_ENDS) for word in words)


def _is_said(word: str) -> bool:
    """Whether a word is one that says what belongs there, or two: `ngcapikey`."""
    first = next((word.removesuffix(end) for end in _ENDS if word.endswith(end)), word) or word
    return any(one in _SAYING or one.upper() in VENDORS for one in (word, first))


def is_path(value: str) -> bool:
    """Whether a value says where a secret lies (`/run/secrets/token`, `./key.json`)."""
    return len(value) <= _LONGEST_PLACEHOLDER and bool(_PATH.fullmatch(value))


# From the last to the first: Anthropic's keys look like OpenAI's with something in front.
@cache
def _shapes() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((kind, re.compile(shape)) for kind, _, shape in reversed(VALUE_SHAPES))
