"""Forms in which a text tells a secret without a name for it: addresses, headers, commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    import re

PASSWORD = "a password"  # noqa: S105 - what a reader calls it
_TOKEN = "a token"  # noqa: S105 - what a reader calls it
SIGNATURE = "the signature of an address"

# What follows an option: blanks, the next item of a JSON list, or of a YAML list.
_NEXT = (
    r"(?:[ \t]*=[ \t]*|[ \t]+|['\"]\s{0,99},\s{0,99}|['\"]?[ \t]{0,99}\r?\n[ \t]{0,99}-[ \t]{1,99})"
)
# A value, and what words between a program and its option are: other words of the same command.
_QUOTE = r"(?:\$(?=['\"]))?\\?['\"]?"
_VALUE = r"([^\s'\"$|;&<>\\-][^\s'\"$|;&<>]{3,})"
_WORDS = r"(?:[^\n|;&]|(?<=\\)\n|\n[ \t]{0,99}-[ \t]){0,300}?"
_PIPE = r"['\"]?\s{0,99}(?:\\\n\s{0,99})?\|[^\n|;&]{0,99}"
_FED = r"(?:--password-stdin|--with-token|--stdin|\bwandb login\b|\bpasswd\b|\bsudo -S\b)"


class Form(NamedTuple):
    """A form: `what` it tells, words in lower case without which it cannot occur, the form itself.

    Group 1 of the pattern is the secret.
    """

    what: str
    hints: tuple[str, ...]
    pattern: re.Pattern[str]


def _option(programs: str, options: str, *hints: str) -> Form:
    """A program that takes a secret by an option."""
    command = rf"(?<![\w-])(?:{programs})['\"]?(?=[\s,]){_WORDS}[\s'\"](?:{options})"
    return Form(PASSWORD, hints, pattern(command + _NEXT + _QUOTE + _VALUE))


FORMS = (
    Form(PASSWORD, ("://",), pattern(r"://[^/\s:@'\"]*:([^/\s@'\"$]{3,})@")),
    # A token without a user: longer than the names that people and programs have there.
    Form(_TOKEN, ("://",), pattern(r"://([^/\s:@'\"$]{15,}):?@")),
    # docs.github.com: a token is the user, and the password says of what kind it is.
    Form(_TOKEN, (":x-",), pattern(r"://([^/\s:@'\"$]{6,}):x-(?:oauth-basic|access-token)@")),
    # Who has the address of an object has the object, until it expires.
    Form(
        SIGNATURE,
        ("signature=", "sig="),
        pattern(r"(?i)[?&;](?:x-(?:amz|goog|oss)-)?(?:signature|sig)=([^&\s'\"#${}<>\\]{16,})"),
    ),
    Form(
        PASSWORD,
        ("authorization",),
        pattern(
            r"(?i)\bauthorization['\"]?[=: \t]{1,9}['\"]?(?:[a-z]{3,9}[ \t]+)?"
            r"([A-Za-z0-9._~+/-]{8,}=*)"
        ),
    ),
    Form(PASSWORD, ("bearer",), pattern(r"(?i)\bbearer\s+([A-Za-z0-9._~+/-]{12,}=*)")),
    Form(
        PASSWORD,
        (" -u", "--user"),
        pattern(r"(?<=\s)(?:-u|--user)[= ]{0,2}['\"]?[^\s:'\"$]{1,99}:([^\s'\"$]{4,})"),
    ),
    Form(
        PASSWORD,
        ("chpasswd",),
        pattern(
            r"\b(?:echo|printf)\s+(?:-\w+\s+)?['\"]?[\w-]{1,32}:([^\s'\"$|:]{4,})"
            rf"{_PIPE}\bchpasswd\b"
        ),
    ),
    Form(
        PASSWORD,
        ("chpasswd",),
        pattern(
            r"\bchpasswd\b[^\n|;&<]{0,99}<<(?:<[ \t]*|-?[ \t]*\S{1,99}\s{1,99})['\"]?"
            r"[\w-]{1,32}:([^\s'\"$:]{4,})"
        ),
    ),
    Form(
        PASSWORD,
        ("-stdin", "--with-token", "wandb login", "passwd", "sudo -s"),
        pattern(
            r"\b(?:echo|printf)\s+(?:-\w+\s+)?(?:['\"]?%s(?:\\+n)?['\"]?\s+)?"
            rf"{_QUOTE}([^\s'\"$|%\\-][^\s'\"$|]{{5,}}){_PIPE}{_FED}"
        ),
    ),
    Form(
        PASSWORD,
        ("<<<",),
        pattern(rf"{_FED}[^\n|;&<]{{0,99}}<<<[ \t]{{0,9}}{_QUOTE}([^\s'\"$|\\-][^\s'\"$|]{{5,}})"),
    ),
    # aws configure set, npm config set, poetry config.
    Form(
        PASSWORD,
        ("configure set ", "config set ", "poetry config "),
        pattern(
            r"(?i)\b(?:configure\s+set|config\s+set|poetry\s+config)\s+"
            r"['\"]?[\w./:@-]{0,99}(?:secret|token|passw|_auth)[\w.-]{0,60}['\"]?[\s=]\s{0,9}"
            r"['\"]?([^\s'\"$-][^\s'\"$]{5,})"
        ),
    ),
    Form(
        PASSWORD,
        (" login", ",login", ", login"),
        pattern(
            r"\b(?:wandb|hf['\"]?[\s,]+['\"]?auth|huggingface-cli|modal|ngrok|vault)"
            r"['\"]?[\s,]+['\"]?login['\"]?[\s,]+(?:['\"]?--(?:[\w-]{1,30}=\S{1,99}|relogin|verify"
            r"|cloud|add-to-git-credential)['\"]?[\s,]+){0,4}"
            r"['\"]?([^\s'\"$-][^\s'\"$]{11,})"
        ),
    ),
    # npm's, and what `docker login` keeps in its configuration: user and password as base64.
    Form(
        PASSWORD,
        ("_auth",),
        pattern(r"(?i)(?<=[\s:])_auth(?:[= ]|['\"]\s?,\s?)['\"]?([^\s'\"$][^\s'\"$]{7,})"),
    ),
    Form(
        PASSWORD,
        ('auth"', 'auth\\"', "auth'", "identitytoken"),
        pattern(
            r"['\"](?:auth|identitytoken)\\?['\"]\s{0,99}:\s{0,99}\\?['\"]"
            r"(?=[\w+/.-]{0,99}[A-Z])(?=[\w+/.-]{0,99}[a-z])([\w+/.-]{11,}=*)"
        ),
    ),
    Form(PASSWORD, ("pass:",), pattern(r"-pass(?:in|out)?[ =]['\"]?pass:([^\s'\"$]{4,})")),
    _option(r"login|sshpass|mongo\w*", r"-p", "login", "sshpass", "mongo"),
    # Apart from its option, the word would be the name of a database, or a port.
    Form(
        PASSWORD,
        ("mysql", "mariadb", "sshpass"),
        pattern(
            rf"(?<![\w-])(?:mysql\w*|mariadb[\w-]*|sshpass)['\"]?(?=[\s,]){_WORDS}[\s'\"]-p['\"]?{_VALUE}"
        ),
    ),
    _option(r"(?:redis|valkey|keydb)-cli", r"-a|--pass", "redis-cli", "valkey-cli", "keydb-cli"),
    _option(
        r"(?:redis|valkey|keydb)-server", r"--requirepass|--masterauth", "requirepass", "masterauth"
    ),
    Form(
        PASSWORD,
        ("useradd", "usermod"),
        pattern(
            rf"(?<![\w-])user(?:add|mod)['\"]?(?=[\s,]){_WORDS}[\s'\"](?:-p|--password){_NEXT}['\"]?"
            r"(\\?\$\w{1,9}\\?\$[\w./$\\=,-]{8,}|[^\s'\"$|;&<>\\-][^\s'\"$|;&<>]{3,})"
        ),
    ),
    Form(
        PASSWORD,
        ("openssl",),
        pattern(
            r"\bopenssl\s+passwd\s+(?:-salt\s+\S{1,99}\s+|-\w{1,20}\s+){0,4}['\"]?"
            r"([^\s'\"$|;&<>()-][^\s'\"$|;&<>()]{3,})"
        ),
    ),
    _option(r"ldap\w+", r"-w", "ldap"),
    _option(r"zip|unzip", r"-P", "zip"),
    Form(
        PASSWORD,
        ("htpasswd",),
        pattern(rf"\bhtpasswd\s+-\w*b\w*\s+\S{{1,99}}\s+[\w.@-]{{1,99}}\s+{_QUOTE}{_VALUE}"),
    ),
)
"""The tests hold of each that it is found and never shown: what is added needs its line there."""
