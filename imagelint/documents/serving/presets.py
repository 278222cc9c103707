"""The models of a server of several: what each of them is told, as far as it is one thing for all.

ggml-org/llama.cpp:tools/server/README.md (model presets): `[*]` holds for all models, a section of
a model counts more, the line of the server most; read in November 2026.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN, Known
from imagelint.core.source import Span
from imagelint.documents.booleans import preset_word
from imagelint.documents.serving.inifile import WITHOUT_SECTION
from imagelint.documents.serving.switches import FALSE, TRUE, Switch, settled
from imagelint.documents.yaml.nodes import Mapping, Scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.knowledge.engines import Engine

_GLOBAL = "*"


def preset_switches(root: Mapping, known: Engine) -> tuple[Switch, ...]:
    """What all models are told; unknown what one of several is told and another is not."""
    everywhere: list[Switch] = []
    models: list[dict[str, Switch]] = []
    for name, section in root.entries:
        if name.text == WITHOUT_SECTION or not isinstance(section, Mapping):
            continue
        told = list(_switches(section, known))
        if name.text == _GLOBAL:
            everywhere = told
        else:
            models.append({one.name: one for one in told})
    return (*everywhere, *_common(models))


def _common(models: list[dict[str, Switch]]) -> Iterator[Switch]:
    for name in dict.fromkeys(name for told in models for name in told):
        found = [told[name] for told in models if name in told]
        values = {one.value.value for one in found if isinstance(one.value, Known)}
        same = len(found) == len(models) and len(values) == 1
        yield found[-1] if same else found[-1]._replace(value=UNKNOWN)


def _switches(section: Mapping, known: Engine) -> Iterator[Switch]:
    for key, value in section.entries:
        if not isinstance(value, Scalar):
            continue
        flag = known.environment.get(key.text, key.text.lstrip("-").replace("_", "-"))
        name, text = known.canonical(flag), value.text
        said = preset_word(text)
        if flag.startswith("no-") and said and flag not in known.flags:
            name, text = known.canonical(flag.removeprefix("no-")), FALSE
        elif name in known.booleans and said is not None:
            text = TRUE if said else FALSE
        whole = Span(key.span.start, max(key.span.end, value.span.end))
        fact = settled(Known(text, value.span), value.span)
        yield Switch(whole, name, fact, value.span, key.text)
