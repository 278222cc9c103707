"""Audits of registries and lists: every image is judged, once by its digest."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from imagelint.audit.options import AuditOptions, Shard
from imagelint.audit.selection import Selection
from imagelint.core.errors import UsageError
from imagelint.store.models import RunRow
from imagelint.store.questions import base_images
from imagelint.testing.registry import Reply
from tests.audit.conftest import LEAK, listed

if TYPE_CHECKING:
    from pathlib import Path

    from imagelint.store.records import Finished
    from imagelint.testing.registry import MemoryRegistry
    from tests.audit.conftest import Auditor
    from tests.collect.conftest import Lab
    from tests.conftest import Program


def test_a_real_registry_is_audited_whole(lab: Lab, program: Program, here: Path) -> None:
    lab.push("audited")
    answer = program("audit", f"registry://{lab.host}", "--log", "log.txt", "--policy", "baseline")
    assert answer.code == 0, answer.out + answer.err
    lines = (here / "log.txt").read_text().splitlines()
    assert any(
        line.startswith(f"audited pass {lab.host}/team/audited:v1 sha256:") for line in lines
    )
    assert answer.out.splitlines()[-1] == "pass: run 1"
    assert (here / "imagelint-audit.db").exists()


def test_every_tag_of_a_registry_is_judged(registry: MemoryRegistry, audit: Auditor) -> None:
    for number in range(5):
        registry.image(f"team/app{number}", layers=("base", str(number)))
    registry.image("team/leaky", Env=[LEAK])
    registry.page = 2
    done = audit(f"registry://{registry.host}")
    assert done.outcome == "fail"
    assert done.overview.references == done.overview.images == 6
    assert done.results["team/leaky:v1"].findings.critical == 1
    assert {one.outcome for name, one in done.results.items() if name != "team/leaky:v1"} == {
        "pass"
    }


def test_an_image_takes_two_requests_the_first_time_and_one_afterwards(
    registry: MemoryRegistry, audit: Auditor
) -> None:
    registry.image("team/app")
    name = f"{registry.host}/team/app:v1"
    audit(name)
    assert dict(registry.counts) == {"GET": 2}
    registry.forget()
    done = audit(name)
    assert dict(registry.counts) == {"HEAD": 1}
    assert done.results["team/app:v1"].outcome == "pass"


def test_a_digest_that_is_known_is_not_asked_for(registry: MemoryRegistry, audit: Auditor) -> None:
    digest = registry.image("team/app")
    pinned = f"{registry.host}/team/app@{digest}"
    audit(pinned)
    registry.forget()
    assert audit(pinned).outcome == "pass"
    audit.policies = ("strict",)
    assert audit(pinned).overview.outcomes
    assert registry.log == []


def test_a_new_policy_judges_what_is_kept(registry: MemoryRegistry, audit: Auditor) -> None:
    registry.image("team/leaky", Env=[LEAK])
    source = f"registry://{registry.host}"
    assert audit(source).outcome == "fail"
    registry.forget()
    audit.policies = ("pss-baseline",)
    with pytest.raises(UsageError, match="knows of no audit of these sources"):
        audit("registry://other.example.com", options=AuditOptions(kept=True))
    done = audit(source, options=AuditOptions(kept=True))
    assert done.overview.references == 1
    assert done.overview.findings.total == 0
    assert registry.log == []


def test_what_could_not_be_audited_is_no_better_when_what_is_kept_is_judged(
    registry: MemoryRegistry, audit: Auditor
) -> None:
    registry.image("team/app")
    registry.image("team/locked")
    source = f"registry://{registry.host}"
    audit(source)
    registry.script("/v2/team/locked/manifests", Reply(403))
    assert audit(source).outcome == "incomplete"
    done = audit(source, options=AuditOptions(kept=True))
    assert done.categories == {"team/app:v1": "audited", "team/locked:v1": "gone"}
    assert done.outcome == "incomplete"
    only = Selection(exclude=("*/locked",))
    assert audit(source, options=AuditOptions(kept=True), selection=only).outcome == "pass"


def test_what_is_kept_of_a_source_that_was_not_listed_whole_does_not_pass(
    registry: MemoryRegistry, audit: Auditor
) -> None:
    registry.image("team/app")
    registry.image("team/other")
    source = f"registry://{registry.host}"
    registry.script("/v2/team/other/tags", Reply(403))
    audit(source)
    for _ in range(2):
        done = audit(source, options=AuditOptions(kept=True))
        assert done.outcome == "incomplete"
        (problem,) = done.reader.problems(done.audited.run.id)
        assert (problem.reference, problem.category) == (
            f"{registry.host}/team/other",
            "unauthorized",
        )


def test_what_is_kept_of_an_audit_that_was_cut_off_does_not_pass(
    registry: MemoryRegistry, audit: Auditor
) -> None:
    registry.image("team/app")
    source = f"registry://{registry.host}"
    done = audit(source, options=AuditOptions(shard=Shard(1, 1)))
    with done.prepared.store.writing() as connection:
        connection.execute(update(RunRow).values(finished=None, outcome=None))
    done = audit(source, options=AuditOptions(kept=True))
    assert done.overview.categories == {"audited": 1}
    assert done.outcome == "incomplete"
    assert "was cut off" in done.reader.problems(done.audited.run.id)[0].detail


def test_an_audit_of_which_nothing_can_be_told_ends(
    registry: MemoryRegistry, audit: Auditor
) -> None:
    for number in range(300):
        registry.image("team/app", f"v{number}")

    def told(_one: Finished) -> None:
        raise OSError("no space left on device")

    with pytest.raises(OSError, match="no space left"):
        audit(f"registry://{registry.host}", told=told)


def test_images_belong_to_the_first_team_that_claims_them(
    registry: MemoryRegistry, audit: Auditor, here: Path
) -> None:
    for name in ("llm/server", "llm/tools/cli", "web"):
        registry.image(name)
    text = f"""
        extends: recommended
        owners:
          - {{team: inference, images: ["{registry.host}/llm/server"], contact: "#oncall"}}
          - {{team: platform, images: ["{registry.host}/llm"]}}
          - {{team: inference, images: ["{registry.host}/ml"], contact: a@example.com}}
        waivers:
          - {{rule: root-user, reason: legacy, until: 2099-01-31, owner: a, ticket: b}}
    """
    (here / "policy.yaml").write_text(textwrap.dedent(text))
    audit.policies = ("./policy.yaml",)
    done = audit(f"registry://{registry.host}")
    for run in (done, audit(f"registry://{registry.host}")):
        owners = {name.partition(":")[0]: one.owner for name, one in run.results.items()}
        assert owners == {"llm/server": "inference", "llm/tools/cli": "platform", "web": ""}
    (waiver,) = done.reader.waivers(done.audited.run.id)
    assert (waiver.owner, waiver.ticket) == ("a", "b")
    assert [run.contacts for run in done.reader.runs()] == [{"inference": "#oncall"}] * 2


def test_images_belong_to_the_team_whose_label_they_bear(
    registry: MemoryRegistry, audit: Auditor, here: Path
) -> None:
    label = "com.example.team"
    registry.image("llm/server", Labels={label: "search-eu"})
    registry.image("llm/other", Labels={label: "chat"})
    registry.image("web/page", Labels={label: "search"})
    registry.image("llm/plain")
    registry.image("llm/lost", Labels={label: "search"})
    text = f"""
        extends: recommended
        owners:
          - {{team: search, images: ["{registry.host}/llm"], labels: {{{label}: "search*"}}}}
          - {{team: platform, images: ["{registry.host}"]}}
    """
    (here / "policy.yaml").write_text(textwrap.dedent(text))
    audit.policies = ("./policy.yaml",)
    for name in [name for name in registry.manifests if name[0] == "llm/lost"]:
        del registry.manifests[name]
    expected = {
        "llm/server": "search",
        "llm/other": "platform",
        "web/page": "platform",
        "llm/plain": "platform",
        "llm/lost": "",
    }
    # Again, where all is kept and nothing is judged anew.
    for _ in range(2):
        done = audit(f"registry://{registry.host}")
        owners = {name.partition(":")[0]: one.owner for name, one in done.results.items()}
        assert owners == expected


def test_a_tag_that_moved_is_looked_at_again(registry: MemoryRegistry, audit: Auditor) -> None:
    registry.image("team/app")
    source = f"repository://{registry.host}/team/app"
    audit(source)
    registry.image("team/app", Env=[LEAK])
    done = audit(source)
    assert done.outcome == "fail"
    history = done.reader.tag_history(f"{registry.host}/team/app", "v1")
    assert history[0].digest == done.results["team/app:v1"].digest
    assert len(history) == 2


def test_all_platforms_of_an_index_are_judged(registry: MemoryRegistry, audit: Auditor) -> None:
    good = registry.image("team/app", "amd")
    bad = registry.image("team/app", "arm", architecture="arm64", Env=[LEAK])
    registry.index("team/app", {"linux/amd64": good, "linux/arm64": bad})
    name = f"{registry.host}/team/app:v1"
    assert audit(name).results["team/app:v1"].findings.critical == 1
    only = AuditOptions(platforms=("linux/amd64",))
    done = audit(name, options=only)
    assert done.results["team/app:v1"].findings.total == 0
    index = done.reader.image(done.results["team/app:v1"].digest)
    assert index is not None
    assert (index.kind, dict(index.members)) == (
        "index",
        {good: "linux/amd64", bad: "linux/arm64"},
    )


def test_what_is_no_image_is_no_failure(registry: MemoryRegistry, audit: Auditor) -> None:
    registry.image("team/app")
    chart = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": registry.blob(b"{}", "application/vnd.cncf.helm.config.v1+json"),
        "layers": [],
    }
    registry.manifest("charts/app", chart, "1.0.0")
    registry.manifest("team/app", chart, "sha256-" + "0" * 64 + ".sig")
    done = audit(f"registry://{registry.host}")
    assert done.categories == {"team/app:v1": "audited", "charts/app:1.0.0": "not-an-image"}
    assert done.outcome == "pass"


def test_images_are_chosen_by_globs(registry: MemoryRegistry, audit: Auditor) -> None:
    for name in ("team/a", "team/b", "other/c"):
        for tag in ("v1", "v2", "latest"):
            registry.image(name, tag)
    chosen = Selection((f"{registry.host}/team/*",), ("*/b",), ("v*",))
    done = audit(f"registry://{registry.host}", selection=chosen)
    assert set(done.results) == {"team/a:v1", "team/a:v2"}
    assert not [one for one in registry.log if "other/c" in one.path]


def test_a_list_may_hold_comments_and_says_what_it_cannot_read(
    registry: MemoryRegistry, audit: Auditor
) -> None:
    registry.image("team/app")
    text = b"# mine\n\n" + listed(registry, "team/app:v1  # 12 MB", "team/app:v1") + b"No Image\n"
    done = audit("-", stdin=text)
    assert set(done.results) == {"team/app:v1"}
    assert done.outcome == "incomplete"
    (problem,) = done.reader.problems(done.audited.run.id)
    assert (problem.reference, problem.category) == ("standard input:5", "malformed")


def test_a_list_may_be_a_file(registry: MemoryRegistry, audit: Auditor, here: Path) -> None:
    registry.image("team/app")
    (here / "images.txt").write_bytes(listed(registry, "team/app"))
    registry.image("team/app", "latest")
    assert set(audit("images.txt").results) == {"team/app:latest"}


@pytest.mark.parametrize("source", ["No Image", "registry://", "repository://host/a:b", "x://y"])
def test_what_is_no_source_is_refused(audit: Auditor, source: str) -> None:
    with pytest.raises(UsageError, match=r"is no (source of images|repository)"):
        audit(source)


def test_what_cannot_be_audited_is_told_apart_from_a_clean_image(
    registry: MemoryRegistry, audit: Auditor
) -> None:
    registry.image("team/app")
    done = audit("-", stdin=listed(registry, "team/app:v1", "team/gone:v1"))
    assert done.categories == {"team/app:v1": "audited", "team/gone:v1": "gone"}
    assert done.outcome == "incomplete"
    gone = done.results["team/gone:v1"]
    assert (gone.judgement, gone.digest) == ("", "")
    assert "no such image" in gone.detail


def test_shards_do_each_their_part(registry: MemoryRegistry, audit: Auditor) -> None:
    for number in range(12):
        registry.image(f"team/app{number}", layers=(str(number),))
    source = f"registry://{registry.host}"
    first = audit(source, options=AuditOptions(shard=Shard(1, 2)))
    assert not first.audited.whole
    assert 0 < len(first.results) < 12
    second = audit(source, options=AuditOptions(shard=Shard(2, 2)))
    assert second.audited == (first.audited.run._replace(shard=2), "pass", True)
    assert len(second.results) == 12


def test_a_part_of_an_image_that_is_gone_is_told_as_that_part(
    registry: MemoryRegistry, program: Program, here: Path
) -> None:
    registry.image("team/app")
    registry.image("team/fine", layers=("fine",))
    empty = registry.blob(b"{}", "application/vnd.cncf.helm.config.v1+json")
    registry.manifest("team/chart", {"schemaVersion": 2, "config": empty, "layers": []}, "v1")
    registry.script("/v2/team/app/blobs", Reply(404, b"{}"))
    program("audit", f"registry://{registry.host}", "--log", "log")
    told = (here / "log").read_text()
    assert "the registry has no config sha256:" in told
    assert "(404), though something leads to it" in told
    assert "audited      1 (1 pass); 1 no image\n" in program("report").out
    assert "no policy file holds here: name that of the audit" in program("waivers").out
    (here / ".imagelint.yaml").write_text("extends: [recommended]\n")
    assert program("waivers").out == "0 waivers, 0 ended, 0 end soon, 0 unused\n"


def test_the_age_of_a_base_is_that_of_its_topmost_layer_where_nobody_knows_its_image(
    registry: MemoryRegistry, audit: Auditor
) -> None:
    for name in ("team/one", "team/two"):
        registry.image(name, layers=("base", name), made="2026-02-03T04:05:06Z")
    registry.image("team/alone", layers=("alone",), made="2026-02-03T04:05:06Z")
    done = audit(f"registry://{registry.host}")
    with done.prepared.store.reading() as connection:
        found = {one.created: one.images for one in base_images(connection, done.audited.run.id)}
    assert found == {"2026-02-03T04:05:06Z": 2, "": 1}
    # Its own image, where there is one, knows better.
    registry.image("team/base", layers=("base",), created="2026-01-01T00:00:00Z")
    done = audit(f"registry://{registry.host}")
    with done.prepared.store.reading() as connection:
        found = {one.created: one.images for one in base_images(connection, done.audited.run.id)}
    assert found.pop("2026-01-01T00:00:00Z") >= 2
    assert "2026-02-03T04:05:06Z" not in found
