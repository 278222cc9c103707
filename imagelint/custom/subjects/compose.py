"""Subjects of Compose files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.custom.subject import Attribute, Subject
from imagelint.custom.subjects.kubernetes import gpus
from imagelint.custom.subjects.shared import variables
from imagelint.custom.values import Entries, located
from imagelint.custom.yamlvalues import yaml_item
from imagelint.documents.compose.model import ComposeService
from imagelint.documents.yaml.nodes import Mapping as YamlMapping

if TYPE_CHECKING:
    from imagelint.documents.base import Document


def _labels(service: ComposeService, _document: Document) -> object:
    place = service.body["labels"]
    if isinstance(place.node, YamlMapping) or not place.exists:
        return yaml_item(place, complete=True)
    entries = {}
    complete = True
    for item in place.items():
        text = item.text()
        name, equals, value = text.value.partition("=") if isinstance(text, Known) else ("",) * 3
        complete = complete and bool(equals)
        entries[name] = located(Known(value, item.span), item)
    return Entries(entries, place, complete)


COMPOSE = Subject(
    "service",
    (ComposeService,),
    "A service of a Compose file, or a container that `docker run` starts in a script.",
    "compose.yaml",
    "privileged-container",
    (
        Attribute("name", "string", "Its name.", lambda one, _: Known(one.name, one.span)),
        Attribute("image", "image", "Its image.", lambda one, _: one.image),
        Attribute("builds", "bool", "Whether its image is built here.", lambda one, _: one.builds),
        Attribute(
            "env",
            "map",
            "Its variables; those of `env_file` are unknown.",
            lambda one, _: variables(one.env, one, complete=one.env_complete),
        ),
        Attribute("labels", "map", "Its labels.", _labels),
        Attribute(
            "gpus",
            "double",
            "How many GPUs it asks for, 0 for none.",
            lambda one, _: gpus(one.runtime),
        ),
        Attribute(
            "body",
            "yaml",
            "All that is written of it.",
            lambda one, _: yaml_item(one.body, complete=one.env_complete),
        ),
    ),
)
