"""How deep an audit looks: with the real Trivy and registry."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imagelint.audit.options import AuditOptions
from imagelint.audit.setup import ScanRequest
from imagelint.core.errors import UsageError
from imagelint.store.database import Store
from imagelint.store.rollups import RollUps
from tests.collect.conftest import need

if TYPE_CHECKING:
    from pathlib import Path

    from tests.audit.conftest import Auditor
    from tests.collect.conftest import Lab
    from tests.conftest import Program
    from tools.lab.memoryregistry import MemoryRegistry

POLICY = """\
extends: [recommended]
environment:
  signers:
    - name: build
      key: {key}
      transparency-log: false
"""


def test_a_scan_tells_of_vulnerable_packages(lab: Lab, program: Program, here: Path) -> None:
    need("trivy")
    image = lab.push("vulnerable", lab.vulnerable())
    words = ("--depth", "scan", "--trivy-cache", str(lab.cache), "--offline", "--rule")
    rules = ("vulnerable-package=on", "--rule", "unsigned-image=off")
    answer = program("audit", image, *words, *rules, "--policy", "recommended")
    assert "vulnerable-package" in answer.out, answer.out + answer.err


KEV = """{"dateReleased": "%(day)s", "vulnerabilities": [
    {"cveID": "%(id)s", "dateAdded": "2026-02-03"}]}"""
EPSS = """#model_version:v2026,score_date:%(day)s
cve,epss,percentile
%(id)s,0.875,0.99
"""


def test_a_report_tells_which_holes_come_first(lab: Lab, program: Program, here: Path) -> None:
    need("trivy")
    image = lab.push("urgent", lab.vulnerable())
    words = ("--depth", "scan", "--trivy-cache", str(lab.cache), "--offline", "--rule")
    rules = ("vulnerable-package=on", "--rule", "unsigned-image=off", "--policy", "policy.yaml")
    (here / "policy.yaml").write_text("extends: [recommended]\n")
    asked = ("audit", image, *words, *rules)
    program(*asked)
    store = Store.open("imagelint-audit.db")
    before = {one.id: one for one in RollUps(store).tally(1).vulnerabilities()}
    urgent = min(before)
    assert {(one.exploited, one.epss) for one in before.values()} == {("", None)}
    assert all(one.fixed for one in before.values())
    assert all(one.title and one.severity for one in before.values())
    said = {"id": urgent, "day": "2026-02-04T00:00:00Z"}
    (here / "kev.json").write_text(KEV % {**said, "id": "CVE-2020-1"})
    (here / "epss.csv").write_text(EPSS % said)
    program(*asked, "--epss", "epss.csv")
    assert {one.id: one.epss for one in RollUps(store).tally(2).vulnerabilities()}[urgent] == 0.875
    (here / "policy.yaml").write_text("extends: [recommended]\nscan: {kev: kev.json}\n")
    program(*asked)
    (here / "kev.json").write_text(KEV % said)
    program(*asked)
    first, *rest = RollUps(store).tally(4).vulnerabilities()
    assert (first.id, first.exploited, first.epss) == (urgent, "2026-02-03", 0.875)
    assert {one.exploited for one in rest} == {""}
    packages = {row.name for row in RollUps(store).tally(4).by("package")}
    assert packages >= {"openssl", "vllm"}
    layers = {row.name for row in RollUps(store).tally(4).by("layer")}
    store.close()
    assert len(layers) == 2
    shown = program("report").out
    assert f"{urgent} (critical, exploited since 2026-02-03, EPSS 0.88" in shown, shown


def test_signatures_are_looked_for(lab: Lab, program: Program, here: Path) -> None:
    signed, unsigned = lab.push("signed"), lab.push("unsigned")
    lab.signing.sign(signed, "build")
    (here / "policy.yaml").write_text(POLICY.format(key=lab.keys / "build.pub"))
    (here / "list").write_text(f"{signed}\n{unsigned}\n")
    words = ("--depth", "signatures", "--policy", "policy.yaml", "--log", "log")
    answer = program("audit", "list", *words)
    assert answer.code == 1, answer.out + answer.err
    assert "unsigned-image (1 image)" in answer.out
    lines = sorted((here / "log").read_text().splitlines())
    assert [line.split()[1] for line in lines] == ["fail", "pass"]


def test_a_layer_that_cannot_be_had_is_not_taken_for_a_clean_one(
    registry: MemoryRegistry, audit: Auditor
) -> None:
    registry.image("team/app")
    done = audit(f"registry://{registry.host}", options=AuditOptions(depth="layers", seconds=20))
    assert done.outcome == "incomplete"
    assert done.categories == {"team/app:v1": "unreachable"}


def test_what_is_kept_cannot_be_looked_into(audit: Auditor) -> None:
    with pytest.raises(UsageError, match="by the configuration of images only"):
        audit("x", options=AuditOptions(depth="scan", kept=True))
    assert ScanRequest().trivy.cache == ""
