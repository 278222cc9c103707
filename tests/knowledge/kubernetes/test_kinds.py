from __future__ import annotations

import pytest

from imagelint.knowledge.kubernetes.kinds import (
    Served,
    is_own_group,
    may_mean_own_group,
    meant_kind,
    served,
    versions,
)


def test_versions_that_are_served_come_first() -> None:
    first, *others = served("HorizontalPodAutoscaler")
    assert first == Served("autoscaling/v2", "")
    assert Served("autoscaling/v2beta2", "1.26") in others
    assert served("Rollout") == ()
    assert "v1" in versions()


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("Deployment", "Deployment"),
        ("deployment", "Deployment"),
        ("DEPLOYMENTS", "Deployment"),
        ("ingresses", "Ingress"),
        ("networkpolicy", "NetworkPolicy"),
        ("Deploymnet", "Deployment"),
        ("Endpoint", "Endpoints"),
        ("InferenceService", ""),
        ("", ""),
    ],
)
def test_what_a_word_must_have_meant(word: str, kind: str) -> None:
    assert meant_kind(word) == kind


def test_groups_with_a_dot_are_of_others_unless_they_are_known() -> None:
    assert is_own_group("")
    assert is_own_group("networking.k8s.io")
    assert not is_own_group("app")
    assert all(map(may_mean_own_group, ("app", "apps.k8s.io", "storage.k8s.io")))
    assert not may_mean_own_group("gateway.networking.k8s.io")
    assert not may_mean_own_group("serving.knative.dev")
