"""The form of the tables about servers and their GPUs: see `knowledge.schema`."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired, TypedDict


class Dated(TypedDict):
    """What every table says: the day on which it was last compared with its sources."""

    asof: str
    stale_after: Annotated[int, "days behind `asof` from which it is to be compared again"]


class InventoryRow(TypedDict):
    """A table, and how old it is."""

    name: str
    asof: str
    stale_after: int
    source: str


class Inventory(TypedDict):
    """All tables, made of them."""

    tables: list[InventoryRow]


class EngineFlagsRow(TypedDict):
    """The flags of one engine, each table by release."""

    programs: list[str]
    modules: Annotated[list[str], "of Python"]
    exact: Annotated[bool, "whether no flag may be shortened"]
    separator: Annotated[str, "what stands between the words of a flag: they are kept with `-`"]
    releases: Annotated[list[str], "those that were read, the oldest first"]
    since: Annotated[dict[str, list[str]], "by release; empty: of one that is not known"]
    gone: dict[str, list[str]]
    variables_gone: dict[str, list[str]]


class EngineFlagsTable(Dated):
    """The flags of engines by release."""

    source: str
    engines: dict[str, EngineFlagsRow]


class ModelShapeRow(TypedDict):
    """The shape of a model, by a part of its name."""

    name: str
    heads: int
    context: Annotated[int, "tokens"]
    layers: NotRequired[Annotated[int, "those that keep all tokens; none: not known"]]
    sliding: NotRequired[Annotated[int, "the layers that keep a window"]]
    window: NotRequired[Annotated[int, "tokens"]]
    kv_heads: NotRequired[int]
    head_size: NotRequired[int]
    latent: NotRequired[Annotated[int, "elements of a layer and token, with latent attention"]]


class LengthLimitRow(TypedDict):
    """An engine that takes no longer sequences than its model is made for."""

    engine: str
    variable: Annotated[str, "makes it take them"]
    flags: Annotated[list[str], "change the model's own length"]


class ModelShapeTable(Dated):
    """The shapes of models."""

    source: str
    strict: Annotated[list[str], "engines that end where heads cannot be divided"]
    kept_by: Annotated[list[str], "words of names that leave the length as it is"]
    tuned: Annotated[list[str], "beginnings of names whose length is that of the chat models"]
    unsure: Annotated[list[str], "beginnings of names whose length engines read elsewhere"]
    limits: list[LengthLimitRow]
    shapes: list[ModelShapeRow]


class NodeLabelRow(TypedDict):
    """A label of nodes."""

    key: str
    values: Annotated[list[str], "those that exist"]
    meant: Annotated[dict[str, list[str]], "a value, by globs of what is written in its place"]


class MachineTypeRow(TypedDict):
    """Types of machines of clouds that have one product."""

    product: Annotated[str, "as GPU feature discovery calls it"]
    globs: Annotated[list[str], "of the names of types, in lower case"]


class NodeLabelTable(Dated):
    """Labels that name accelerators."""

    source: str
    labels: list[NodeLabelRow]
    products: Annotated[list[str], "keys of those whose value names the product"]
    machines: Annotated[list[str], "keys of those whose value names the type of the machine"]
    machine_types: list[MachineTypeRow]


class ObsoleteVariableRow(TypedDict):
    """A variable that is out of use."""

    name: str
    by: Annotated[str, "who does not read it any more, as the end of a sentence"]
    replacement: str
    beside: Annotated[list[str], "variables next to which it is there for older releases only"]
    kept_by: Annotated[list[str], "engines whose documentation still tells it"]


class VariableTable(Dated):
    """Variables that are out of use."""

    source: str
    obsolete: list[ObsoleteVariableRow]


class GpuFloorRow(TypedDict):
    """The least compute capability for values of an option of an engine."""

    engine: str
    option: Annotated[Literal["dtype", "quantization", ""], "empty: the engine at all"]
    values: list[str]
    capability: str
    effect: Annotated[Literal["refused", "slow", "emulated"], "as the head of the table says"]
    since: Annotated[str, "the release from which on it holds, or empty"]
    before: Annotated[str, "the release up to which it holds, or empty"]
    instead: Annotated[str, "the value that older GPUs compute in, or empty"]
    source: str


class BuildRow(TypedDict):
    """An image of which each tag is compiled for one kind of GPU."""

    glob: str
    release: Annotated[str, "pattern of what stands in a tag behind the build"]
    capabilities: Annotated[dict[str, str], "of each build, by what stands before the release"]
    source: str


class GpuFloorTable(Dated):
    """What engines need of GPUs."""

    source: str
    builds: list[BuildRow]
    linked: Annotated[list[str], "globs over labels of products, in lower case, that have NVLink"]
    floors: list[GpuFloorRow]


class SignalRow(TypedDict):
    """A metric that answers a signal of a scorecard."""

    engine: str
    signal: str
    shape: Literal["histogram", "gauge", "ratio"]
    metric: str
    where: NotRequired[Annotated[dict[str, str], "whole-value patterns of labels that it has"]]
    unless: NotRequired[Annotated[dict[str, str], "whole-value patterns of labels that it lacks"]]
    per: NotRequired[Annotated[list[str], "the counters by which that of a ratio is divided"]]
    scale: NotRequired[Annotated[float, "by what a value is multiplied for the signal's unit"]]
    sparse: NotRequired[Annotated[bool, "whether there is no series before its first event"]]
    source: str


class SignalTable(Dated):
    """Which metric of an engine answers which signal."""

    source: str
    signals: list[SignalRow]


class MetricRow(TypedDict):
    """A metric: its name as a query asks for it, without the suffixes of histograms."""

    name: str
    type: Annotated[
        Literal["counter", "gauge", "histogram", "summary", "varies"],
        "as Prometheus has it; `varies`: another one before, or not what it says",
    ]
    unit: NotRequired[Literal["seconds", "milliseconds", "microseconds", "ratio", "percent"]]
    meaning: NotRequired[Annotated[str, "what several engines have under names of their own"]]
    since: NotRequired[Annotated[str, "the first release with it"]]
    deprecated: NotRequired[str]
    gone: NotRequired[Annotated[str, "the release without it; `yes`: it is not known which"]]
    instead: NotRequired[Annotated[str, "the metric, or the expression, that took its place"]]
    kept_by: NotRequired[Annotated[str, "the flag that has releases after `gone` show it"]]
    buckets: NotRequired[Annotated[list[float], "all bounds of any release"]]
    router: NotRequired[Annotated[Literal["only", "too"], "shown by the engine's router, or too"]]


class ExporterRow(TypedDict):
    """What shows metrics, and which."""

    name: str
    title: str
    engine: Annotated[str, "whose metrics these are, by the name of its table; empty: of none"]
    prefixes: list[str]
    open: NotRequired[Annotated[list[str], "beginnings of names that plug-ins make"]]
    read: NotRequired[Annotated[list[str], "the first and the last release that were read"]]
    bucket_flags: NotRequired[Annotated[list[str], "those that change the buckets"]]
    source: str
    metrics: list[MetricRow]


class SeriesLabelRow(TypedDict):
    """A label that an exporter gives its series."""

    exporter: str
    label: str
    metrics: Annotated[list[str], "those that have it; empty: all"]
    values: Annotated[list[str], "all that it may be; empty: anything"]
    mistaken: Annotated[list[str], "what it is called by mistake"]
    named_by: Annotated[list[str], "flags that say it; it is the name of the model then"]


class BareMetricRow(TypedDict):
    """A metric whose name has no prefix."""

    name: str
    engine: Annotated[str, "what shows it, by the name of its table"]
    metric: Annotated[str, "the same one under the name of another exporter"]
    source: str


class MetricTable(Dated):
    """Metrics of servers and GPUs."""

    source: str
    bare: Annotated[list[BareMetricRow], "names that anybody may have"]
    labels: list[SeriesLabelRow]
    exporters: list[ExporterRow]


class QueryLanguageTable(Dated):
    """Functions of languages that look like PromQL."""

    source: str
    metricsql: Annotated[list[str], "functions of MetricsQL alone"]
    logql: Annotated[list[str], "functions of LogQL alone"]


class TimeoutAnnotationRow(TypedDict):
    """The annotation that says how long a controller waits."""

    controller: str
    annotation: str
    form: Literal["seconds", "nginx", "haproxy", "suffixed", "envoy"]
    limits: Literal["total", "idle"]
    example: Annotated[str, "how ten minutes are written"]
    default: Annotated[int, "seconds"]
    source: str


class SecondsRow(TypedDict):
    """An annotation that is a whole number of seconds."""

    annotation: str
    source: str


class RetiredRow(TypedDict):
    """A controller that nobody mends any more."""

    controller: str
    title: str
    ended: Annotated[str, "the last month in which somebody did, `YYYY-MM`"]
    source: str


class DefaultRow(TypedDict):
    """How long a controller waits where nothing is written."""

    controller: str
    default: Annotated[int, "seconds"]
    source: str


class RouteTable(Dated):
    """Controllers of routes."""

    source: str
    annotated: list[TimeoutAnnotationRow]
    defaults: list[DefaultRow]
    seconds: list[SecondsRow]
    retired: list[RetiredRow]


# `except` is a word of Python.
FlagConflictRow = TypedDict(
    "FlagConflictRow",
    {
        "engine": str,
        "flag": str,
        "other": NotRequired[Annotated[str, "the flag beside which it is refused"]],
        "needs": NotRequired[Annotated[str, "the flag without which it is refused"]],
        "values": NotRequired[Annotated[list[str], "those of the flag for which it holds"]],
        "except": NotRequired[Annotated[list[str], "those of the other for which it does not"]],
        "above": NotRequired[Annotated[int, "what the other has to exceed"]],
        "order": NotRequired[Annotated[Literal["below", "most"], "of its number to the other's"]],
        "source": str,
    },
)


class FlagConflictTable(Dated):
    """Flags that servers refuse because of another one."""

    source: str
    conflicts: list[FlagConflictRow]


class CompanionRow(TypedDict):
    """What a server fetches from a hub besides its model."""

    engine: str
    flag: Annotated[str, "the flag that names it"]
    what: Annotated[str, "what it is, in words"]
    form: Literal["name", "json", "pairs", "list"]
    revisions: Annotated[list[str], "flags that say its revision, the first that is set counts"]
    own: Annotated[bool, "whether the first of them is for it alone"]
    source: str


class FlagNumberRow(TypedDict):
    """Flags of an engine that take a number of one form."""

    engine: str
    form: Literal["whole", "decimal", "tokens"]
    flags: Annotated[list[str], "by their main names, without dashes"]
    least: NotRequired[Annotated[int, "the smallest number that is taken"]]
    most: NotRequired[Annotated[int, "the largest number that is taken"]]
    source: str


class FlagNumberTable(Dated):
    """Flags of which servers take a number only."""

    source: str
    numbers: list[FlagNumberRow]


class FlagWordsRow(TypedDict):
    """A flag whose words grow with the releases of its engine."""

    engine: str
    flag: Annotated[str, "by its main name, without dashes"]
    plugin: Annotated[str, "the flag that brings further words, empty without"]
    needs: Annotated[str, "the flag without which the word is not looked at, empty without"]
    releases: Annotated[list[str], "those whose sources were read, in order"]
    since: Annotated[dict[str, list[str]], "by release, the words that came with it"]
    gone: Annotated[dict[str, list[str]], "by release, the words that it has no more"]
    source: str


class FlagWordsTable(Dated):
    """Flags that take words which grow with the releases."""

    source: str
    words: list[FlagWordsRow]


class OtherServerRow(TypedDict):
    """A server, by words in names and by the first words of its commands."""

    name: str
    title: str
    models: Annotated[bool, "whether it serves models"]
    routes: NotRequired[Annotated[bool, "whether it shows metrics under the names of an engine"]]
    words: list[str]
    programs: Annotated[list[list[str]], "`python` is any interpreter with `-m`"]
    source: str


class NamesakeRow(TypedDict):
    """What the words that start an engine start as well, by what it is told."""

    engine: str
    title: str
    flags: Annotated[
        dict[str, list[str]], "flags that are only its own, with the values; empty: any"
    ]
    variables: Annotated[list[str], "variables that only it reads"]
    models: Annotated[list[str], "globs over the models that only it serves"]
    source: str


class OtherServerTable(Dated):
    """Servers without a table of their own."""

    source: str
    servers: list[OtherServerRow]
    namesakes: list[NamesakeRow]
