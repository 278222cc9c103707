"""Shell text put so that the grammar can read it: some that is right is too much for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.source import Span
from imagelint.documents.mapped import MappedText

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

# `<<EOT bash -e` in front of its command; what may follow it is another redirect or an operator.
_LEADING = pattern(
    r"(?P<document>\s*<<-?[ \t]*(?:\"\w+\"|'\w+'|\w+))(?P<space>[ \t]+)"
    r"(?P<command>[^\s|&;<>()`\\\"']+(?:[ \t]+[^\s|&;<>()`\\\"']+)*)(?=[ \t]*[\n|&;>])"
)
# Without command substitutions, which hold commands; parentheses one deep.
_ARITHMETIC = pattern(r"\$\(\(((?:[^()`$\n]|\$(?!\()|\((?:[^()`$\n]|\$(?!\())*\))*)\)\)")
# A reserved word directly behind the end of a compound command: `fi fi`, `done \\⏎ fi`, `(a) then`.
_GAP = r"(?:[ \t]|\\\n)+"
_ENDED = pattern(
    rf"(?:(?<![^;&\n \t])(?:fi|done|esac|\}})|\)|\]\])"
    rf"(?:{_GAP}(?:then|elif|else|fi|do|done|esac|\}})(?=[\s;&|)<>]|$))+"
)
_ENDING = pattern(rf"({_GAP})(?=[tefd}}])")
# A continuation directly between two assignments.
_GLUED = pattern(r"(?<=[\w\"'])\\\n(?=[ \t]+[A-Za-z_]\w*=)")
# A comment among the words of a command, which is a substitution of nothing.
_NOTE = pattern(r"(?<![^\s\";&|(])`#[^`\n]*`")
# A file for reading and writing (`3<>/dev/tcp/…`), a dollar that nothing makes a variable of.
_BOTH_WAYS = pattern(r"<>")
_DOLLAR = pattern(r"\$(?=[./,:%=^+~])|(?<![$\\])\$(?=[\s;&|<>)`]|\Z)")
# What turns a compound command around, measures or detaches it: the grammar takes `{` and `if`
# behind it for programs. Of several such words it leaves out what they are about.
_TURN = r"(?:(?:!|time(?:[ \t]+-p)?|coproc(?:[ \t]+\w+(?=[ \t]+[{(]))?)(?:[ \t]|\\\n)++)"
_TURNED = pattern(
    r"(?P<before>(?:\A|[;&|(){]|(?<!\\)\n|\b(?:if|then|do|else|elif|while|until)(?=[ \t\\]))"
    rf"(?:[ \t]|\\\n)*+)(?P<words>{_TURN}{{2,}}+|{_TURN}(?="
    r"(?:\{|if|while|until|for|case|select|function)[ \t\n]|[(<>]|[\w-]+(?:[ \t]*\(\)|=\()))"
)
# Loops without words (`for i do`, `for i in a; { …; }`): `read i` sets the same variable.
_WORDLESS = pattern(r"(?P<head>\b(?:for|select)[ \t]+\w+)[ \t](?=[ \t]*do[ \t\n])")
_BRACED = pattern(
    r"\b(?:for|select)[ \t]+(?P<name>\w+)[ \t]+in(?=[ \t][^;\n]{0,500}[;\n]\s*+\{[ \t\n])"
)
# A function whose body is no group, a descriptor that is named, and a last branch that goes on.
_BODIED = pattern(r"(?<![\w.-])[\w-]+[ \t]*\(\)(?=\s*+(?:for|while|until|case|select)[ \t])")
_NAMED_DESCRIPTOR = pattern(r"(?<=[\s;&|)])\{\w+\}(?=[<>])")
_GOES_ON = pattern(r";;?&(?=\s*+esac\b)")
# Where conditions begin and end, and what compares in them.
_CONDITION = pattern(r"(\[\[|\]\])")
_EQUALS = pattern(r"(?<=[ \t])=[ \t](?=\S)")
_SORTS = pattern(r"(?<=[ \t])[<>](?=[ \t])")
# The same in `[ … ]`: `[ "$VERSION" \< 12 ]`.
_ESCAPED = pattern(r"\\[<>]")
# Semicolons that a variable brings along: `"${PROMPT_COMMAND:+$PROMPT_COMMAND; }precmd"`,
# `${PYTORCH_ROCM_ARCH:-gfx90a;gfx942;gfx1100}`.
_BROUGHT = pattern(r"\$\{\w+:?[+-][^{}()\"'`\n;]*;[^{}()\"'`\n]*\}")
# `for each do` goes through the arguments; the grammar wants a semicolon, which may stand there.
_ARGUMENTS = pattern(
    r"((?:\A|[;&|({\n]|\b(?:then|do|else)[ \t])[ \t]*for[ \t]+[A-Za-z_]\w*)[ \t](?=[ \t]*do\s)"
)
# Within double quotes a single one is a letter: `"${POLICY:-default-src 'self'; base-uri 'self'}"`.
_LETTERS = pattern(r"(?<=\")\$\{\w+:?[-=+?][^{}\"'`]*'[^{}\"`]*\}(?=\")")
_OF_LETTERS = pattern(r"[';]")
# What bash matches beyond plain wildcards: `!(a|b)`, `*.@(jpg|png)`. Where a command may stand,
# `!(a)` is a subshell.
_EXTENDED = pattern(
    r"(?<!\$)(?:[@?*+]|(?<!^)(?<![;&|({\n])(?<![;&|({!] )(?<!\bif )(?<!\bdo )(?<!\bthen )"
    r"(?<!\belse )(?<!\belif )(?<!\bwhile )(?<!\buntil )!)"
    r"\((?:[^()\s;&`$]|\$(?!\()|\((?:[^()\s;&`$]|\$(?!\())*\))*\)"
)
_OF_EXTENDED = pattern(r"[()|]")
# Within `${ … }` both have a meaning; `${path%"${path##*/}"}` holds another one. Of a default that
# does (`${GROUP:-${USER}}`) the colon may go: beside it the grammar loses its way in long scripts.
_SIGN = pattern(r"\$\{[^{}]*\}|\$\{\w+[%#][^{}]*\$\{[^{}]*\}[^{}]*\}|[%:]")

# What matters to the nesting of parentheses: quotes, escapes and comments hold none.
_NESTING = pattern(
    r"\\[\s\S]|'[^']*'|\"(?:[^\"\\]|\\[\s\S])*\"|(?<![^\s;&|()])#[^\n]*"
    r"|(?P<open>\()|(?P<close>\))|[^\\'\"#()]+|[\s\S]"
)

_SUBSTITUTED = pattern(r"\$\(\(")

_FAR = 100  # a here-document that begins the text is near its beginning
_LONGEST = 100_000  # a place for each character takes a hundred bytes


def command_first(text: str) -> MappedText | None:
    """A text whose first command stands before its here-document; None when it does already.

    `<<EOT bash` becomes `bash <<EOT`, which means the same and is as long.
    """
    near = "<<" in text[:_FAR] and len(text) <= _LONGEST
    match = _LEADING.match(text) if near else None
    if match is None:
        return None
    order = (*_indices(match, "command"), *_indices(match, "space"), *_indices(match, "document"))
    starts = (*order, *range(match.end(), len(text)))
    return MappedText("".join(text[at] for at in starts), Span(0, len(text)), starts)


def _indices(match: re.Match[str], group: str) -> range:
    return range(match.start(group), match.end(group))


def parted(text: str) -> MappedText | None:
    """A text with a blank between two parentheses that open subshells; None: there are none.

    `((a) | b)` is a subshell in a subshell, `((a))` is a sum: there both close at once.
    """
    if "((" not in text or len(text) > _LONGEST:
        return None
    nested = _nested(dict(_pairs(text))) | _nested(_quoted_pairs(text))
    if not nested:
        return None
    starts: list[int] = []
    pieces: list[str] = []
    before = 0
    for at in sorted(nested):
        pieces.append(text[before:at])
        starts += (*range(before, at), at)
        before = at
    pieces.append(text[before:])
    starts += range(before, len(text))
    return MappedText(" ".join(pieces), Span(0, len(text)), starts)


def _nested(closed: dict[int, int]) -> set[int]:
    """Which parentheses open a subshell directly behind another one."""
    return {at + 1 for at, end in closed.items() if closed.get(at + 1, end - 1) != end - 1}


def _pairs(text: str, start: int = 0) -> Iterator[tuple[int, int]]:
    """Each parenthesis that is closed, and where, the inner ones first."""
    opened: list[int] = []
    for match in _NESTING.finditer(text, start):
        if match["open"]:
            opened.append(match.start())
        elif match["close"] and opened:
            yield opened.pop(), match.start()


def _quoted_pairs(text: str) -> dict[int, int]:
    """Those of substitutions, which may stand within quotes: `"$((a) | b)"`."""
    closed: dict[int, int] = {}
    done = 0
    for match in _SUBSTITUTED.finditer(text):
        first = match.start() + 1
        if first < done:
            continue
        for at, end in _pairs(text, first):
            closed[at] = done = end
            if at == first:
                break
        if first not in closed:
            break  # it is never closed: nor is any behind it
    return closed


def unturned(text: str) -> str:
    """The text, as long, in which no compound command is turned around or measured.

    `for each do`, which goes through the arguments, has the semicolon that the grammar wants.
    """
    if "for" in text:
        text = _ARGUMENTS.sub(r"\1;", text)
    if "!" not in text and "time" not in text and "coproc" not in text:
        return text
    return _TURNED.sub(lambda match: match["before"] + " " * len(match["words"]), text)


def simplified(text: str) -> str:
    """The text with simpler signs, as long, for some that are too much for the grammar.

    It knows no `${X:-0}` before an operator in a sum: a number stands for each `$(( … ))`. A
    percent sign or a colon in a program's name may be too much for it: a comma means as little. It
    wants a semicolon between `fi` and `fi`, a blank between assignments, and no comments in
    backquotes. It knows no `<>`, no `!(a|b)`, no dollar that stands for itself, and no single
    quotes in defaults within double ones; nor loops without `in` or `do`, functions whose body is
    a loop, descriptors that are named, and `;;&` before `esac`.

    In `[[ … ]]` it loses its way at a pattern behind `=` where more follows (`= *a* || …`), not at
    one behind `!=`, and takes `<` for a redirect.
    """
    if "$((" in text:
        text = _ARITHMETIC.sub(_number, text)
    if "\\\n" in text:
        text = _GLUED.sub(_blanks, text)
    if "`#" in text:
        text = _NOTE.sub(_blanks, text)
    if "[[" in text:
        text = _compared(text)
    text = _plainer(text)
    text = _EXTENDED.sub(lambda match: _OF_EXTENDED.sub(",", match[0]), text)
    if "'" in text and "${" in text:
        text = _LETTERS.sub(lambda match: _OF_LETTERS.sub(",", match[0]), text)
    text = _BROUGHT.sub(lambda match: match[0].replace(";", ","), text)
    text = _ESCAPED.sub("!=", text)
    text = _DOLLAR.sub(",", _BOTH_WAYS.sub("> ", text))
    return _SIGN.sub(_comma, _ENDED.sub(_separated, text))


def _compared(text: str) -> str:
    """The text with another comparison in its conditions, which says no less where they end."""
    pieces = _CONDITION.split(text)
    for at in range(2, len(pieces) - 1, 2):
        if pieces[at - 1] == "[[" and pieces[at + 1] == "]]":
            pieces[at] = _SORTS.sub("=", _EQUALS.sub("!=", pieces[at]))
    return "".join(pieces)


def _plainer(text: str) -> str:
    """The text without forms of compound commands that the grammar does not know."""
    if "esac" in text:
        text = _GOES_ON.sub(lambda match: ";;".ljust(len(match[0])), text)
    if "()" in text:
        text = _BODIED.sub(_blanks, text)
    text = _WORDLESS.sub(r"\g<head>;", _NAMED_DESCRIPTOR.sub(_blanks, text))
    return _BRACED.sub(lambda match: f"read {match['name']}".ljust(len(match[0])), text)


def _number(match: re.Match[str]) -> str:
    return f"$(({'1' * len(match[1])}))"


def _blanks(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _separated(match: re.Match[str]) -> str:
    return _ENDING.sub(lambda gap: ";" + gap[0][1:], match[0])


def _comma(match: re.Match[str]) -> str:
    return match[0] if match[0][0] == "$" else ","
