"""What others say of files: BuildKit's parser, schemas of Kubernetes and Compose, engines."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import dockerfile
import kubernetes_validate
import yaml
from check_jsonschema.builtin_schemas import get_builtin_schema
from jsonschema import Draft202012Validator

from imagelint.core.report import Report
from imagelint.core.source import Source
from imagelint.documents.serving.command import ServingCommand
from imagelint.knowledge.kubernetes.enumerations import enumerated
from imagelint.knowledge.serving.flags import number_flags
from imagelint.knowledge.settings.keys import setting_keys
from imagelint.run.reading.recognition import recognise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from imagelint.knowledge.engines import Engine

KUBERNETES = "1.34"


def refusals(files: Mapping[str, str]) -> list[str]:
    """In words, all that the readers of files would refuse; of kinds without a reader, nothing."""
    return [f"{name}: {wrong}" for name, text in files.items() for wrong in _refused(name, text)]


def _refused(name: str, text: str) -> Iterator[str]:
    document = recognise(Source(name, text))
    if isinstance(document, Report):
        return
    if document.kind in _READERS:
        yield from _READERS[document.kind](text)
    for node in document.walk():
        if isinstance(node, ServingCommand) and node.facts:
            yield from _by_engine(node, node.facts)


def _by_engine(server: ServingCommand, engine: Engine) -> Iterator[str]:
    """Flags that stand nowhere in the engine's table."""
    known = {*engine.flags, *engine.booleans, *engine.lists, *engine.config_flags}
    known |= {*engine.multi_node, *(removed.replacement for removed in engine.removed)}
    known |= {*enumerated(engine.name), *number_flags(engine.name), *setting_keys(engine.name)}
    for switch in server.switches:
        whole, _, _ = switch.name.partition(".")
        if not {switch.name, whole} & known and not switch.variable:
            yield f"{engine.title} has no {switch.written}"


def _by_buildkit(text: str) -> Iterator[str]:
    try:
        dockerfile.parse_string(text)
    except dockerfile.GoParseError as error:
        yield str(error)


def _by_kubernetes(text: str) -> Iterator[str]:
    for manifest in yaml.safe_load_all(text):
        if not isinstance(manifest, dict):
            continue
        items = manifest.get("items") if manifest.get("kind") == "List" else None
        for one in items or [manifest]:
            yield from _refused_object(one)


def _refused_object(manifest: dict[str, object]) -> Iterator[str]:
    try:
        kubernetes_validate.validate(manifest, KUBERNETES, strict=True)
    except kubernetes_validate.SchemaNotFoundError:
        return
    except kubernetes_validate.ValidationError as error:
        yield f"{'.'.join(map(str, error.path))}: {error.message}"


def _by_compose(text: str) -> Iterator[str]:
    for error in _compose().iter_errors(yaml.safe_load(text)):
        yield f"{'.'.join(map(str, error.path))}: {error.message}"


@cache
def _compose() -> Draft202012Validator:
    return Draft202012Validator(get_builtin_schema("vendor.compose-spec"))


_READERS: dict[str, Callable[[str], Iterator[str]]] = {
    "compose": _by_compose,
    "dockerfile": _by_buildkit,
    "kubernetes": _by_kubernetes,
}
