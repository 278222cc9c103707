from __future__ import annotations

import pytest

from imagelint.core.source import Source
from imagelint.documents.detect import candidate, detect
from imagelint.documents.runlines.markdown import Markdown, parse_markdown

SESSION = """
```console
$ docker run a:1 \\
    --flag
docker run output
$ ls
```
"""


def read(text: str) -> Markdown:
    return parse_markdown(Source("guide.md", text))


def inner(text: str) -> list[tuple[str, str]]:
    return [(one.document.kind, one.document.source.text) for one in read(text).embedded]


@pytest.mark.parametrize(
    ("language", "body", "kind"),
    [
        ("Dockerfile", "FROM a\n", "dockerfile"),
        ("docker title=x", "FROM a\n", "dockerfile"),
        ("yaml", "apiVersion: v1\nkind: Pod\n", "kubernetes"),
        ("{.yaml}", "services:\n  a:\n    image: b\n", "compose"),
        ("json", '{"apiVersion": "v1", "kind": "Pod"}\n', "kubernetes"),
        ("bash", "docker run a\n", "shell-script"),
        ("make", "a:\n\tdocker run a\n", "makefile"),
    ],
)
def test_a_block_is_what_its_language_and_text_say(language: str, body: str, kind: str) -> None:
    assert inner(f"# A\n\n```{language}\n{body}```\n") == [(kind, body)]


@pytest.mark.parametrize(
    "text",
    [
        "```yaml\nimage: a\n```\n",  # a part of something
        "```bash\nls\n```\n",
        "```python\nFROM a\n```\n",
        "```\nFROM a\n```\n",
        "``Dockerfile\nFROM a\n``\n",
        "```Dockerfile `x`\nFROM a\n",
        "```Dockerfile\n```\n",
        "FROM a\n",
    ],
)
def test_other_blocks_are_no_documents(text: str) -> None:
    found = read(text)
    assert (found.embedded, found.gaps) == ((), ())


def test_a_fence_ends_with_one_that_is_as_long() -> None:
    text = "````dockerfile\nFROM a\nRUN <<E\n```\n~~~\nE\n`````\n\n~~~dockerfile\nFROM b"
    assert inner(text) == [
        ("dockerfile", "FROM a\nRUN <<E\n```\n~~~\nE\n"),
        ("dockerfile", "FROM b"),
    ]


def test_the_indentation_of_the_fence_is_none_of_the_block() -> None:
    listed = "1. a\n   ```dockerfile\n   FROM a\n     RUN b\n  CMD c\n   ```\n"
    text = f"{listed}> ```dockerfile\n> FROM d\n> ```\n"
    assert inner(text) == [
        ("dockerfile", "FROM a\n  RUN b\nCMD c\n"),
        ("dockerfile", "FROM d\n"),
    ]
    embedded = read(text).embedded[1]
    assert embedded.mapped is not None
    assert text[slice(*embedded.mapped.place(0, 6))] == "FROM d"


def test_of_a_session_what_is_typed_counts() -> None:
    assert inner(SESSION) == [("shell-script", "docker run a:1 \\\n    --flag\nls\n")]


def test_a_block_that_cannot_be_read_is_a_gap_at_its_place() -> None:
    text = "# A\n\n```yaml\napiVersion: v1\nkind: Pod\na: [b\n```\n"
    (gap,) = read(text).gaps
    assert "a block cannot be examined" in gap.message
    assert gap.span is not None
    assert text.index("apiVersion") < gap.span.start <= text.index("```\n")


def test_blocks_are_bounded() -> None:
    found = read("```sh\ndocker run a\n```\n" * 1_001)
    assert len(found.embedded) == 1_000
    assert [gap.message for gap in found.gaps] == ["more than 1,000 blocks are not examined"]


def test_it_is_examined_only_where_it_is_named() -> None:
    assert detect("Dockerfile.md", "FROM a\n") == detect("a/README.MD", "") == "markdown"
    assert not candidate("Dockerfile.md")
