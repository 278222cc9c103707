"""The page of limits: read from where the program keeps them, beside what was measured."""

from __future__ import annotations

from importlib import import_module
from typing import NamedTuple

from imagelint.documents.kinds import KINDS

HEAD = """\
# Limits

Generated from the program. Whoever sends a pull request writes what is examined, so everything has
a bound. What is above one is a [problem](how-to/incomplete.md), the verdict is *incomplete*, and
everything else is examined all the same; or, where the tables say so, it is
[unknown](explanation/verdict.md#silent-when-unknown), like a value that is only set where it runs.

## Files

A file has at most {file}; results and metrics have [limits of their
own](#evaluations-metrics-and-rules-of-your-own). A rule tells at most {findings} findings of a
document, all rules together {all}; then the report says how many there are more.

| kind | at most | took | memory | beyond |
|---|---|---|---|---|
"""
TOOK = """

Took: processor seconds and the most memory in use, of all rules of the default policy over one
file just below its limit, without a cache ({measured}).
`benchmarks/limits.py` measures again.

## Inside of files

| what | at most | beyond |
|---|---|---|
"""


class Measure(NamedTuple):
    """What an input just below its limit took, in seconds and MiB."""

    seconds: float
    memory: int


MEASURED_ON = "November 2026, Python 3.11, one core of a busy server"
MEASURED = {
    "dockerfile": Measure(4.0, 117),
    "ignore": Measure(3.8, 381),
    "requirements": Measure(1.5, 87),
    "dotenv": Measure(1.3, 66),
    "shell-script": Measure(1.0, 105),
    "makefile": Measure(2.1, 33),
    "systemd-unit": Measure(1.9, 31),
    "workflow": Measure(2.3, 53),
    "nginx": Measure(1.6, 98),
    "haproxy": Measure(0.5, 69),
    "caddy": Measure(0.4, 28),
    "bake": Measure(0.7, 68),
    "kubernetes": Measure(12.9, 616),
    "compose": Measure(5.8, 165),
}
NOT_EXAMINED = "`too-large`: this file is not examined"
YAML = ("kubernetes", "compose")
# Each: what it is, the module that holds it, its name there, the unit, and what happens beyond.
INSIDE = (
    (
        "nodes of a YAML file",
        "documents.yaml.builder:_MOST_NODES",
        "",
        "`too-large`: the file is not examined",
    ),
    (
        "nodes that aliases repeat",
        "documents.yaml.builder:_MOST_SHARED",
        "",
        "`too-large`: the file is not examined",
    ),
    (
        "nesting of YAML",
        "documents.yaml.builder:_DEEPEST",
        "levels",
        "`too-large`: the file is not examined",
    ),
    (
        "a line of a Dockerfile",
        "documents.dockerfile.frontend:_LONGEST_LINE",
        "bytes",
        "`too-large`: the file is not examined, and BuildKit refuses it as well",
    ),
    (
        "the value of a variable",
        "documents.dockerfile.expansion.variables:_LONGEST",
        "characters",
        "the value is unknown",
    ),
    (
        "scripts of a Dockerfile that are followed",
        "documents.dockerfile.context.scripts:_MOST_FILES",
        "",
        "what the others do is unknown",
    ),
    (
        "scripts that run scripts",
        "documents.dockerfile.context.scripts:_DEEPEST",
        "levels",
        "what the others do is unknown",
    ),
    (
        "one shell script",
        "documents.shell.read:LONGEST",
        "characters",
        "what it does is unknown; `too-large` where it runs containers",
    ),
    (
        "lines of a file that run containers, or build images",
        "documents.runlines.document:MOST_LINES",
        "of each",
        "`too-large`: the others are not examined",
    ),
    (
        "commands of a development container",
        "documents.devcontainer.commands:MOST_COMMANDS",
        "",
        "`too-large`: the others are not examined",
    ),
    (
        "a recipe of a makefile",
        "documents.runlines.makefiles:LONGEST_RECIPE",
        "characters",
        "`too-large`: it is not examined, the rest of the file is",
    ),
    (
        "a bake file in HCL",
        "documents.bake.document:_LONGEST_HCL",
        "characters",
        "`too-large`: the file is not examined",
    ),
    (
        "a query of Prometheus",
        "documents.promql.reader:_LONGEST",
        "characters",
        "`too-large`: the query is not examined, the rest of the file is",
    ),
    (
        "operators and parentheses of a query",
        "documents.promql.reader:_DEEPEST",
        "",
        "`too-large`: the query is not examined, the rest of the file is",
    ),
    (
        "a requirements file, or a script, that is read with a Dockerfile",
        "documents.dockerfile.context.image:LARGEST_SCRIPT",
        "characters",
        "`unread-requirements`, or what it does is unknown",
    ),
    (
        "variables that all containers of a file get from ConfigMaps, Secrets or `env_file`",
        "deployment.budget:MOST_VARIABLES",
        "",
        "`too-large`: those of the others are unknown",
    ),
    (
        "runtimes of KServe, each as often as a predictor of a file is merged with it",
        "deployment.budget:MOST_MERGED",
        "characters",
        "`too-large`: the others are judged without theirs",
    ),
    (
        "rounds of fixes",
        "run.changes.fixing:MOST_ROUNDS",
        "",
        "what is left stays as it is, and is told",
    ),
)
RENDERING = (
    ("charts of a run", "run.rendering.charts:_MOST_CHARTS", "", "the others are not rendered"),
    (
        "files of values beside a chart",
        "run.rendering.charts:_MOST_VALUES",
        "",
        "a problem says how many are left out",
    ),
    ("files of a chart", "render.helm:_MOST_FILES", "", "it is not rendered"),
    ("all files of a chart", "render.helm:_MOST_BYTES", "bytes", "it is not rendered"),
    ("a chart, with each file of values", "render.helm:_SECONDS", "seconds", "`timed-out`"),
    ("memory of Helm's library", "render.helm_child:_MEMORY", "bytes", "it is not rendered"),
    (
        "kustomizations of a run",
        "run.rendering.kustomizations:_MOST_BUILDS",
        "",
        "the others are not built",
    ),
    (
        "folders that one kustomization takes",
        "run.rendering.kustomizations:_MOST_FOLDERS",
        "",
        "it is not built",
    ),
    ("what is rendered, of one engine", "render.kustomize:_LARGEST", "bytes", "`too-large`"),
)
IMAGES = (
    ("images of an index", "collect.registry.images:_MOST_IMAGES", "", "a problem"),
    ("indexes in indexes", "collect.registry.images:_DEEPEST_INDEX", "levels", "a problem"),
    ("a manifest or configuration", "collect.registry.client:LARGEST_BLOB", "bytes", "a problem"),
    ("entries of an archive", "collect.images.unpack:_MOST_ENTRIES", "", "`too-large`"),
    ("referrers of an image", "collect.tools.referrers:_MOST_REFERRERS", "", "a problem"),
    (
        "a scan, before what the image's size adds",
        "collect.scanners.scanner:BASE_SECONDS",
        "seconds",
        "`timed-out`; `--timeout` says another",
    ),
    ("the report of a scanner", "collect.scanners.scanner:LARGEST_REPORT", "bytes", "a problem"),
    ("an answer of a daemon", "collect.images.unixsocket:_LARGEST_ANSWER", "bytes", "a problem"),
    ("verifying by cosign", "collect.tools.cosign:_SECONDS", "seconds", "`timed-out`"),
)
MEASUREMENTS = (
    ("a file of results", "collect.results.files:LARGEST", "bytes", "`too-large`"),
    ("files in a folder of results", "collect.results.files:MOST_FILES", "", "`too-large`"),
    (
        "cases of an evaluation",
        "documents.evaluation.results:MOST_SAMPLES",
        "",
        "`too-large`: take a part of them",
    ),
    (
        "one case, or one value beside the cases",
        "documents.evaluation.stream:LARGEST_ELEMENT",
        "characters",
        "`too-large`",
    ),
    ("a page of metrics", "collect.metrics.page:LARGEST_PAGE", "bytes", "`too-large`"),
    ("lines of a page of metrics", "documents.metrics.exposition:MOST_LINES", "", "`too-large`"),
    ("series that are asked for", "documents.metrics.exposition:MOST_SERIES", "", "`too-large`"),
    ("samples that are asked for", "documents.metrics.exposition:MOST_SAMPLES", "", "`too-large`"),
    ("an answer of Prometheus", "collect.metrics.prometheus:_MOST_BYTES", "bytes", "a problem"),
    (
        "steps of one evaluation of a condition in CEL",
        "custom.values:MOST_STEPS",
        "",
        "`unjudged`",
    ),
    (
        "steps of one such rule about one document",
        "custom.values:MOST_OF_DOCUMENT",
        "",
        "`unjudged`",
    ),
)
SECTIONS = {
    "Charts and kustomizations": RENDERING,
    "Images": IMAGES,
    "Evaluations, metrics and rules of your own": MEASUREMENTS,
}


def limits_page() -> str:
    """Each kind of input: how much of it is examined, and what happens beyond."""
    lines = [
        HEAD.format(
            file=amount("collect.read:LARGEST_FILE", "bytes"),
            findings=amount("engine.judge:MOST_FINDINGS", ""),
            all=amount("engine.judge:MOST_OF_ALL", ""),
        ).rstrip("\n")
    ]
    for name, kind in KINDS.items():
        if kind.most_lines is not None:
            lines.append(row(name, f"{kind.most_lines:,} lines"))
    nodes = amount("documents.yaml.builder:_MOST_NODES", "nodes")
    lines += [row(name, f"{nodes}, in the file's bytes") for name in YAML]
    lines[-1] += TOOK.format(measured=MEASURED_ON).rstrip("\n")
    lines += rows(INSIDE)
    for title, section in SECTIONS.items():
        lines += ["", f"## {title}", "", "| what | at most | beyond |", "|---|---|---|"]
        lines += rows(section)
    return "\n".join(lines) + "\n"


def rows(section: tuple[tuple[str, str, str, str], ...]) -> list[str]:
    return [f"| {what} | {amount(place, unit)} | {then} |" for what, place, unit, then in section]


def row(name: str, most: str) -> str:
    measured = MEASURED.get(name)
    took = f"{measured.seconds:g} s | {measured.memory} MiB" if measured else " | "
    return f"| {name} | {most} | {took} | {NOT_EXAMINED} |"


def amount(place: str, unit: str) -> str:
    """The value of a constant, for people: bytes in MiB where they are whole ones."""
    module, _, name = place.partition(":")
    value = getattr(import_module(f"imagelint.{module}"), name)
    if unit == "bytes" and value % 1024**2 == 0:
        return f"{value // 1024**2:,} MiB"
    return f"{value:,.0f} {unit}".rstrip()
