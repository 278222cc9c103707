"""Kubernetes manifests: objects, pods with their containers, and what leads to and scales them."""

from __future__ import annotations

from imagelint.documents.kubernetes.manifest import Manifest, parse_manifest
from imagelint.documents.kubernetes.objects import Container, KubernetesObject, Pod
from imagelint.documents.kubernetes.wiring.nodes import (
    Backend,
    HorizontalPodAutoscaler,
    HTTPRoute,
    Ingress,
    Metric,
    ScaledObject,
    Service,
    ServicePort,
    Target,
    Trigger,
)

__all__ = [
    "Backend",
    "Container",
    "HTTPRoute",
    "HorizontalPodAutoscaler",
    "Ingress",
    "KubernetesObject",
    "Manifest",
    "Metric",
    "Pod",
    "ScaledObject",
    "Service",
    "ServicePort",
    "Target",
    "Trigger",
    "parse_manifest",
]
