from __future__ import annotations

import pytest

from imagelint.knowledge.serving.healthpaths import is_health_path


@pytest.mark.parametrize("path", ["/health", "/v2/health/ready/", "/healthz", "/-/healthz"])
def test_what_servers_tell_how_they_are_by(path: str) -> None:
    assert is_health_path(path)


@pytest.mark.parametrize("path", ["/v1/completions", "/up", "/api/up"])
def test_what_tells_something_else(path: str) -> None:
    assert not is_health_path(path)
