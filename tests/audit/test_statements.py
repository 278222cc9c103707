"""What rules said of images is decided anew by another policy, as if they were asked again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import zstandard
from sqlalchemy import delete, select, update

from imagelint.audit.options import AuditOptions
from imagelint.audit.statements import NODES, asked_rules, bare, narrowed, read, written
from imagelint.core.finding import Confidence, Finding, Fix, Location, Note, Severity
from imagelint.core.report import Examined, Problem, ProblemKind, Report
from imagelint.documents.image.image import ImageIdentity, ImageTarget, image_config
from imagelint.documents.image.jsonview import JsonView
from imagelint.documents.image.layers.history import history_of
from imagelint.policy.model import Policy, RuleSetting
from imagelint.store.database import Store
from imagelint.store.models import FactRow, FindingRow, JudgedRow, JudgementRow, ResultRow
from imagelint.store.writing import STATEMENTS
from tests.audit.conftest import LEAK

if TYPE_CHECKING:
    from pathlib import Path

    from imagelint.testing.registry import MemoryRegistry
    from tests.audit.conftest import Auditor

KEPT = AuditOptions(kept=True)
IMAGE = "registry.example.com/a@sha256:0"
SAID = Finding("root-user", Severity.HIGH, "it is root", Location(IMAGE, path="config.User"))
EXAMINED = (Examined(IMAGE, "image"),)

LEVELS = "rules: {root-user: low, secret-in-config: critical}\n"
FEWER = "rules: {root-user: off}\n"
EXEMPT = """rules:
  root-user: {exempt: ["*/team/app*"]}
waivers:
  - {rule: secret-in-config, where: "*/b*", reason: a test, until: 2099-01-01}
"""
STRICTER = "extends: [strict]\n"
OPTIONS = "environment: {registries: [registry.example.com/*]}\n"


def fill(registry: MemoryRegistry) -> None:
    for name in ("team/app", "team/app2", "other/a"):
        registry.image(name, User="root")
    registry.image("other/b", Env=[LEAK])
    registry.index("team/both", {"linux/amd64": registry.image("team/both", "part", User="0")})
    registry.image("team/good", User="10001")


def judged(audit: Auditor, run_id: int) -> list[tuple[object, ...]]:
    """All that a run says of images."""
    said, link, result = FindingRow, JudgedRow, ResultRow
    query = (
        select(
            *(result.reference, result.category, result.owner, JudgementRow.outcome),
            *(JudgementRow.high, JudgementRow.allowed, link.position, link.allowed, link.reason),
            *(link.waiver, said.severity, said.message, said.place, said.notes, said.subject),
        )
        .join(JudgementRow, JudgementRow.id == result.judgement, isouter=True)
        .join(link, link.judgement == JudgementRow.id, isouter=True)
        .join(said, said.id == link.finding, isouter=True)
        .where(result.run_id == run_id)
        .order_by(result.reference, link.position)
    )
    with Store.open(audit.place) as store, store.reading() as connection:
        return [tuple(row) for row in connection.execute(query)]


def by(audit: Auditor, here: Path, text: str) -> None:
    """Let a policy upon the recommended one judge from now on."""
    extends = "" if "extends" in text else "extends: [recommended]\n"
    (here / "policy.yaml").write_text(extends + text)
    audit.policies = ("./policy.yaml",)


@pytest.mark.parametrize("text", [LEVELS, FEWER, EXEMPT, STRICTER, OPTIONS])
def test_what_is_kept_is_judged_as_if_it_were_looked_at(
    registry: MemoryRegistry, audit: Auditor, here: Path, text: str
) -> None:
    fill(registry)
    source = f"registry://{registry.host}"
    audit(source)
    by(audit, here, text)
    again = audit(source, options=KEPT)
    first = judged(audit, again.audited.run.id)
    audit.place = str(here / "fresh.db")
    fresh = audit(source)
    assert first == judged(audit, fresh.audited.run.id)
    assert again.outcome == fresh.outcome
    assert any(row[6] is not None for row in first)  # something was found


@pytest.mark.parametrize("text", [LEVELS, FEWER, EXEMPT])
def test_a_policy_that_asks_the_same_rules_looks_at_no_image(
    registry: MemoryRegistry, audit: Auditor, here: Path, text: str
) -> None:
    fill(registry)
    source = f"registry://{registry.host}"
    first = audit(source)
    with first.prepared.store.writing() as connection:
        connection.execute(delete(FactRow).where(FactRow.kind.in_(("manifest", "config"))))
    by(audit, here, text)
    for _ in range(2):  # what was decided anew is kept for the next one as well
        assert set(audit(source, options=KEPT).categories.values()) == {"audited"}
        by(audit, here, f"{text}fail-on: critical\n")


def test_a_registry_is_asked_for_tags_only_by_a_policy_that_asks_the_same_rules(
    registry: MemoryRegistry, audit: Auditor, here: Path
) -> None:
    fill(registry)
    source = f"registry://{registry.host}"
    audit(source)
    by(audit, here, LEVELS)
    registry.log.clear()
    again = audit(source)
    assert {one.method for one in registry.log if "/manifests/" in one.path} == {"HEAD"}
    assert not any("/blobs/" in one.path for one in registry.log)
    assert again.overview.findings.critical == 1


def test_what_rules_said_is_not_believed_where_it_was_changed(
    registry: MemoryRegistry, audit: Auditor, here: Path
) -> None:
    fill(registry)
    source = f"registry://{registry.host}"
    first = audit(source)
    with first.prepared.store.writing() as connection:
        nothing = zstandard.compress(b"[]")
        connection.execute(update(FactRow).where(FactRow.kind == STATEMENTS).values(data=nothing))
    by(audit, here, LEVELS)
    assert audit(source, options=KEPT).overview.findings.critical == 1


def test_nodes_are_all_that_there_is_in_an_image() -> None:
    config = {
        "config": {"Env": ["A=1"], "Labels": {"a": "b"}, "User": "1"},
        "history": [{"created_by": "RUN a"}],
    }
    view = JsonView(config)
    target = ImageTarget(ImageIdentity(IMAGE, "sha256:0"), image_config(view))
    target = target.replaced(target.identity, history_of(view, 2))
    assert {type(node) for node in target.walk()} == {*NODES}


@pytest.mark.parametrize(
    "said",
    [
        SAID,
        SAID._replace(
            help="add `USER`", subject="image", cause="c", notes=(Note("a \ud800 note"),)
        ),
        SAID._replace(severity=Severity.LOW, confidence=Confidence.LIKELY, message="ü\n\"'"),
    ],
)
def test_what_was_written_is_read(said: Finding) -> None:
    report = Report((said, SAID), examined=EXAMINED)
    data = written(report, IMAGE)
    assert data is not None
    found = read(data, IMAGE)
    assert found.findings == report.findings
    assert [(one.origin, one.kind) for one in found.examined] == [(IMAGE, "image")]
    assert read(narrowed(data, {"root-user"}), IMAGE).findings == report.findings
    assert read(narrowed(data, {"other"}), IMAGE).findings == ()


@pytest.mark.parametrize(
    "report",
    [
        Report(problems=(Problem(ProblemKind.UNJUDGED, IMAGE, "why"),), examined=EXAMINED),
        Report((SAID,)),
        Report((SAID._replace(location=Location("other")),), examined=EXAMINED),
        Report((SAID._replace(fix=Fix("mend", ())),), examined=EXAMINED),
        Report((SAID._replace(notes=(Note("a", Location("b")),)),), examined=EXAMINED),
        Report((SAID._replace(references=("CIS 4.1",)),), examined=EXAMINED),
        Report((SAID._replace(parts=(SAID,)),), examined=EXAMINED),
    ],
)
def test_what_cannot_be_written_whole_is_not_kept(report: Report) -> None:
    assert written(report, IMAGE) is None


def test_what_decides_afterwards_makes_no_difference_to_what_is_asked() -> None:
    setting = RuleSetting(Severity.LOW, {"a": 1}, exempt=("b",))
    policy = Policy(rules={"root-user": setting, "relative-workdir": setting, "a.b": setting})
    asked = bare(policy)
    assert asked == Policy(rules={"root-user": RuleSetting("on", {"a": 1})})
    other = policy._replace(fail_on=Severity.LOW, rules={"root-user": RuleSetting(None, {"a": 1})})
    assert asked_rules(bare(other)) == asked_rules(asked)
    third = asked._replace(rules={"root-user": RuleSetting("on", {"a": 2})})
    assert asked_rules(third).rules != asked_rules(asked).rules
    assert asked_rules(asked, "other").id != asked_rules(asked).id
