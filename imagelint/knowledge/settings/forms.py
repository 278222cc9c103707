"""The form of the table about the keys of settings: see `knowledge.schema`."""

from __future__ import annotations

from typing import Annotated, NotRequired, TypedDict

from imagelint.knowledge.serving.forms import Dated


class SettingRow(TypedDict):
    """The keys of one structure of an engine."""

    engine: str
    flag: Annotated[str, "what takes it as JSON; empty: the file of settings"]
    section: Annotated[str, "the key whose own keys these are; empty: those at the top"]
    keys: Annotated[list[str], "all that any release had; empty: any is taken"]
    closed: Annotated[list[str], "the keys whose words are the same in all releases"]
    until: Annotated[str, "the newest release that was read; empty: they were not told apart"]
    words: Annotated[dict[str, list[str]], "the words that a key takes"]
    source: str


class SettingKeyTable(Dated):
    """The keys of structures that servers are told."""

    source: str
    settings: list[SettingRow]


class BufferRow(TypedDict):
    """What an engine keeps in the memory of its host because it is told to."""

    engine: str
    flag: Annotated[str, "says how much; empty where a variable does"]
    variable: Annotated[str, "says how much; empty where a flag does"]
    unit: Annotated[int, "of a number, in bytes"]
    each: Annotated[bool, "whether every process of a GPU keeps as much"]
    needs: Annotated[str, "the flag without which nothing is kept"]
    weights: Annotated[bool, "whether it is no more than the weights of the model"]
    names: NotRequired[Annotated[str, "what stands in the value of `needs`"]]
    until: NotRequired[Annotated[str, "the first release that keeps nothing any more"]]
    source: str


class HeldRow(TypedDict):
    """By which flags all weights are in the memory of a server that has no GPU."""

    engine: str
    on: Annotated[list[str], "flags by which they are, where they are switched on"]
    off: Annotated[list[str], "flags by which they are, where they are switched off"]
    source: str


class HostMemoryTable(Dated):
    """What servers keep in the memory of their hosts."""

    source: str
    buffers: list[BufferRow]
    held: list[HeldRow]


class PathFlagRow(TypedDict):
    """Flags of an engine that take a path."""

    engine: str
    flags: Annotated[list[str], "without dashes, by their main names"]
    source: str


class PathFlagTable(Dated):
    """Flags that take the path of a file or of a folder in the container."""

    source: str
    held: Annotated[list[str], "folders at the top of the engines' own images"]
    paths: list[PathFlagRow]


class ModelReleaseRow(TypedDict):
    """A family of models, and the releases of an engine that know it."""

    engine: str
    title: str
    globs: Annotated[list[str], "over the last part of a model's name, in small letters"]
    without: Annotated[str, "the newest release that certainly does not know it"]
    since: Annotated[str, "the first one that was read and does"]


class ModelReleaseTable(Dated):
    """Models that an engine knows from some release on."""

    source: str
    models: list[ModelReleaseRow]


class GatewayRow(TypedDict):
    """What stands before servers."""

    title: str
    images: Annotated[list[str], "globs over registry/repository"]
    asks: Annotated[list[str], "paths on which it asks all its models"]
    alive: Annotated[str, "the path on which it answers by itself"]
    source: str


class GatewayTable(Dated):
    """What stands before servers, and asks them when it is asked how it is."""

    source: str
    gateways: list[GatewayRow]


TABLES: dict[str, type] = {
    "gateways": GatewayTable,
    "host_memory": HostMemoryTable,
    "model_releases": ModelReleaseTable,
    "path_flags": PathFlagTable,
    "setting_keys": SettingKeyTable,
}
