"""Render charts with the library of `imagelint[helm]`, or with the program `helm`.

Templates come from strangers: they run in a child with limits of time, memory and output, see no
cluster, and no file but those of the chart.
"""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

from imagelint.collect import environment
from imagelint.collect.process import CompletedProcess, ProcessLimits, ProcessRequest, find, run
from imagelint.collect.read import decode, read_bytes
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.report import Problem, ProblemKind
from imagelint.documents.rendering.rendered import RenderedChart, RenderedFile
from imagelint.render.fresh import draws, left_open
from imagelint.render.marks import TemplateLines, filled, marked, places

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

INSTALL = "install `helm` (https://helm.sh/docs/intro/install/), or `pip install imagelint[helm]`"
_TEMPLATE = pattern(r"(?:charts/[^/]+/)*templates/.+\.(?:ya?ml|tpl|txt)")
_SOURCE = pattern(r"^# Source: ([^\n]+)\n", 8)
_MOST_FILES = 5_000
_MOST_BYTES = 32_000_000
_LARGEST_TEMPLATE = 1_000_000
_SECONDS = 30.0
_LARGEST = 64 * 1024 * 1024
_VALUES = "values.yaml"
# What a chart is rendered as, each with its folder; again only where it may come out otherwise.
_PLAIN, _AGAIN, _MARKED = ("plain", "plain"), ("again", "plain"), ("marked", "marked")


class ChartValues(NamedTuple):
    """Values for a chart: the texts of files, of which later ones count more.

    `name` is what readers call the file, `release` and `namespace` are what it is installed as.
    """

    name: str = ""
    texts: tuple[str, ...] = ()
    release: str = "release"
    namespace: str = "default"

    def called(self, number: int) -> tuple[str, str, list[str]]:
        """The release, its namespace and the names of the files, for those of this number."""
        names = [f"values{number}.{at}" for at in range(len(self.texts))]
        return self.release, self.namespace, names

    def files(self, number: int) -> Iterator[tuple[str, str]]:
        """The files by their names."""
        return zip(self.called(number)[2], self.texts, strict=True)


class ChartFiles(NamedTuple):
    """The texts of a chart by their paths in its folder; what is no text is left out."""

    folder: str
    texts: Mapping[str, str]

    @classmethod
    def read(cls, folder: str, origin: str, within: str) -> ChartFiles | Problem:
        """All files below a folder that lie within another one; links are not followed."""
        texts: dict[str, str] = {}
        size = 0
        for path in _walk(folder):
            data = read_bytes(path, origin, within)
            if isinstance(data, Problem):
                continue
            size += len(data)
            if len(texts) >= _MOST_FILES or size > _MOST_BYTES:
                detail = f"has more than {_MOST_FILES:,} files or {_MOST_BYTES:,} bytes"
                return Problem(ProblemKind.TOO_LARGE, origin, detail)
            source = decode(data, origin).source
            if source is not None:
                texts[os.path.relpath(path, folder).replace(os.sep, "/")] = source.text
        return cls(folder, texts)

    @property
    def templates(self) -> tuple[str, ...]:
        """The paths of its templates, and those of the charts in it."""
        return tuple(
            name
            for name, text in self.texts.items()
            if _TEMPLATE.fullmatch(name) and len(text) < _LARGEST_TEMPLATE
        )


def _walk(folder: str) -> Iterator[str]:
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != ".git")
        yield from (os.path.join(root, name) for name in sorted(names))


class HelmEngine(NamedTuple):
    """What renders charts: a program, or the folder of the package that holds the library."""

    program: str
    packages: str = ""

    def libraries(self) -> tuple[str, ...]:
        """The files that decide what it makes, besides the program."""
        folder = os.path.join(self.packages, "helm_python", "lib") if self.packages else ""
        names = sorted(os.listdir(folder)) if folder else ()
        return tuple(os.path.join(folder, name) for name in names)

    def render(
        self, chart: ChartFiles, values: Sequence[ChartValues], origin: str
    ) -> list[RenderedChart | Problem]:
        """What a chart makes with each of some values."""
        answers = self._answers(chart, values, origin)
        if isinstance(answers, Problem):
            return [answers for _ in values]
        return [
            _rendered(chart, one.name, answer, origin)
            for one, answer in zip(values, answers, strict=True)
        ]

    def _answers(
        self, chart: ChartFiles, values: Sequence[ChartValues], origin: str
    ) -> list[Mapping[str, object]] | Problem:
        files = [(f"plain/{name}", text) for name, text in chart.texts.items()]
        marks = {name: number for number, name in enumerate(chart.templates)}
        files += [
            (f"marked/{name}", marked(text, marks[name]) if name in marks else text)
            for name, text in chart.texts.items()
        ]
        sets = [one.called(number) for number, one in enumerate(values)]
        drawn = draws(chart.texts[name] for name in chart.templates)
        forms = (_PLAIN, _AGAIN, _MARKED) if drawn else (_PLAIN, _MARKED)
        files += [file for number, one in enumerate(values) for file in one.files(number)]
        files.append(("values.json", json.dumps({"sets": sets, "forms": forms})))
        request = ProcessRequest(
            self.program,
            (),
            origin,
            ProcessLimits(_SECONDS, stdout=_LARGEST),
            install=INSTALL,
            files=tuple(files),
        )
        if self.packages:
            return self._by_library(request, len(values))
        return [self._by_program(request, forms, one) for one in sets]

    def _by_library(
        self, request: ProcessRequest, count: int
    ) -> list[Mapping[str, object]] | Problem:
        child = os.path.join(os.path.dirname(os.path.abspath(__file__)), "helm_child.py")
        completed = run(request._replace(arguments=("-I", child, self.packages)))
        if isinstance(completed, Problem):
            return completed
        try:
            answers = [json.loads(line) for line in completed.stdout.splitlines()]
        except ValueError:
            answers = []
        if len(answers) != count:
            detail = f"the library of helm ended early: {completed.stderr.strip()[-300:]}"
            return Problem(ProblemKind.TOOL_FAILED, request.origin, detail)
        return answers

    def _by_program(
        self,
        request: ProcessRequest,
        forms: Sequence[tuple[str, str]],
        called: tuple[str, str, list[str]],
    ) -> Mapping[str, object]:
        release, namespace, names = called
        answer: dict[str, object] = {}
        given = [word for name in names for word in ("-f", name)]
        for form, folder in forms:
            words = ("template", release, folder, "--namespace", namespace, *given)
            completed = run(request._replace(arguments=words))
            if isinstance(completed, Problem) or completed.code:
                return answer or {"error": _words(completed)}
            answer[form] = _by_source(completed.stdout)
        return answer


def _words(completed: CompletedProcess | Problem) -> str:
    return completed.detail if isinstance(completed, Problem) else completed.stderr


def _by_source(output: str) -> dict[str, str]:
    """The text of each template, of which the program tells in comments."""
    texts: dict[str, str] = {}
    parts = _SOURCE.split(output)
    for name, text in zip(parts[1::2], parts[2::2], strict=True):
        texts[name] = f"{texts[name]}\n---\n{text}" if name in texts else text
    return texts


def _rendered(
    chart: ChartFiles, values: str, answer: Mapping[str, object], origin: str
) -> RenderedChart | Problem:
    plain, with_marks = answer.get("plain"), answer.get("marked")
    if not isinstance(plain, dict):
        said = " ".join(str(answer.get("error", "")).split())[-600:]
        named = f" with `{values}`" if values else ""
        detail = f"helm does not render it{named}: {said or 'it does not say why'}"
        return Problem(ProblemKind.UNPARSABLE, origin, detail)
    marks = with_marks if isinstance(with_marks, dict) else {}
    second = answer.get("again")
    again = second if isinstance(second, dict) else plain
    templates = chart.templates
    lines = [TemplateLines.of(chart.texts[name]) for name in templates]
    files: list[RenderedFile] = []
    for name, text in plain.items():
        template = str(name).partition("/")[2]  # behind the name of the chart
        if not template.endswith((".yaml", ".yml")) or not str(text).strip():
            continue
        found = filled(places(str(text), str(marks.get(name, ""))), lines, str(text))
        where = tuple(mark and (templates[mark.file], mark.line) for mark in found)
        made = left_open(str(text), str(again.get(name, text)))
        files.append(RenderedFile(template, made, where))
    return RenderedChart(values, tuple(files), chart.texts)


def helm_engine(origin: str) -> HelmEngine | Problem:
    """What is there to render charts with; a problem at an origin where nothing is."""
    packages = _packages()
    if packages:
        return HelmEngine(sys.executable, packages)
    program = find("helm", environment.variable("PATH"))
    if program:
        return HelmEngine(program)
    detail = "what the charts make is not examined: nothing here can render them"
    return Problem(ProblemKind.TOOL_MISSING, origin, detail, help=INSTALL)


def _packages() -> str:
    """The folder in which the package `helm_python` lies; empty where it is not installed.

    The package itself is not imported: it would bring the library into this process.
    """
    from importlib.util import find_spec

    spec = find_spec("helm_python")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        if os.path.isdir(os.path.join(folder, "lib")):
            return os.path.dirname(os.path.abspath(folder))
    return ""
