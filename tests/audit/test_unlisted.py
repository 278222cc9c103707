"""What sources list that is no image is told, and never passed over."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from imagelint.audit.options import AuditOptions
from imagelint.audit.summary import summary
from imagelint.store.models import ChainRow
from imagelint.testing.registry import MEDIA, Reply, named
from tests.audit.conftest import listed

if TYPE_CHECKING:
    from pathlib import Path

    from imagelint.testing.registry import Asked, MemoryRegistry
    from tests.audit.conftest import Auditor

QUICK = AuditOptions(seconds=5)


def test_the_summary_tells_what_could_not_be_listed(
    registry: MemoryRegistry, audit: Auditor
) -> None:
    registry.image("team/app")
    registry.image("team/locked")
    registry.script("/v2/team/locked/tags", Reply(403))
    done = audit(f"registry://{registry.host}", options=QUICK)
    (said,) = (one for one in summary(done.prepared.store, done.audited) if "not listed" in one)
    assert f"{registry.host}/team/locked: the registry refuses access" in said


def test_what_could_not_be_listed_is_told_in_a_few_lines(
    registry: MemoryRegistry, audit: Auditor
) -> None:
    bad = [f"Team/App{number}" for number in range(250)]
    registry.script("/v2/_catalog", Reply(200, json.dumps({"repositories": bad}).encode()))
    done = audit(f"registry://{registry.host}", options=QUICK)
    assert len(done.reader.problems(done.audited.run.id)) == 100
    said = list(summary(done.prepared.store, done.audited))
    assert "and 90 more" in "".join(said)
    assert len(said) < 20


def test_a_tag_of_any_length_is_told_in_short(registry: MemoryRegistry, audit: Auditor) -> None:
    registry.image("team/app")
    registry.image("team/app", "t" * 100_000)
    done = audit(f"registry://{registry.host}", options=QUICK)
    (problem,) = done.reader.problems(done.audited.run.id)
    assert len(problem.detail) == 1_000
    assert problem.detail.endswith("t…")


def test_a_registry_without_images_does_not_pass(registry: MemoryRegistry, audit: Auditor) -> None:
    done = audit(f"registry://{registry.host}", options=QUICK)
    assert done.outcome == "incomplete"
    assert "no image was listed" in "".join(summary(done.prepared.store, done.audited))


@pytest.mark.parametrize("name", [f"a/{'b' * 300}", "a:v1", "a@sha256:" + "0" * 64, "../a"])
def test_a_catalog_that_lists_what_is_no_repository(
    registry: MemoryRegistry, audit: Auditor, name: str
) -> None:
    registry.image("team/app")
    listing = {"repositories": [name, "team/app"]}
    registry.script("/v2/_catalog", Reply(200, json.dumps(listing).encode()))
    done = audit(f"registry://{registry.host}", options=QUICK)
    assert done.categories == {"team/app:v1": "audited"}
    assert done.outcome == "incomplete"


@pytest.mark.parametrize("where", ["repositories", "tags"])
def test_pages_of_quay_that_never_end_are_given_up(
    registry: MemoryRegistry, audit: Auditor, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("imagelint.audit.sources.platforms._MOST_PAGES", 5)
    registry.image("ai/app")

    def paged(asked: Asked) -> Reply | None:
        if asked.path.startswith("/v2/"):
            return None
        if "/tag/" in asked.path:
            more = {"tags": [{"name": "v1"}], "has_additional": where == "tags"}
            return Reply(200, json.dumps(more).encode())
        token = {"next_page": str(len(registry.log))} if where == "repositories" else {}
        return Reply(200, json.dumps({"repositories": [{"name": "app"}], **token}).encode())

    registry.script("/", paged)
    done = audit(f"quay://{registry.host}/ai", options=QUICK)
    assert done.categories == {"ai/app:v1": "audited"}
    assert done.outcome == "incomplete"
    assert "more than 5 pages" in done.reader.problems(done.audited.run.id)[0].detail


@pytest.mark.parametrize("item", [{"kind": "Deployment", "spec": {"template": {}}}, {}, 7])
def test_what_is_listed_beside_pods_is_told(
    registry: MemoryRegistry, audit: Auditor, item: object
) -> None:
    registry.image("team/app")
    image = f"{registry.host}/team/app:v1"
    pod = {"kind": "Pod", "spec": {"containers": [{"name": "a", "image": image}]}}
    done = audit("-", stdin=json.dumps({"items": [pod, item]}).encode(), options=QUICK)
    assert done.categories == {"team/app:v1": "audited"}
    assert done.outcome == "incomplete"
    assert "no pod" in done.reader.problems(done.audited.run.id)[0].detail


@pytest.mark.parametrize(
    ("rest", "outcome"),
    [
        ("12MB 2026-01-01T10:00:00Z 3 days ago", "pass"),
        ("v1 605c77e624dd", "pass"),
        ("{host}/team/other:v1", "incomplete"),
        ("redis:7", "incomplete"),
    ],
)
def test_references_on_one_line_are_not_passed_over(
    registry: MemoryRegistry, audit: Auditor, rest: str, outcome: str
) -> None:
    registry.image("team/app")
    line = f"{registry.host}/team/app:v1 {rest.format(host=registry.host)}\n"
    done = audit("-", stdin=line.encode(), options=QUICK)
    assert done.categories == {"team/app:v1": "audited"}
    assert done.outcome == outcome


def test_images_of_files_that_are_not_known_are_told(
    registry: MemoryRegistry, audit: Auditor, here: Path
) -> None:
    registry.image("team/app")
    folder = here / "deploy"
    folder.mkdir()
    services = {"a": {"image": f"{registry.host}/team/app:v1"}, "b": {"image": "app:${TAG}"}}
    (folder / "compose.yaml").write_text(json.dumps({"services": services}))
    (folder / "pod.yaml").write_text("kind: Pod\napiVersion: v1\nspec: [\n")
    done = audit(str(folder), options=QUICK)
    assert done.categories == {"team/app:v1": "audited"}
    assert done.outcome == "incomplete"
    said = {one.reference: one.detail for one in done.reader.problems(done.audited.run.id)}
    assert set(said) == {"deploy/compose.yaml", "deploy/pod.yaml"}
    assert "`app:${TAG}` is cannot be told" in said["deploy/compose.yaml"]


def test_layers_that_are_named_by_another_algorithm_have_chains_like_all(
    registry: MemoryRegistry, audit: Auditor
) -> None:
    value = json.loads(registry.manifests["team/app", registry.image("team/app")])
    config = json.loads(registry.blobs[value["config"]["digest"]])
    config["rootfs"]["diff_ids"] = [f"sha512:{'a' * 128}"]
    value["config"] = registry.blob(json.dumps(config).encode(), f"{MEDIA}config.v1+json")
    registry.manifest("team/app", value, "v1")
    done = audit("-", stdin=listed(registry, "team/app:v1"), options=QUICK)
    assert done.categories == {"team/app:v1": "audited"}
    with done.prepared.store.reading() as connection:
        (chain,) = connection.scalars(select(ChainRow.chain))
    assert len(chain) == len(named("x"))
