"""The schema of files of facts: what a site may teach, and what each key means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.knowledge.site.names import (
    CHECKING,
    engine_names,
    option_names,
    privilege_names,
    probe_names,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imagelint.policy.schemas.definitions import Schema

DIALECT = "https://json-schema.org/draft/2020-12/schema"
NAME = "knowledge-1.json"
"""The file under which it is published; the number is that of its form."""

MOST_ENTRIES = 2_000
_GLOB = r"^[^\s\[\]]+$"
_DATE = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_CUDA = r"^[0-9]{1,2}\.[0-9]{1,2}(\.[0-9]{1,2})?$"
_ADDED = ("shared-memory", "volumes", "environment", "arguments", "resources")


def knowledge_schema() -> Schema:
    """The schema of a file of facts."""
    return {
        "$schema": DIALECT,
        "title": "imagelint knowledge",
        "description": "What a site knows of its own, on top of the tables that come along.",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "asof": {
                "description": "The day on which it was last compared: 2026-11-20.",
                "type": "string",
                "format": "date",
                "pattern": _DATE,
            },
            "source": _text("Where the facts are written: an address, a file, a team."),
            "stale-after": _whole("Days behind `asof` from which it is stale.", 1, 3650),
            "gpus": _entries("Products of GPUs.", _gpu()),
            "engines": _entries("Images that hold an engine, and engines of your own.", _engine()),
            "mirrors": _entries("Where images of others lie.", _mirror()),
            "base-images": _entries("Images that yours are built upon.", _base_image()),
            "operators": _entries("What operators make of their objects.", _operator()),
            "models": _entries("Models of your own.", _model()),
            "node-labels": _entries("Labels of nodes.", _node_label()),
        },
    }


def written_knowledge_schema() -> str:
    """The text of the published schema."""
    import json

    return json.dumps(knowledge_schema(), indent=2, ensure_ascii=False) + "\n"


def _gpu() -> Schema:
    return _object(
        ("product", "memory", "capability"),
        product=_glob("The value of nvidia.com/gpu.product; * and ? stand for anything."),
        labels=_globs("Other names of it, in labels and in policies."),
        memory=_number("GB of one device, as sold.", 10_000),
        usable=_number("GB that a process can use of it; without it, all.", 10_000),
        capability=_shaped('Its compute capability, in quotes: "9.0".', r"^[0-9]{1,2}\.[0-9]$"),
        generation=_text("The name of its architecture, where that is not known: Hopper."),
        **{
            "first-cuda": _shaped("The first CUDA release that knows it, in quotes.", _CUDA),
            "last-cuda": _shaped("The last one; without it, the current.", _CUDA),
            "mig": _list(
                "The slices into which it can be cut: 1g.10gb; none: it cannot.",
                {"type": "string", "pattern": "^[0-9]{1,2}g\\.[0-9]{1,3}gb$"},
            ),
        },
    )


def _engine() -> Schema:
    flags = _list("Flags without dashes, the main one first.", {"type": "string", "pattern": r"\S"})
    known = dict.fromkeys(option_names(), flags)
    return _object(
        (),
        images=_globs("Its images, without tags."),
        tags=_text("Their tags: * stands for anything, {version} for the engine's release."),
        bare=_truth("Whether the images run what they are given, instead of the server."),
        name=_shaped("The name of an engine of your own.", "^[a-z][a-z0-9.-]{0,39}$"),
        title=_text("What messages call it."),
        like={
            "description": "An engine that it is as, but for what is said.",
            "enum": list(engine_names()),
        },
        programs=_list("Commands that serve: acme-serve, python -m acme.serve.", _text("")),
        port=_whole("The port on which it listens when it is told none.", 1, 65_535),
        health=_path("A path that answers without work: what probes may ask."),
        readiness=_path("A path that answers once the model is loaded; without it, `health`."),
        generation=_list("Paths that make the model work.", _path("")),
        opens={
            "description": "Whether the port opens before (early) or once the model is there.",
            "enum": ["early", "late", "unknown"],
        },
        variables=_mapping("Variables that stand for a flag, each with the flag's main name."),
        options={
            "description": "The flags by which it is told what others are told, too.",
            "type": "object",
            "additionalProperties": False,
            "properties": known,
        },
        flags=_list("Other flags that take a value, without dashes.", _text("")),
        switches=_list("Flags that take none, without dashes.", _text("")),
        user=_text("The user that its image runs as, in quotes."),
        metrics=_path("The path of its metrics, in Prometheus' format."),
        traits=_traits(),
        **{
            "is": {
                "description": "The engine that these images hold.",
                "enum": list(engine_names()),
            },
            "drain-seconds": _whole("How long it finishes requests when it is told to end.", 0),
        },
    )


def _traits() -> Schema:
    return _object(
        (),
        **{
            "needs-gpu": _truth("Whether it works on GPUs only."),
            "all-gpus": _truth("Whether it uses every GPU without being told."),
            "one-process": _truth("Whether one process drives all its GPUs."),
            "spills-to-cpu": _truth("Whether what does not fit goes to the CPU."),
            "loads-on-request": _truth("Whether the first request loads the model."),
        },
    )


def _mirror() -> Schema:
    return _object(
        ("prefix", "upstream"),
        prefix=_shaped("A registry, or a part of it: registry.corp/mirror.", r"^[^\s*?\[\]@]+$"),
        upstream=_shaped("What lies there: docker.io, nvcr.io/nvidia.", r"^[^\s*?\[\]@]+$"),
    )


def _base_image() -> Schema:
    return _object(
        ("image",),
        image=_glob("Its name without a tag; * and ? stand for anything."),
        tags=_text("Its tags, as a glob; {cuda} stands for the CUDA release."),
        cuda=_shaped('The CUDA release in it, in quotes: "12.4.1".', _CUDA),
        root=_truth("Whether it runs as root when nobody says USER."),
        user=_text('The user that it runs as, in quotes: "1000".'),
        drops=_truth("Whether its entry point begins as root and serves as somebody else."),
        runtime=_text("The word which takes the place of devel in the tag of a smaller flavour."),
        compiler=_truth("Whether it holds CUDA's compiler."),
        lacks=_list("Programs that it certainly lacks.", {"enum": list(CHECKING)}),
    )


def _operator() -> Schema:
    added = _object(
        ("containers",),
        containers=_list(
            "The containers to which it is added: names, * for all, first, single.", _text("")
        ),
        privileges=_list("Fields of the security context.", {"enum": list(privilege_names())}),
        probes=_list("Probes.", {"enum": list(probe_names())}),
        **{key: _truth(f"Whether it may add {key.replace('-', ' ')}.") for key in _ADDED},
    )
    everything = {"enum": ["everything", "nothing"]}
    places = {name: _text("A path of keys: parallelism.tensor.") for name in option_names()}
    tells = _object(
        (),
        engine=_text("The engine that is started where no command is written."),
        address=_text("The path of keys of the model's address: model.uri."),
        words=_list("Variables whose value is appended to the arguments.", _text("")),
        options={
            "description": "Paths of keys by what they set.",
            "type": "object",
            "additionalProperties": False,
            "properties": places,
        },
    )
    return _object(
        ("group", "kinds"),
        group=_shaped("The API group of the objects: serving.corp.example.", r"^[a-z0-9.-]+$"),
        kinds=_list("Their kinds; * for all.", _text("")),
        adds={
            "description": "What its template sets where an object does not; without it, anything.",
            "anyOf": [everything, added],
        },
        tells={"description": "Where an object tells the server something.", **tells},
        images=_list("Keys whose values name images.", _text("")),
        several=_text("A path of keys which says that several pods form one server; * always."),
        **{"makes-pods": _truth("Whether it makes pods of objects that hold none.")},
    )


def _model() -> Schema:
    return _object(
        ("name",),
        name=_shaped("A part of its name, in small letters, without the owner.", r"^[^\sA-Z/]+$"),
        parameters=_number("Billions of parameters.", 100_000),
        bytes=_number("Bytes of a weight as it is published: 1 for FP8, 0.5 for 4 bits.", 8),
        media=_truth("Whether it takes pictures, sound or videos."),
        layers=_whole("Layers with attention that keep all tokens.", 1, 10_000),
        sliding=_whole("Layers that keep only those of a window.", 0, 10_000),
        window=_whole("The tokens of that window.", 0),
        heads=_whole("Heads of attention.", 1, 100_000),
        latent=_whole("What latent attention keeps of a token in a layer.", 0),
        context=_whole("The longest context, in tokens.", 1),
        **{
            "kv-heads": _whole("Heads whose keys and values are kept.", 1, 100_000),
            "head-size": _whole("Elements of a head.", 1, 100_000),
        },
    )


def _node_label() -> Schema:
    globs = _list("Globs over it in small letters.", _text(""))
    return _object(
        ("key",),
        key=_text("The label's key: corp.example/accelerator."),
        product=_truth("Whether its value names the product of a GPU."),
        values=_list("The values that exist.", _text("")),
        meant={
            "description": "A value that exists, with what people write in its place.",
            "type": "object",
            "additionalProperties": globs,
        },
    )


def _entries(description: str, item: Schema) -> Schema:
    return {
        "description": description,
        "type": "array",
        "maxItems": MOST_ENTRIES,
        "items": item,
    }


def _object(required: Iterable[str], **properties: Schema) -> Schema:
    needed = {"required": list(required)} if required else {}
    return {
        "type": "object",
        "additionalProperties": False,
        **needed,
        "properties": {**properties, "note": _text("Anything for readers.")},
    }


def _list(description: str, items: Schema) -> Schema:
    return {"description": description, "type": "array", "maxItems": MOST_ENTRIES, "items": items}


def _globs(description: str) -> Schema:
    return _list(description, {"type": "string", "pattern": _GLOB})


def _glob(description: str) -> Schema:
    return _shaped(description, _GLOB)


def _mapping(description: str) -> Schema:
    return {
        "description": description,
        "type": "object",
        "additionalProperties": {"type": "string", "pattern": r"\S"},
    }


def _path(description: str) -> Schema:
    return _shaped(description, r"^/\S*$")


def _shaped(description: str, pattern: str) -> Schema:
    return {**_described(description), "type": "string", "maxLength": 300, "pattern": pattern}


def _text(description: str) -> Schema:
    return _shaped(description, r"\S")


def _truth(description: str) -> Schema:
    return {"description": description, "type": "boolean"}


def _whole(description: str, least: int, most: int = 1_000_000_000) -> Schema:
    limits = {"minimum": least, "maximum": most}
    return {"description": description, "type": "integer", **limits}


def _number(description: str, most: int) -> Schema:
    return {"description": description, "type": "number", "minimum": 0.01, "maximum": most}


def _described(description: str) -> Schema:
    return {"description": description} if description else {}
