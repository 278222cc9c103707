"""Forms in which a text tells a secret without a name for it: addresses, headers, commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

PASSWORD = "a password"  # noqa: S105 - what a reader calls it
_TOKEN = "a token"  # noqa: S105 - what a reader calls it
SIGNATURE = "the signature of an address"

# What follows an option: blanks, the next item of a JSON list, or of a YAML list.
_NEXT = (
    r"(?:[ \t]*=[ \t]*|[ \t]+|['\"]\s{0,99},\s{0,99}|['\"]?[ \t]{0,99}\r?\n[ \t]{0,99}-[ \t]{1,99})"
)
# How far before its option a program may stand: people write a few words.
_FARTHEST = 300
_ITEM = pattern(r"[ \t]{0,99}-[ \t]")
_QUOTE = r"(?:\$(?=['\"]))?\\?['\"]?"
_VALUE = r"([^\s'\"$|;&<>\\-][^\s'\"$|;&<>]{3,})"
_PIPE = r"['\"]?\s{0,99}(?:\\\n\s{0,99})?\|[^\n|;&]{0,99}"
# What stands between words of a file that a command writes, and how its name follows them.
_GAP = r"(?:\s|\\{1,3}n|\\(?=\s)){1,9}"
_TO = r"[^\n;&]{0,99}>[^\n;&]{0,99}"
_FED = r"(?:--password-stdin|--with-token|--stdin|\bwandb login\b|\bpasswd\b|\bsudo -S\b)"


class Form(NamedTuple):
    """A form: `what` it tells, words in lower case without which it cannot occur, the form itself.

    Group 1 of the pattern is the secret. `program` must stand before it in the same command: looked
    for backwards from the option, which is rare, and not forwards from every such word.
    """

    what: str
    hints: tuple[str, ...]
    pattern: re.Pattern[str]
    program: re.Pattern[str] | None = None

    def secrets(self, text: str) -> Iterator[tuple[int, int]]:
        """Where the form tells secrets in a text."""
        for match in self.pattern.finditer(text):
            if self.program is None or self.program.search(text, *_command(text, match.start())):
                yield match.span(1)


def _command(text: str, end: int) -> tuple[int, int]:
    """The part of a command that is written before a place in it, as far as it is near."""
    first = max(0, end - _FARTHEST)
    start = max(text.rfind(mark, first, end) + 1 for mark in "|;&")
    start = max(start, first)
    feed = text.rfind("\n", start, end)
    while feed >= 0 and (text[feed - 1 : feed] == "\\" or _ITEM.match(text, feed + 1)):
        feed = text.rfind("\n", start, feed)
    return max(start, feed + 1), end + 1


def _option(programs: str, option: str, *hints: str) -> Form:
    """A program that takes a secret by an option, told without its first dash.

    An expression that begins with the dash itself is looked for at once, not place by place.
    """
    told = pattern(rf"-(?<=[\s'\"]-)(?:{option}){_QUOTE}{_VALUE}")
    return Form(PASSWORD, hints, told, _program(programs))


def _program(programs: str) -> re.Pattern[str]:
    return pattern(rf"(?<![\w-])(?:{programs})['\"]?(?=[\s,])")


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
            r"(?i)\bauthorization['\"]?[ \t]{0,3}[=:][=: \t]{0,9}['\"]?(?:[a-z]{3,9}[ \t]+)?"
            r"([A-Za-z0-9._~+/-]{8,}=*)"
        ),
    ),
    Form(PASSWORD, ("bearer",), pattern(r"(?i)\bbearer[ \t]{1,9}([A-Za-z0-9._~+/-]{12,}=*)")),
    Form(
        PASSWORD,
        (" -u", "--user"),
        # Of other programs `-u` is an address: `perf_analyzer -u triton:8001`, `-upstream=http://…`.
        pattern(
            r"-(?<=\s-)(?:u|-user)[= ]{0,2}['\"]?(?!\+)[^\s:'\"$]{1,99}:"
            r"(?!//|\d{1,5}(?:[\s'\"/\\]|$))([^\s'\"$]{4,})"
        ),
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
        pattern(r"(?i)(?<=[\s:'\"])_auth(?:[= ]|['\"]\s?,\s?)['\"]?([^\s'\"$][^\s'\"$]{7,})"),
    ),
    Form(
        PASSWORD,
        ('auth"', 'auth\\"', "auth'", "identitytoken"),
        pattern(
            r"['\"](?:auth|identitytoken)\\?['\"]\s{0,99}:\s{0,99}\\?['\"]"
            r"(?=[\w+/.-]{0,99}[A-Z])(?=[\w+/.-]{0,99}[a-z])([\w+/.-]{11,}=*)"
        ),
    ),
    # https://www.gnu.org/software/inetutils/manual/html_node/The-_002enetrc-file.html
    Form(
        PASSWORD,
        ("machine",),
        pattern(
            rf"(?i)\bmachine{_GAP}[^\s\\'\"]{{1,200}}{_GAP}(?:login{_GAP}[^\s\\'\"]{{1,200}}{_GAP})?"
            rf"password{_GAP}([^\s'\"$\\]{{4,}})"
        ),
    ),
    # https://curl.se/docs/manpage.html#-K
    Form(
        PASSWORD,
        ("curlrc",),
        pattern(
            rf"(?i)\buser\s{{0,3}}[=:]?\s{{0,3}}\\?['\"][^\s:'\"]{{1,99}}:([^\s'\"$\\]{{4,}})\\?['\"]"
            rf"(?={_TO}curlrc)"
        ),
    ),
    # https://www.postgresql.org/docs/current/libpq-pgpass.html
    Form(
        PASSWORD,
        ("pgpass",),
        pattern(
            rf"(?<![\w.*:-])[\w.*-]{{1,99}}:(?:\d{{1,5}}|\*)(?::[^\s:'\"]{{1,99}}){{2}}:([^\s'\":$\\]{{4,}})"
            rf"(?={_TO}pgpass)"
        ),
    ),
    # Maven: https://maven.apache.org/settings.html#servers, where `{…}` is encrypted.
    Form(
        PASSWORD,
        ("<password>", "<passphrase>"),
        pattern(r"<pass(?:word|phrase)>([^\s<>${}]{4,})</"),
    ),
    # Composer, poetry and bundler keep a user and a password for an index of packages; other
    # settings of bundler have no host for a name (`without development:test`).
    Form(
        PASSWORD,
        ("http-basic.",),
        pattern(
            r"(?<=[\s'\"])http-basic\.[\w.-]{1,99}['\"]?\s{1,9}\S{1,99}\s{1,9}['\"]?([^\s'\"$-][^\s'\"$]{3,})"
        ),
    ),
    Form(
        PASSWORD,
        ("bundle config", "bundler config"),
        pattern(
            r"\bbundler?\s+config\s+(?:set\s+|--\w{1,20}\s+){0,4}['\"]?(?!build\.|local\.|mirror\.)"
            r"(?:https?://)?[\w-]{1,63}\.[\w./:-]{1,199}['\"]?\s+"
            r"['\"]?[^\s:'\"$]{1,99}:(?!//)([^\s'\"$]{4,})"
        ),
    ),
    # https://www.anaconda.com/docs/tools/working-with-conda/reference: the token is in the path. On
    # other hosts it has a UUID, for forums keep their topics there (`/t/no-module-named-torch/12`).
    Form(
        _TOKEN,
        ("/t/",),
        pattern(
            r"://(?:(?:api|conda|repo)\.anaconda\.(?:org|com|cloud)/t/"
            r"|[^\s'\"]{1,199}/t/(?=[a-z]{2}-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-))"
            r"([A-Za-z\d][\w-]{11,})(?=[/\s'\"]|$)"
        ),
    ),
    # https://redis.io/docs/latest/operate/oss_and_stack/management/config/
    Form(
        PASSWORD,
        ("requirepass", "masterauth"),
        pattern(
            r"(?m)(?:^[ \t]{0,99}|['\"/|]|\\n|\b(?:echo|set|SET)[ \t]{1,9})"
            r"(?:requirepass|masterauth)[ \t]{1,9}['\"]?([^\s'\"$\\|-][^\s'\"$\\|]{3,}?)"
            r"(?=[ \t]{0,99}(?:$|/?['\"]|[|>;&)\\]))"
        ),
    ),
    Form(PASSWORD, ("pass:",), pattern(r"-pass(?:in|out)?[ =]['\"]?pass:([^\s'\"$]{4,})")),
    _option(r"login|sshpass|mongo\w*", f"p{_NEXT}", "login", "sshpass", "mongo"),
    # Apart from its option, the word would be the name of a database, or a port.
    _option(r"mysql\w*|mariadb[\w-]*|sshpass", r"p", "mysql", "mariadb", "sshpass"),
    _option(
        r"(?:redis|valkey|keydb)-cli",
        f"(?:a|-pass){_NEXT}",
        *("redis-cli", "valkey-cli", "keydb-cli"),
    ),
    _option(
        r"(?:redis|valkey|keydb)-server",
        f"-(?:requirepass|masterauth){_NEXT}",
        *("requirepass", "masterauth"),
    ),
    Form(
        PASSWORD,
        ("useradd", "usermod"),
        pattern(
            rf"-(?<=[\s'\"]-)(?:p|-password){_NEXT}['\"]?"
            r"(\\?\$\w{1,9}\\?\$[\w./$\\=,-]{8,}|[^\s'\"$|;&<>\\-][^\s'\"$|;&<>]{3,})"
        ),
        _program("useradd|usermod"),
    ),
    Form(
        PASSWORD,
        ("openssl",),
        pattern(
            r"openssl(?<!\wopenssl)\s+passwd\s+(?:-salt\s+\S{1,99}\s+|-\w{1,20}\s+){0,4}['\"]?"
            r"([^\s'\"$|;&<>()-][^\s'\"$|;&<>()]{3,})"
        ),
    ),
    _option(r"ldap\w+", f"w{_NEXT}", "ldap"),
    _option(r"zip|unzip", f"P{_NEXT}", "zip"),
    Form(
        PASSWORD,
        ("htpasswd",),
        pattern(rf"\bhtpasswd\s+-\w*b\w*\s+\S{{1,99}}\s+[\w.@-]{{1,99}}\s+{_QUOTE}{_VALUE}"),
    ),
)
"""The tests hold of each that it is found and never shown: what is added needs its line there."""
