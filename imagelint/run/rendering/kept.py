"""What engines made in earlier runs, by all that they were given: nothing is started for it."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Protocol

from imagelint import __version__
from imagelint.core.digest import digest_of
from imagelint.core.record import NamedTuple
from imagelint.core.report import Problem
from imagelint.documents.rendering.rendered import RenderedChart, RenderedFile, RenderedText

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from imagelint.render.helm import ChartFiles, ChartValues, HelmEngine


class Results(Protocol):
    """A cache of texts by key."""

    def get(self, keys: Iterable[str]) -> Mapping[str, str]:
        """The texts that are known, by key."""
        ...

    def put(self, entries: Mapping[str, str], now: int) -> None:
        """Remember texts by key."""
        ...


class KeptRenderings(NamedTuple):
    """What was rendered before, in the cache of results; `code` is who made it."""

    results: Results
    now: int
    code: str

    def key(self, *parts: str) -> str:
        """Under what something is kept that was made of some parts."""
        return f"rendering:{digest_of(__version__, self.code, *parts)}"

    def texts(self, keys: Iterable[str]) -> dict[str, RenderedText]:
        """What kustomizations made, by key, as far as it is known."""
        found = {key: _read(text) for key, text in self.results.get(keys).items()}
        return {
            key: RenderedText(str(row["text"]), str(row["link"]), key=key)
            for key, row in found.items()
            if row is not None and "link" in row
        }

    def keep_text(self, text: RenderedText) -> None:
        """Remember what a kustomization made."""
        row = {"text": text.text, "link": text.link}
        self.results.put({text.key: json.dumps(row)}, self.now)


def stamp_of(*paths: str) -> str:
    """What tells a program, or a library, from another one at its place."""
    parts: list[str] = []
    for path in paths:
        try:
            status = os.stat(path)
        except OSError:
            continue
        parts.append(f"{path} {status.st_size} {status.st_mtime_ns}")
    return "\n".join(parts)


def rendered_charts(
    engine: HelmEngine,
    chart: ChartFiles,
    values: Sequence[ChartValues],
    origin: str,
    kept: KeptRenderings | None,
) -> list[RenderedChart | Problem]:
    """What a chart makes with each of some values, now or in an earlier run."""
    if kept is None:
        return engine.render(chart, values, origin)
    whole = digest_of(*(part for item in sorted(chart.texts.items()) for part in item))
    stamp = stamp_of(engine.program, *engine.libraries())
    keys = [kept.key("helm", stamp, whole, json.dumps(one)) for one in values]
    known = {key: _read(text) for key, text in kept.results.get(keys).items()}
    found: list[RenderedChart | Problem | None] = [
        _chart(one, chart, known.get(key), key) for one, key in zip(values, keys, strict=True)
    ]
    asked = [number for number, one in enumerate(found) if one is None]
    answers = engine.render(chart, [values[number] for number in asked], origin) if asked else []
    fresh: dict[str, str] = {}
    for number, answer in zip(asked, answers, strict=True):
        key, made = keys[number], answer
        if not isinstance(answer, Problem):
            fresh[key] = json.dumps({"files": answer.files})
            made = answer._replace(key=key)
        found[number] = made
    kept.results.put(fresh, kept.now)
    return [one for one in found if one is not None]


def _read(text: str) -> dict[str, object] | None:
    try:
        row = json.loads(text)
    except ValueError:
        return None
    return row if isinstance(row, dict) else None


def _chart(
    values: ChartValues, chart: ChartFiles, row: dict[str, object] | None, key: str
) -> RenderedChart | None:
    rows = row["files"] if row is not None and "files" in row else None
    if not isinstance(rows, list):
        return None
    try:
        files = tuple(
            RenderedFile(
                str(template),
                str(text),
                tuple(line and (str(line[0]), int(line[1])) for line in lines),
            )
            for template, text, lines in rows
        )
    except (TypeError, ValueError, IndexError):
        return None
    return RenderedChart(values.name, files, chart.texts, key=key)
