"""The rule `secret-value`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.redact import secret_spans
from imagelint.documents.base import Text
from imagelint.documents.locate import disguised_secrets, looking_secret
from imagelint.documents.secrets.values import is_counted, is_placeholder, secret_kind, shows_key
from imagelint.documents.shared import Setting
from imagelint.rules.api import Context, Finding, Findings, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from imagelint.core.source import Span
    from imagelint.documents.base import Node

_LEFT_OUT = ("...", "…")
_LONGEST_LINE = 400


@rule((Text, Setting), Severity.CRITICAL, references=("tally secrets-in-code",))
def secret_value(node: Text | Setting, ctx: Context) -> Findings:
    r"""A key or token is written into the file.

    Its shape says what it is: Hugging Face, NVIDIA NGC, OpenAI, GitHub, AWS and others give their
    keys prefixes of their own. Whoever has the file, its history or the image has the key. The
    value itself is never shown. What a Secret holds under `data` is decoded, and what a line tells
    to decode: base64 hides nothing, nor do escapes (`\x68f_…`), nor the end of a line.

    Except:
        Placeholders and the examples of documentation (`hf_xxxx…`, `AKIA…EXAMPLE`), what is left
        out in the middle (`MIIE...`), and comments that show a line of which a part is left out.
        A key that counts up (`hf_abcdefgh…0123456789`) is told by the rules that go by names.

    Bad:
        FROM python:3.12.7-slim
        ENV HF_TOKEN=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

    Good:
        FROM python:3.12.7-slim
        ENV HF_HUB_DISABLE_TELEMETRY=1
        RUN --mount=type=secret,id=hf,env=HF_TOKEN hf download \
            --revision b968826d9c46dd6066d109eabc6255188de91218 Qwen/Qwen3-8B
    """
    if isinstance(node, Text):
        for kind, span in _secrets(_meant(ctx), ctx.document.derived(looking_secret)):
            if not _is_elided(ctx.document.source.text, span):
                yield _finding(kind, span, ctx)
    elif node.encoded:  # what no text shows
        for kind, _ in _secrets(lambda at: node.text[slice(*at)], secret_spans(node.text)):
            yield _finding(kind, node, ctx)


def _meant(ctx: Context) -> Callable[[Span], str]:
    """What the text means where it is written in another way, elsewhere what it says."""
    disguised = ctx.document.derived(disguised_secrets)
    if not disguised:
        return ctx.text
    from imagelint.documents.secrets.disguised import revealed

    return lambda at: revealed(ctx.text(at)) if at in disguised else ctx.text(at)


def _finding(kind: str, at: Node, ctx: Context) -> Finding:
    return ctx.finding(
        at,
        f"{'an' if kind[0] in 'AEIOU' else 'a'} {kind} is written here",
        help="revoke it, and hand a new one over when it is needed: a secret mount in a build, "
        "a Secret in a cluster",
        subject=kind,
    )


def _secrets(written: Callable[[Span], str], spans: Iterable[Span]) -> Iterator[tuple[str, Span]]:
    """Each key once, with its kind; `spans` is where secrets may stand in what is written."""
    done = 0
    for span in sorted(set(spans)):
        value = written(span)
        kind = secret_kind(value)
        if not kind or span.start < done or is_placeholder(value):
            continue
        if not (shows_key(value) or is_counted(value)):
            yield kind, span
            done = span.end


def _is_elided(text: str, span: Span) -> bool:
    """Whether it stands in a comment that shows a line of which a part is left out."""
    start, end = max(0, span.start - _LONGEST_LINE), span.end + _LONGEST_LINE
    before, after = text[start : span.start], text[span.end : end]
    line = before.rpartition("\n")[2] + after.partition("\n")[0]
    return line.lstrip().startswith(("#", "//")) and any(mark in line for mark in _LEFT_OUT)
