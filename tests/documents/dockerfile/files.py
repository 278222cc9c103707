"""Dockerfiles made at random: of a grammar with everything, and by mutating others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

_ALPHABET = "ab1.=-/:,'\"$`\\<>#[]{}*?@%ü\u2028\xa0"
_words = st.one_of(
    st.sampled_from(
        (
            "a", "/srv", "x=1", "y='a b'", 'z="a b"', "$A", "${A:-b}", "${B:+c}", '"$A/b"', "a\\ b",
            "w=", "k=v=w", "a=$b", "--", "--no", "&&", "<<", "<", "b\\", "'", '"', "`a", "#c", "[a",
        )
    ),
    st.text(_ALPHABET, min_size=1, max_size=6),
)  # fmt: skip
_spaces = st.sampled_from((" ", " ", " ", "  ", "\t", " \t "))
_flags = st.sampled_from(
    (
        "--from=build", "--chown=1:1", "--mount=type=cache,target=/c", '--x="a b"', "--link",
        "--y='q'", "--interval=5s", "--platform=$P", "--from=0", "--a\\ b", "--", "---", '--q="a',
    )
)  # fmt: skip
_keywords = st.sampled_from(
    (
        "FROM", "RUN", "CMD", "ENTRYPOINT", "COPY", "ADD", "ENV", "ARG", "LABEL", "EXPOSE", "USER",
        "WORKDIR", "VOLUME", "SHELL", "HEALTHCHECK", "ONBUILD", "STOPSIGNAL", "MAINTAINER", "run",
        "From", "Env", "RUNN", "CPY", "COMMENT", "#RUN",
    )
)  # fmt: skip
_json = st.sampled_from(
    (
        '["a", "b"]', "[]", '["sh", "-c", "a \\"b\\""]', "['a']", '["a",]', '["a", 1]',
        '[ "\\u00e9" ]',
        '["a"', '[["a"]]', '["a\\n"]', "[NaN]", '["\\ud800"]', '[\t"a"\t]',
    )
)  # fmt: skip
_names = st.sampled_from(("EOF", "E1", "a.b", "'EOF'", '"E F"', "E'O'F", "\\EOF", "", "E$X"))
_dashes = st.sampled_from(("<<", "<<-", "1<<", "3<<-"))
_bodies = st.lists(
    st.sampled_from(("a", "\tb", "RUN x", "# c", "", "EOF ", " EOF", "d \\", "<<EOF", "FROM e")),
    max_size=3,
)


@st.composite
def _heredoc(draw: DrawFn) -> tuple[str, list[str]]:
    name, dash = draw(_names), draw(_dashes)
    bare = name.replace("'", "").replace('"', "").replace("\\", "")
    lines = draw(_bodies)
    if draw(st.integers(0, 19)):
        lines = [*lines, ("\t" if dash.endswith("-") and draw(st.booleans()) else "") + bare]
    return dash + name, lines


_pairs = st.lists(
    st.sampled_from(("a=b", "c='d e'", 'f="g"', "h=", "i=$a", "j=a\\ b", "k=`a", "l='")), max_size=3
)


@st.composite
def _arguments(draw: DrawFn) -> list[str]:
    kind = draw(st.integers(0, 9))
    if kind < 2:
        return [draw(_json)]
    if kind < 5:
        return draw(st.lists(_words, max_size=4))
    if kind < 6:
        return [draw(_keywords), *draw(st.lists(_words, max_size=3))]
    if kind < 7:
        return [draw(st.sampled_from(("CMD", "NONE", "cmd"))), draw(st.one_of(_json, _words))]
    return draw(_pairs)


@st.composite
def _instruction(draw: DrawFn, escape: str) -> list[str]:
    keyword = draw(_keywords)
    pairs = keyword.upper() in ("ENV", "LABEL") and draw(st.integers(0, 9))
    arguments = draw(_pairs if pairs else _arguments())
    words = [keyword, *draw(st.lists(_flags, max_size=2)), *arguments]
    bodies: list[str] = []
    if keyword.upper() in ("RUN", "COPY", "ADD", "ONBUILD", "CMD") and not draw(st.integers(0, 2)):
        if keyword == "ONBUILD":
            words.insert(1, "RUN")
        for word, lines in draw(st.lists(_heredoc(), min_size=1, max_size=2)):
            words.insert(draw(st.integers(1, len(words))), word)
            bodies += lines
    text = draw(st.sampled_from(("", "", "  ", "\t")))
    for number, word in enumerate(words):
        if number:
            text += draw(_spaces)
            if not draw(st.integers(0, 5)):
                text += escape + draw(st.sampled_from(("", " ", "\t", "\x0b"))) + "\n"
                text += draw(
                    st.sampled_from(("", "# c\n", "\n", "  # d\n\n", "  \n", "  ", "\\\n"))
                )
        text += word
    text += draw(st.sampled_from(("", "", "", " ", escape, escape * 2, f" {escape} ")))
    return [*text.split("\n"), *bodies]


_directives = st.lists(
    st.sampled_from(
        (
            "# escape=`", "# escape=`", "#escape = \\", "# syntax=docker/dockerfile:1",
            "# Escape=`", "# comment",
            " # escape=`", "# a=b", "", "# escape=`  ",
        )
    ),
    max_size=2,
    unique=True,
)  # fmt: skip


@st.composite
def dockerfiles(draw: DrawFn) -> str:
    """A Dockerfile with everything that the grammar knows, and something that it does not."""
    lines = draw(_directives)
    escape = "`" if any("`" in line for line in lines) else "\\"
    for _ in range(draw(st.integers(0, 5))):
        kind = draw(st.integers(0, 9))
        if kind == 0:
            lines += [draw(st.sampled_from(("# c", "  # d", "#", "", "   ", "\t", "\\", "&& a")))]
        else:
            lines += draw(_instruction(escape))
    feed = draw(st.sampled_from(("\n", "\n", "\n", "\r\n")))
    text = draw(st.sampled_from(("", "", "", "\ufeff"))) + feed.join(lines)
    return text + draw(st.sampled_from(("", feed, feed)))


@st.composite
def mutated(draw: DrawFn, originals: SearchStrategy[str]) -> str:
    """A Dockerfile with a few places deleted, doubled, or replaced."""
    text = draw(originals)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(text)))
        end = min(len(text), at + draw(st.integers(0, 12)))
        piece = draw(
            st.one_of(
                st.just(""),
                st.just(text[at:end] * 2),
                st.sampled_from(
                    ("\\", "\n", "\\\n", '"', "'", "<<E", " ", "$", "${", "}", "[", "#", "`")
                ),
            )
        )
        text = text[:at] + piece + text[end:]
    return text
