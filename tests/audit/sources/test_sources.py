"""Where images are named: platforms by their own APIs, clusters, folders."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from imagelint.audit.options import AuditOptions
from imagelint.audit.selection import Selection
from imagelint.core.errors import UsageError
from imagelint.testing.images import Image, Layout
from imagelint.testing.registry import MemoryRegistry, Reply
from tools.lab.registry import free_port

if TYPE_CHECKING:
    from pathlib import Path

    from imagelint.testing.registry import Asked
    from tests.audit.conftest import Auditor
    from tests.conftest import Program


class Scripted:
    """An API that is asked by paths with their queries, beside a registry."""

    def __init__(self, registry: MemoryRegistry) -> None:
        self.registry = registry
        self.answers: dict[str, Reply] = {}
        registry.script("/", self._answer)

    def say(self, path: str, value: object, **headers: str) -> None:
        self.answers[path] = Reply(200, json.dumps(value).encode(), headers)

    def _answer(self, asked: Asked) -> Reply | None:
        if asked.path.startswith("/v2/"):
            return None
        query = "&".join(f"{key}={value[0]}" for key, value in asked.query.items())
        path = f"{asked.path}?{query}" if query else asked.path
        return self.answers.get(path, Reply(404, b"{}"))


@pytest.fixture
def api(registry: MemoryRegistry) -> Scripted:
    return Scripted(registry)


def test_a_project_of_harbor_tells_digests_and_days(
    api: Scripted, registry: MemoryRegistry, audit: Auditor
) -> None:
    digest = registry.image("ai/serve/app")
    lone = registry.image("ai/serve/app", "", layers=("lone",))
    base = "/api/v2.0/projects/ai/repositories"
    api.say(f"{base}?page_size=100", [], Link=f'<{base}?page=2&page_size=100>; rel="next"')
    api.say(f"{base}?page=2&page_size=100", [{"name": "ai/serve/app"}])
    made = {"digest": digest, "type": "IMAGE", "push_time": "2026-11-20T01:02:03.456Z"}
    api.say(
        f"{base}/serve%252Fapp/artifacts?page_size=100&with_tag=true",
        [
            {**made, "tags": [{"name": "v1"}]},
            {**made, "digest": lone, "tags": None},
            {**made, "type": "CHART", "tags": [{"name": "c"}]},
        ],
    )
    done = audit(f"harbor://{registry.host}/ai")
    assert set(done.results) == {"ai/serve/app:v1", f"ai/serve/app@{lone}"}
    assert done.outcome == "pass"
    assert not [one for one in registry.log if one.method == "HEAD"]
    late = Selection(since="2026-11-21")
    assert audit(f"harbor://{registry.host}/ai", selection=late).results == {}


def test_all_projects_of_harbor_are_listed(
    api: Scripted, registry: MemoryRegistry, audit: Auditor
) -> None:
    api.say("/api/v2.0/projects?page_size=100", [{"name": "ai"}])
    done = audit(f"harbor://{registry.host}")
    (problem,) = done.reader.problems(done.audited.run.id)
    assert (problem.category, "ai/repositories" in problem.detail) == ("gone", True)


def test_a_namespace_of_quay(
    api: Scripted, registry: MemoryRegistry, audit: Auditor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUAY_TOKEN", "secret")
    digest = registry.image("ai/app")
    listed = "/api/v1/repository?public=true&namespace=ai"
    api.say(listed, {"repositories": [{"name": "app"}], "next_page": "x"})
    api.say(f"{listed}&next_page=x", {"repositories": []})
    tags = "/api/v1/repository/ai/app/tag/?onlyActiveTags=true&limit=100"
    first = {"tags": [{"name": "v1", "manifest_digest": digest}], "has_additional": True}
    api.say(f"{tags}&page=1", first)
    api.say(f"{tags}&page=2", {"tags": [{"name": "sha256-" + "0" * 64}]})
    done = audit(f"quay://{registry.host}/ai")
    assert done.categories == {"ai/app:v1": "audited"}
    shown = {one.headers.get("authorization") for one in registry.log if "/api/" in one.path}
    assert shown == {"Bearer secret"}


@pytest.mark.parametrize("kind", ["projects", "groups"])
def test_a_project_or_a_group_of_gitlab(
    api: Scripted, registry: MemoryRegistry, audit: Auditor, kind: str
) -> None:
    registry.image("ai/app")
    if kind == "projects":
        api.say("/api/v4/projects/ai%2Fapp", {"id": 3})
    location = f"{registry.host}/ai/app"
    api.say(
        f"/api/v4/{kind}/ai%2Fapp/registry/repositories?per_page=100",
        [{"id": 7, "project_id": 3, "location": location}],
    )
    api.say("/api/v4/projects/3/registry/repositories/7/tags?per_page=100", [{"name": "v1"}])
    done = audit(f"gitlab://{registry.host}/ai/app")
    assert done.categories == {"ai/app:v1": "audited"}


@pytest.mark.parametrize("place", ["orgs", "users"])
def test_the_packages_of_an_owner_at_github(
    api: Scripted,
    registry: MemoryRegistry,
    program: Program,
    monkeypatch: pytest.MonkeyPatch,
    place: str,
) -> None:
    monkeypatch.setenv("GITHUB_API_URL", f"http://{registry.host}")
    listed = f"/{place}/Ai/packages"
    api.say(f"{listed}?package_type=container&per_page=100", [{"name": "serve/app"}])
    version = {"name": "sha256:" + "a" * 64, "updated_at": "2026-11-20T01:02:03Z"}
    api.say(
        f"{listed}/container/serve%2Fapp/versions?per_page=100",
        [{**version, "metadata": {"container": {"tags": ["v1", "latest"]}}}],
    )
    answer = program("audit", "ghcr://Ai", "--plan")
    assert answer.code == 0
    assert answer.out.splitlines() == [
        "2 images, 0 of them known",
        "at most 4 requests, 0.0 MB",
        "           4  ghcr.io",
    ]


def test_an_api_that_refuses_says_what_helps(
    api: Scripted, registry: MemoryRegistry, audit: Auditor
) -> None:
    api.answers["/api/v4/projects/a%2Fb"] = Reply(401, b"{}")
    done = audit(f"gitlab://{registry.host}/a/b")
    (problem,) = done.reader.problems(done.audited.run.id)
    assert (problem.category, "GITLAB_TOKEN" in problem.help) == ("unauthorized", True)


def test_pages_do_not_lead_elsewhere(
    api: Scripted, registry: MemoryRegistry, audit: Auditor
) -> None:
    path = "/api/v2.0/projects/ai/repositories?page_size=100"
    api.say(path, [], Link='<https://elsewhere.example.com/>; rel="next"')
    done = audit(f"harbor://{registry.host}/ai")
    (problem,) = done.reader.problems(done.audited.run.id)
    assert "lead back, or elsewhere" in problem.detail


def pod(name: str, image: str, resolved: str = "") -> dict[str, object]:
    status = {"name": name, "image": image, "imageID": resolved}
    return {
        "spec": {"containers": [{"name": name, "image": image}]},
        "status": {"containerStatuses": [status]} if resolved else {},
    }


def test_what_runs_in_a_cluster_is_audited_by_the_digest_that_runs(
    registry: MemoryRegistry, audit: Auditor
) -> None:
    running = registry.image("team/app")
    registry.image("team/app", layers=("newer",))
    registry.image("team/other")
    name = f"{registry.host}/team/app"
    pods = [
        pod("a", f"{name}:v1", f"docker-pullable://{name}@{running}"),
        pod("b", f"{name}:v1", f"{name}@{running}"),
        pod("c", f"{registry.host}/team/other:v1"),
        pod("d", "Not An Image"),
    ]
    done = audit("-", stdin=json.dumps({"items": pods}).encode())
    assert set(done.results) == {f"team/app:v1@{running}", "team/other:v1"}
    assert done.results[f"team/app:v1@{running}"].digest == running
    (problem,) = done.reader.problems(done.audited.run.id)
    assert "is no reference" in problem.detail


def test_json_that_is_no_pods_is_refused(audit: Auditor) -> None:
    with pytest.raises(UsageError, match="is JSON, and no list of pods"):
        audit("-", stdin=b'{"a": 1}')
    with pytest.raises(UsageError, match="standard input ends too early"):
        audit("-", stdin=b'{"items": [')


def test_the_images_of_a_folder_are_those_that_it_runs(
    registry: MemoryRegistry, audit: Auditor, here: Path
) -> None:
    for name in ("served", "composed", "overlaid"):
        registry.image(f"team/{name}")
    host = registry.host
    (here / "deploy").mkdir()
    (here / "deploy" / "pod.yaml").write_text(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n"
        f"spec:\n  containers:\n  - name: a\n    image: {host}/team/served:v1\n"
    )
    (here / "deploy" / "compose.yaml").write_text(
        f"services:\n  a:\n    image: {host}/team/composed:v1\n"
    )
    (here / "deploy" / "Dockerfile").write_text(f"FROM {host}/team/base:v1\n")
    done = audit("deploy")
    assert set(done.results) == {"team/served:v1", "team/composed:v1"}


@pytest.mark.parametrize("named", ["oci:images", "images"])
def test_the_images_of_a_layout(audit: Auditor, here: Path, named: str) -> None:
    layout = Layout(here / "images")
    first = layout.add(Image(), "v1")
    second = layout.add(Image(user="10002"), "")
    done = audit(named)
    found = done.reader.results(done.audited.run.id)
    assert {one.reference: one.digest for one in found} == {
        "oci:images:v1": first,
        f"oci:images@{second}": second,
    }
    assert done.outcome == "pass"


def test_the_newest_tags_of_each_repository(registry: MemoryRegistry, audit: Auditor) -> None:
    for tag in ("v1.9.0", "v1.10.0", "v1.11.0rc1", "v1.2.0", "latest"):
        registry.image("team/app", tag)
    registry.image("team/other", "v1")
    done = audit(f"registry://{registry.host}", selection=Selection(newest=2, tags=("v*",)))
    assert set(done.results) == {"team/app:v1.10.0", "team/app:v1.9.0", "team/other:v1"}


def test_a_plan_asks_for_lists_only(registry: MemoryRegistry, audit: Auditor) -> None:
    for number in range(3):
        registry.image(f"team/app{number}")
    audit(f"repository://{registry.host}/team/app0")
    registry.forget()
    session_done = audit("-", stdin=b"", options=AuditOptions())
    audit_ = session_done.prepared.audit
    sources = session_done.prepared.sources(
        (f"registry://{registry.host}",), Selection(), lambda: b""
    )
    plan = audit_.plan(sources, Selection())
    assert (plan.images, plan.known, plan.requests) == (3, 1, 5)
    assert all(one.path.endswith(("_catalog", "tags/list")) for one in registry.log)


@pytest.mark.usefixtures("here")
def test_a_plan_of_what_cannot_be_listed_is_not_whole(program: Program) -> None:
    answer = program("audit", f"registry://127.0.0.1:{free_port()}", "--plan")
    assert "not listed: registry://127.0.0.1" in answer.out
    assert answer.code == 3


def test_a_shard_has_the_form_of_a_part(program: Program) -> None:
    answer = program("audit", "x", "--shard", "3/2")
    assert (answer.code, "is not of the form I/N" in answer.err) == (2, True)
