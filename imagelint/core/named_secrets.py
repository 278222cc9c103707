"""Values behind a name, an option or a header that says that they are secret."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.secret_forms import FORMS
from imagelint.core.source import Span

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

    from imagelint.core.secret_forms import Form

# A name that ends so is that of a secret; `max_tokens` and `tokenizer` do not. Each word, and how
# the name must go on before it. Looking for words first is ten times as fast as one expression.
_ANY = pattern(r"")
# `tiktoken` is a package, and etcd's `initial-cluster-token` tells clusters apart.
_OF_TOKENS = pattern(r"(?<!tik)(?<!initial[_-]cluster[_-])$")
_JOINED = pattern(r"[_-]$")
_OF_KEYS = pattern(
    r"(?:api|access|secret|private|auth|encryption|signing|master|account|ssh|ngc|openai|anthropic"
    r"|gemini|groq|mistral|cohere|nvidia|azure|deepseek|dashscope|openrouter|wandb|tavily|serper"
    r"|pinecone|qdrant|langfuse|langsmith|litellm|stripe|app|admin|license|storage|salt|jwt)[_-]?$"
)
_WORDS = (
    ("token", _OF_TOKENS),
    ("secret", _ANY),
    ("password", _ANY),
    ("passwd", _ANY),
    ("passphrase", _ANY),
    ("credential", _ANY),
    ("credentials", _ANY),
    ("passwords", _ANY),
    ("key", _OF_KEYS),
    ("keys", _OF_KEYS),
    ("pwd", _JOINED),
    ("pat", _JOINED),
)
_OF_PASSWORDS = frozenset({"password", "passwords", "passwd", "passphrase", "pwd", "pat"})
_LONGEST_BEFORE = 16
# What may follow and not change that: `TOKEN_2`, `API_KEY_PROD`.
_TRAIL = r"(?:[-_]?(?:value|prod|dev|staging|test|\d{1,3}))?"
# In bash `$'…'` is a quoted text as well.
_QUOTES = r"(?:\$(?=['\"]))?\\?['\"]?"
# `${TOKEN:?it is not set}` says what is missing.
_VALUE = r"([^\s'\"$<{\[,;&|?\\-][^\s'\"$]{5,})"
# Prose has colons too: a value behind one has a digit, or is long.
_TOLD = r"(?=[^\s'\"]{0,99}\d|[^\s'\"]{20})"
_ASSIGNED = pattern(
    rf"(?i){_TRAIL}{_QUOTES}(?:=(?!=){_QUOTES}|[ \t]{{1,3}}=[ \t]{{0,3}}{_QUOTES}{_TOLD}"
    rf"|[ \t]{{0,3}}:[ \t]{{0,9}}{_QUOTES}{_TOLD}){_VALUE}"
)
# Behind an option comes its value, the next item of a JSON list, or of a YAML list.
_NEXT = (
    r"(?:[= ]+|['\"]?\s{0,99},\s{0,99}"
    r"|['\"]?[ \t]{0,99}\r?\n[ \t]{0,99}-[ \t]{1,99})"
)
_BEHIND_OPTION = pattern(rf"(?i){_TRAIL}{_NEXT}{_QUOTES}{_VALUE}")
# `{name: DB_PASSWORD, value: …}`, in YAML or JSON: the value is the next field.
_PAIRED = pattern(
    r"(?i)['\"]?[ \t]{0,9}(?:,|\r?\n)\s{0,99}(?:#[^\n]{0,200}\n\s{0,99})?"
    rf"['\"]?value['\"]?[ \t]{{0,9}}:[ \t]{{0,9}}{_QUOTES}{_TOLD}{_VALUE}"
)
_NAMED = pattern(r"(?:^|[\s{,'\"])name['\"]?[ \t]{0,9}:[ \t]{0,9}['\"]?[\w.-]*$")
_OPTION = pattern(r"(?<![\w-])--?[A-Za-z0-9][\w.-]*$|(?<![\w-])--$")
_LONGEST_OPTION = 80
_NAME = pattern(r"[\w.-]+$")
# What is written behind the name of a package: `jsonwebtoken: ^9.0.2`, `token-bucket=0.3.0`.
_VERSION = pattern(
    r"(?i)[\^~<>=!]{0,3}v?\d{1,9}(?:\.\d{1,9}){1,4}(?:[-+._a-z][-+._a-z0-9]{0,20})?[,;)}\]]*"
)
# `MAX_TOKEN=131072` is a number of them.
_NUMBER = pattern(r"\d{1,9}[,;)}\]]*")


class NamedValue(NamedTuple):
    """A value which something in front of it calls secret, and the word that does.

    `name` is that of a variable, key or option; empty where the form says it (an address, a
    header, a login command). `what` is what a reader calls the value.
    """

    span: Span
    name: str
    what: str


class Hinted(NamedTuple):
    """The words and forms that may occur in a text, and in whatever is a part of it."""

    words: tuple[tuple[str, re.Pattern[str]], ...]
    forms: tuple[Form, ...]


ANYTHING = Hinted(_WORDS, FORMS)
"""What may occur in a text of which nothing is known."""
# One loop over all of them takes a third of the time of a loop for each form.
_FORM_OF_HINT = tuple((hint, at) for at, form in enumerate(FORMS) for hint in form.hints)


def hinted(text: str) -> Hinted:
    """What may occur in a text: of three dozen words and forms, most have nothing in it."""
    lower = text.lower()
    forms = {at for hint, at in _FORM_OF_HINT if hint in lower}
    return Hinted(
        tuple([given for given in _WORDS if given[0] in lower]),
        tuple([FORMS[at] for at in sorted(forms)]),
    )


def hint_places(text: str, among: Hinted) -> tuple[int, ...]:
    """Where in a text the words stand without which nothing of that occurs, in order."""
    lower = text.lower()
    words = {word for word, _ in among.words} | {
        hint for form in among.forms for hint in form.hints
    }
    found: list[int] = []
    for word in words:
        at = lower.find(word)
        while at >= 0:
            found.append(at)
            at = lower.find(word, at + 1)
    return tuple(sorted(found))


def named_spans(text: str, among: Hinted = ANYTHING) -> Iterator[Span]:
    """Spans of the values which something in front of them calls secret."""
    for value in named_values(text, among):
        yield value.span


def named_values(text: str, among: Hinted = ANYTHING) -> Iterator[NamedValue]:
    """The values which something in front of them calls secret, by word, then by form.

    `among` is what may occur, where that is known of a text of which this one is a part.
    """
    lower = text.lower()
    if len(lower) != len(text):  # some letters are longer in lower case
        lower = text
    words, forms = hinted(lower) if among is ANYTHING else among
    for word, before in words:
        if word in lower:
            yield from _behind(word, before, text, lower)
    for form in forms:
        if is_hinted(form.hints, lower):
            for start, end in form.secrets(text):
                yield NamedValue(Span(start, end), "", form.what)


def is_hinted(hints: tuple[str, ...], text: str) -> bool:
    """Whether one of some words stands in a text.

    Asked a dozen times of every message and every instruction, nearly always in vain: a loop takes
    a fourth of the time of `any` with its generator.
    """
    for hint in hints:  # noqa: SIM110 - see above
        if hint in text:
            return True
    return False


def _behind(word: str, before: re.Pattern[str], text: str, lower: str) -> Iterator[NamedValue]:
    at = lower.find(word)
    while at >= 0:
        match = _value(text, at, at + len(word), before)
        if match is not None and not _is_harmless(word, match[1]):
            name = _name(text, at + len(word))
            yield NamedValue(Span(*match.span(1)), name, f"the value of `{name}`")
        # What stands in a value is part of it; read once more, a long one would never end.
        at = lower.find(word, match.end() if match else at + len(word))


def _is_harmless(word: str, value: str) -> bool:
    """Whether a value is a version, or a number of tokens.

    No package is called password: there, what looks like a version is what somebody chose.
    """
    if word not in _OF_PASSWORDS and _VERSION.fullmatch(value):
        return True
    return word == "token" and _NUMBER.fullmatch(value) is not None


def _name(text: str, end: int) -> str:
    found = _NAME.search(text[max(0, end - _LONGEST_OPTION) : end])
    return found[0].lstrip("-") if found else ""


def _value(text: str, start: int, end: int, before: re.Pattern[str]) -> re.Match[str] | None:
    if not before.search(text[max(0, start - _LONGEST_BEFORE) : start].lower()):
        return None
    match = _ASSIGNED.match(text, end)
    if match is not None:
        return match
    option = text[max(0, start - _LONGEST_OPTION) : start]
    if option.endswith((" -p", "\n-p")):
        return None  # the password itself: `mysql -ppassword`
    if _OPTION.search(option):
        return _BEHIND_OPTION.match(text, end)
    paired = _PAIRED.match(text, end)
    return paired if paired and _NAMED.search(option) else None
