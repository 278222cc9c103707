"""What a compose file has other programs bring is said not to be examined."""

from __future__ import annotations

import pytest

from imagelint.core.report import ProblemKind
from imagelint.core.source import Source
from imagelint.documents.compose.document import parse_compose

TEXT = """\
services:
  web:
    image: registry.example.com/web:1.4.2
    models: [llm]
  own:
    provider: {type: model, options: {model: ai/own-8b}}
  db:
    provider: {type: awesomecloud, options: {size: 10}}
  other:
    provider: {}
models:
  llm: {model: ai/own-8b}
"""


def test_services_of_providers() -> None:
    gaps = parse_compose(Source("compose.yaml", TEXT)).gaps
    assert [one.kind for one in gaps] == [ProblemKind.UNREADABLE] * 2
    assert [one.message for one in gaps] == [
        "the service `db` was not examined: `awesomecloud` brings it",
        "the service `other` was not examined: another program brings it",
    ]
    spans = [one.span for one in gaps]
    assert [TEXT[slice(*span)] for span in spans if span] == ["provider", "provider"]


@pytest.mark.parametrize(
    "text",
    [
        "services:\n  a:\n    image: x\n    environment: {models: b, provider: c}\n",
        "services:\n  a: {image: x}\nmodels: []\n",
        "services:\n  a: {image: x, provider: null}\n",
        "services: {a: {image: x}}\nvolumes: {models: {}}\n",
    ],
)
def test_what_only_is_called_so_is_examined(text: str) -> None:
    assert parse_compose(Source("compose.yaml", text)).gaps == ()


def test_what_another_file_has_brought_is_said_there() -> None:
    base = "services:\n  b:\n    provider: {type: x}\n"
    text = "services:\n  a:\n    extends: {file: base.yaml, service: b}\n"
    document = parse_compose(
        Source("compose.yaml", text + "    env_file: [x]\n"), {"base.yaml": base}.get
    )
    assert not any("brings it" in one.message for one in document.gaps)
