"""The form of the tables about servers and their GPUs: see `knowledge.schema`."""

from __future__ import annotations

from typing import Annotated, NotRequired, TypedDict


class EngineFlagsRow(TypedDict):
    """The flags of one engine, each table by release."""

    programs: list[str]
    modules: Annotated[list[str], "of Python"]
    releases: Annotated[list[str], "those that were read, the oldest first"]
    since: dict[str, list[str]]
    gone: dict[str, list[str]]
    variables_gone: dict[str, list[str]]


class EngineFlagsTable(TypedDict):
    """The flags of engines by release."""

    asof: str
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


class ModelShapeTable(TypedDict):
    """The shapes of models."""

    asof: str
    source: str
    strict: Annotated[list[str], "engines that end where heads cannot be divided"]
    shapes: list[ModelShapeRow]


class NodeLabelRow(TypedDict):
    """A label of nodes."""

    key: str
    values: Annotated[list[str], "those that exist"]
    meant: Annotated[dict[str, list[str]], "a value, by globs of what is written in its place"]


class NodeLabelTable(TypedDict):
    """Labels that name accelerators."""

    source: str
    asof: str
    labels: list[NodeLabelRow]
