"""Images that lie about themselves: each ends in one category, and harms no other."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from imagelint.audit.inspection import look
from imagelint.audit.options import AuditOptions
from imagelint.testing.registry import MEDIA
from tests.audit.conftest import listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

    from imagelint.audit.targets import Target
    from imagelint.testing.registry import MemoryRegistry
    from tests.audit.conftest import Auditor

QUICK = AuditOptions(seconds=5)


def config_of(registry: MemoryRegistry, repository: str, digest: str) -> str:
    """The digest of an image's configuration."""
    return str(json.loads(registry.manifests[repository, digest])["config"]["digest"])


def test_bytes_that_are_no_text_end_in_one_category_and_nothing_else(
    registry: MemoryRegistry, audit: Auditor
) -> None:
    registry.image("good/app")
    data = registry.blobs[config_of(registry, "bad/app", registry.image("bad/app"))]
    value = json.loads(registry.manifests["bad/app", "v1"])
    value["config"] = registry.blob(data.replace(b"10001", b"1\xff"), f"{MEDIA}config.v1+json")
    registry.manifest("bad/app", value, "v1")
    done = audit("-", stdin=listed(registry, "bad/app:v1", "good/app:v1"), options=QUICK)
    assert done.categories == {"bad/app:v1": "audited", "good/app:v1": "audited"}


def test_an_image_that_calls_itself_something_else_is_audited(
    registry: MemoryRegistry, audit: Auditor
) -> None:
    entry = {"mediaType": f"{MEDIA}manifest.v1+json", "artifactType": "application/x", "size": 1}
    index: dict[str, object] = {"schemaVersion": 2, "mediaType": f"{MEDIA}index.v1+json"}
    platform = {"os": "linux", "architecture": "amd64"}
    for name, more in (("bad/one", {"platform": platform}), ("bad/two", {})):
        part = {**entry, "digest": registry.image(name, "part", User="root"), **more}
        registry.manifest(name, {**index, "manifests": [part]}, "v1")
    chart = {
        "schemaVersion": 2,
        "config": registry.blob(b"{}", "application/vnd.cncf.helm.config.v1+json"),
        "layers": [],
    }
    part = {**entry, "digest": registry.manifest("charts/app", chart)}
    registry.manifest("charts/app", {**index, "manifests": [part]}, "v1")
    names = listed(registry, "bad/one:v1", "bad/two:v1", "charts/app:v1")
    done = audit("-", stdin=names, options=QUICK)
    assert done.categories == {
        "bad/one:v1": "audited",
        "bad/two:v1": "audited",
        "charts/app:v1": "not-an-image",
    }
    assert done.overview.findings.total


def test_a_defect_costs_one_image_and_not_all_others(
    registry: MemoryRegistry, audit: Auditor, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry.image("bad/app")
    registry.image("good/app")

    def broken(target: Target, *rest: Any) -> object:
        if target.tag == "v1" and "bad/" in target.repository:
            raise RuntimeError("a defect")
        return look(target, *rest)

    monkeypatch.setattr("imagelint.audit.worker.look", broken)
    done = audit(f"registry://{registry.host}", options=QUICK)
    assert done.categories == {"bad/app:v1": "tool-failed", "good/app:v1": "audited"}
    assert "RuntimeError: a defect" in done.results["bad/app:v1"].detail
    assert done.outcome == "incomplete"


ODD: tuple[object, ...] = (
    *(None, True, -1, 1.5, 10**30, "", "\0", "\ud800", "\x1b[2J", "x" * 5000, [], {}, [None]),
    *({"\0": "\ud800"}, float("nan"), [[[]]], "9999-13-45T99:99:99Z", f"sha512:{'a' * 128}"),
)


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The ways to all values within a value."""
    if isinstance(value, dict | list):
        for key, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield (*at, key)
            yield from places(each, (*at, key))


def test_whatever_images_say_of_themselves_each_ends_in_one_category(
    registry: MemoryRegistry, audit: Auditor
) -> None:
    audit.policies = ("strict",)
    said = json.loads(registry.blobs[config_of(registry, "a/app", registry.image("a/app", "v0"))])
    made = json.loads(registry.manifests["a/app", "v0"])
    for number, (which, way) in enumerate(
        [
            *(("config", way) for way in places(said)),
            *(("manifest", way) for way in places(made)),
        ]
    ):
        for odd in (ODD[number % len(ODD)], ODD[(7 * number + 3) % len(ODD)]):
            values = {"config": deepcopy(said), "manifest": deepcopy(made)}
            at: Any = values[which]
            for key in way[:-1]:
                at = at[key]
            at[way[-1]] = odd
            if which == "config":
                data = json.dumps(values["config"]).encode()
                values["manifest"]["config"] = registry.blob(data, f"{MEDIA}config.v1+json")
            registry.manifest("a/app", values["manifest"], f"v{len(registry.tags['a/app'])}")
    done = audit(f"registry://{registry.host}", options=QUICK)
    assert len(done.results) > 50
    assert set(done.categories.values()) <= {"audited", "malformed", "gone", "not-an-image"}
    assert not [one for one in done.reader.problems(done.audited.run.id) if "crash" in one.kind]
