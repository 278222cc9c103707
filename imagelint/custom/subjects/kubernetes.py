"""Subjects of Kubernetes' manifests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.custom.subject import Attribute, Subject
from imagelint.custom.subjects.shared import variables
from imagelint.custom.values import Items
from imagelint.custom.yamlvalues import yaml_item
from imagelint.documents.kubernetes.objects import Container, KubernetesObject, Pod
from imagelint.documents.runtime.field import Field, Place

if TYPE_CHECKING:
    from imagelint.documents.base import Document
    from imagelint.documents.runtime.model import Runtime


def _inside(one: KubernetesObject, *keys: str) -> object:
    return yaml_item(one.body.at(*keys), complete=not one.incomplete)


def gpus(runtime: Runtime) -> Field[float]:
    """How many GPUs a container asks for, 0 where it certainly asks for none."""
    asked = runtime.gpus
    if isinstance(asked, Known):
        return Field(asked.value.quantity, Place(asked.value.span, asked.value.path))
    nothing: Fact[float] = Known(0.0) if asked is ABSENT else UNKNOWN
    return Field(nothing, Place(runtime.span, runtime.path))


def _total(pod: Pod, _document: Document) -> Field[float]:
    place = Place(pod.span, pod.path)
    total = 0.0
    for container in pod.containers:
        if not container.serves:
            continue
        asked = gpus(container.runtime)
        if not isinstance(asked.value, Known):
            return Field(UNKNOWN, asked.place)
        if asked.value.value:
            place = Place(asked.span, asked.path)
        total += asked.value.value
    return Field(Known(total), place)


def _of_pod(pod: Pod, *keys: str) -> object:
    complete = not (pod.owner.incomplete or pod.partial)
    return yaml_item(pod.template.at(*keys), complete=complete)


def _spec(pod: Pod) -> object:
    """What is written of the pods themselves, under whichever key: KServe has it in a predictor."""
    return yaml_item(pod.spec, complete=not (pod.owner.incomplete or pod.partial))


def _labels(pod: Pod, _document: Document) -> object:
    return _of_pod(pod, "metadata", "labels")


def _in_container(one: Container, *keys: str) -> object:
    return yaml_item(one.body.at(*keys), complete=not one.partial)


def _list_of(one: Container, key: str) -> object:
    item = yaml_item(one.body[key], complete=not one.partial)
    return item if isinstance(item.value, Items) or item.value in (ABSENT, UNKNOWN) else UNKNOWN


OBJECT = Subject(
    "object",
    (KubernetesObject,),
    "An object of Kubernetes: a Deployment, a Service, a ConfigMap, a custom resource.",
    "manifest.yaml",
    "dashboard-exposed",
    (
        Attribute("kind", "string", "`Deployment`", lambda one, _: _inside(one, "kind")),
        Attribute("api_version", "string", "`apps/v1`", lambda one, _: _inside(one, "apiVersion")),
        Attribute("group", "string", "`apps`; empty for the core.", lambda one, _: one.group),
        Attribute("name", "string", "Its name.", lambda one, _: _inside(one, "metadata", "name")),
        Attribute(
            "namespace",
            "string",
            "The namespace that is written.",
            lambda one, _: _inside(one, "metadata", "namespace"),
        ),
        Attribute(
            "labels", "map", "Its labels.", lambda one, _: _inside(one, "metadata", "labels")
        ),
        Attribute(
            "annotations",
            "map",
            "Its annotations.",
            lambda one, _: _inside(one, "metadata", "annotations"),
        ),
        Attribute("spec", "yaml", "Its spec.", lambda one, _: _inside(one, "spec")),
        Attribute("body", "yaml", "All of it.", lambda one, _: _inside(one)),
    ),
)
POD = Subject(
    "pod",
    (Pod,),
    "A pod, or the template of pods in a workload.",
    "manifest.yaml",
    "host-path",
    (
        Attribute("object", "object", "The object that it is made of.", lambda one, _: one.owner),
        Attribute("labels", "map", "The labels of the pods.", _labels),
        Attribute(
            "annotations",
            "map",
            "The annotations of the pods.",
            lambda one, _: _of_pod(one, "metadata", "annotations"),
        ),
        Attribute(
            "replicas",
            "int",
            "How many are made; absent where the object does not say.",
            lambda one, _: one.replicas,
        ),
        Attribute(
            "containers",
            "list(container)",
            "Its containers, init containers too.",
            lambda one, _: one.containers,
        ),
        Attribute(
            "gpus", "double", "The GPUs, or other accelerators, that one pod asks for.", _total
        ),
        Attribute("restarts", "bool", "False for pods that end.", lambda one, _: one.restarts),
        Attribute("spec", "yaml", "Its spec.", lambda one, _: _spec(one)),
    ),
)
CONTAINER = Subject(
    "container",
    (Container,),
    "A container of a pod.",
    "manifest.yaml",
    "capabilities-kept",
    (
        Attribute("name", "string", "Its name.", lambda one, _: _in_container(one, "name")),
        Attribute(
            "role",
            "string",
            "`container`, `init`, `sidecar` or `ephemeral`.",
            lambda one, _: one.role,
        ),
        Attribute("object", "object", "The object in which it stands.", lambda one, _: one.owner),
        Attribute(
            "image",
            "image",
            "Its image.",
            lambda one, _: one.image or (UNKNOWN if one.partial else ABSENT),
        ),
        Attribute(
            "env",
            "map",
            "Its variables; those of `envFrom` are unknown.",
            lambda one, _: variables(one.env, one, complete=one.env_complete and not one.partial),
        ),
        Attribute(
            "command", "list(string)", "Its command.", lambda one, _: _list_of(one, "command")
        ),
        Attribute("args", "list(string)", "Its arguments.", lambda one, _: _list_of(one, "args")),
        Attribute(
            "requests",
            "map",
            "The resources that it asks for.",
            lambda one, _: _in_container(one, "resources", "requests"),
        ),
        Attribute(
            "limits",
            "map",
            "The resources that it may use.",
            lambda one, _: _in_container(one, "resources", "limits"),
        ),
        Attribute(
            "gpus",
            "double",
            "How many GPUs it asks for, 0 for none.",
            lambda one, _: gpus(one.runtime),
        ),
        Attribute("body", "yaml", "All that is written of it.", lambda one, _: _in_container(one)),
    ),
)
