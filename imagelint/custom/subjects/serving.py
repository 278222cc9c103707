"""Subjects about servers of models, and what scales and leads to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN, Known
from imagelint.custom.subject import Attribute, Subject
from imagelint.custom.subjects.kubernetes import gpus
from imagelint.custom.subjects.shared import said, variables
from imagelint.custom.values import Entries, located
from imagelint.documents.serving.command import ServingCommand
from imagelint.documents.serving.scaling import Autoscaler, Route

if TYPE_CHECKING:
    from imagelint.documents.base import Document


def _flags(server: ServingCommand, _document: Document) -> Entries:
    """The last flag of a name counts, a variable where there is none."""
    found = sorted(server.switches, key=lambda switch: not switch.variable)
    entries = {switch.name: located(switch.value, switch) for switch in found}
    known = server.facts
    if known is not None and not server.launch.env_complete:
        # What variables that are not seen may set, and only that, may be set.
        for flag in known.environment.values():
            entries.setdefault(flag, located(UNKNOWN, server))
    return Entries(entries, server, server.complete and known is not None, filled=False)


SERVER = Subject(
    "server",
    (ServingCommand,),
    "A server of language models: in a Dockerfile, a container, a service, a script.",
    "manifest.yaml",
    "cache-volume-missing",
    (
        Attribute(
            "engine",
            "string",
            "The name of the table that knows it (docs/engines.md); unknown where none does.",
            lambda one, _: Known(one.engine, one.span) if one.engine else UNKNOWN,
        ),
        Attribute(
            "version",
            "string",
            "The engine's version, where the image tells it.",
            lambda one, _: one.engine_version,
        ),
        Attribute(
            "model",
            "string",
            "The model as given: an id, a path, a URL.",
            lambda one, _: one.model,
        ),
        Attribute(
            "flags",
            "map",
            "What it is told, by the main name of each flag without dashes: "
            '`server.flags["tensor-parallel-size"]`. Variables that mean the same count.',
            _flags,
        ),
        Attribute(
            "gpus",
            "double",
            "How many GPUs its container asks for.",
            lambda one, _: gpus(one.launch.runtime),
        ),
        Attribute(
            "world_size",
            "int",
            "How many GPUs it needs as it is told.",
            lambda one, _: one.world_size(),
        ),
        Attribute(
            "weights_gb",
            "double",
            "GB that the weights take in memory.",
            lambda one, _: one.weights_gb(),
        ),
        Attribute("image", "image", "The image of its container.", lambda one, _: one.launch.image),
        Attribute(
            "env",
            "map",
            "The variables of its container.",
            lambda one, _: variables(one.launch.env, one, complete=one.launch.env_complete),
        ),
        Attribute(
            "place",
            "string",
            "Where it stands: `pod`, `compose` or `image`.",
            lambda one, _: one.launch.runtime.kind,
        ),
        Attribute(
            "workload",
            "string",
            "The kind of the object: `Deployment`, `InferenceService` …",
            lambda one, _: said(one.launch.runtime.owner, one),
        ),
        Attribute(
            "namespace",
            "string",
            "The namespace that is written.",
            lambda one, _: said(one.launch.runtime.namespace, one),
        ),
    ),
)
AUTOSCALER = Subject(
    "autoscaler",
    (Autoscaler,),
    "What scales a workload: a HorizontalPodAutoscaler, a ScaledObject of KEDA, Knative.",
    "manifest.yaml",
    "cpu-hpa-on-gpu",
    (
        Attribute("kind", "string", "The kind of the object.", lambda one, _: one.kind),
        Attribute("name", "string", "Its name.", lambda one, _: said(one.name, one)),
        Attribute(
            "namespace",
            "string",
            "The namespace that is written.",
            lambda one, _: said(one.namespace, one),
        ),
        Attribute("minimum", "int", "The fewest replicas.", lambda one, _: one.minimum),
        Attribute("maximum", "int", "The most replicas.", lambda one, _: one.maximum),
        Attribute(
            "target_kind",
            "string",
            "The kind of what it scales.",
            lambda one, _: one.target_kind,
        ),
        Attribute(
            "target_name",
            "string",
            "The name of what it scales.",
            lambda one, _: one.target_name,
        ),
    ),
)
ROUTE = Subject(
    "route",
    (Route,),
    "A way in from outside: an Ingress, a rule of an HTTPRoute or VirtualService.",
    "manifest.yaml",
    "body-limit-small",
    (
        Attribute("kind", "string", "The kind of the object.", lambda one, _: one.kind),
        Attribute("name", "string", "Its name.", lambda one, _: said(one.name, one)),
        Attribute(
            "namespace",
            "string",
            "The namespace that is written.",
            lambda one, _: said(one.namespace, one),
        ),
        Attribute(
            "controller",
            "string",
            "`nginx`, `alb`, `istio` …, where it is told.",
            lambda one, _: said(one.controller, one),
        ),
        Attribute(
            "services",
            "list(string)",
            "The names of the Services that it leads to.",
            lambda one, _: tuple(name for name, _ in one.backends),
        ),
        Attribute(
            "annotations",
            "map",
            "Its annotations.",
            lambda one, _: Entries(
                {key: located(value, one) for key, value in one.annotations}, one
            ),
        ),
    ),
)
