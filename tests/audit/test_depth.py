"""How deep an audit looks: with the real Trivy and registry."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from imagelint.audit.options import AuditOptions
from imagelint.audit.setup import ScanRequest
from imagelint.collect.scanners.scanner import Scan
from imagelint.collect.tools.keptscans import scanned
from imagelint.collect.tools.trivy import DatabaseState, scan
from imagelint.collect.tools.trivy_options import TrivyOptions
from imagelint.core.errors import UsageError
from imagelint.core.source import Source
from imagelint.documents.image.image import ImageIdentity
from imagelint.documents.image.vulnerabilities import ScanFacts
from imagelint.store.database import Store
from imagelint.store.models import FactRow
from imagelint.store.rollups import RollUps
from tests.collect.conftest import need

if TYPE_CHECKING:
    from pathlib import Path

    from imagelint.core.report import Problem
    from imagelint.testing.registry import MemoryRegistry
    from tests.audit.conftest import Auditor
    from tests.collect.conftest import Lab
    from tests.conftest import Program

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
    # torch has no vulnerability that the database knows of.
    for name, code in (("torch", 1), ("openssl", 1), ("nosuch", 0)):
        assert program("report", "--package", name).code == code
    answer = program("report", "--package", "torch")
    assert "torch 2.5.0 is installed (python-pkg)" in answer.out
    assert program("report", "--vulnerability", "CVE-2020-1").code == 0
    rules = ("vulnerable-package=off", "--rule", "unsigned-image=off")
    program("audit", image, *words, *rules, "--policy", "recommended")
    answer = program("report", "--vulnerability", "CVE-2020-1")
    assert (answer.code, "`vulnerable-package` off" in answer.out) == (3, True)
    assert program("report", "--package", "torch").code == 1


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


def test_an_image_is_scanned_once_by_each_database(
    lab: Lab, program: Program, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    need("trivy")
    image = lab.push("scannedonce", lab.vulnerable())
    words = ("--depth", "scan", "--trivy-cache", str(lab.cache), "--offline", "--rule")
    rules = ("vulnerable-package=on", "--rule", "unsigned-image=off", "--policy")
    scans: list[str] = []

    def counted(identity: ImageIdentity, options: TrivyOptions) -> Scan | Problem:
        scans.append(identity.manifest)
        return scan(identity, options)

    monkeypatch.setattr("imagelint.collect.tools.keptscans.trivy.scan", counted)
    first = program("audit", image, *words, *rules, "recommended")
    again = program("audit", image, *words, *rules, "strict")
    assert len(scans) == 1
    for answer in (first, again):
        assert "vulnerable-package" in answer.out, answer.out + answer.err
    with Store.open("imagelint-audit.db") as store:
        told = [RollUps(store).tally(run).vulnerabilities() for run in (1, 2)]
        one, other = ({row.id for row in rows} for rows in told)
        assert one == other
        with store.writing() as connection:
            connection.execute(update(FactRow).where(FactRow.kind == "scan").values(data=b"?"))
    program("audit", image, *words, *rules, "baseline")
    assert len(scans) == 2
    newer = DatabaseState("2026-01-02T03:04:05Z")
    monkeypatch.setattr("imagelint.collect.tools.keptscans.trivy.database_state", lambda *_: newer)
    program("audit", image, *words, *rules, "gpu-serving")
    assert len(scans) == 3


@pytest.mark.parametrize(
    ("offline", "state", "kept"),
    [
        (False, DatabaseState("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"), False),
        (True, DatabaseState("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"), True),
        (False, DatabaseState("2026-01-01T00:00:00Z", "2999-01-02T00:00:00Z"), True),
        (True, DatabaseState(), False),
    ],
)
def test_what_a_newer_database_would_say_is_not_taken_from_an_old_one(
    monkeypatch: pytest.MonkeyPatch, offline: object, state: DatabaseState, kept: object
) -> None:
    image = ImageIdentity("a/b:c", "sha256:1", "a/b", manifest="sha256:2")
    asked: list[str] = []

    class Scans:
        """Knows nothing, and counts."""

        def scan(self, digest: str, tool: str) -> bytes | None:
            asked.append(digest + tool)
            return None

        def keep(self, digest: str, tool: str, said: bytes) -> None:
            asked.append(digest + tool + said.decode())

    made = Scan(Source("a/b:c", "{}"), ScanFacts("0.70.0"))
    monkeypatch.setattr("imagelint.collect.tools.keptscans.installed", lambda *_: "0.70.0")
    monkeypatch.setattr("imagelint.collect.tools.keptscans.trivy.database_state", lambda *_: state)
    monkeypatch.setattr("imagelint.collect.tools.keptscans.trivy.scan", lambda *_: made)
    assert scanned(image, TrivyOptions(offline=bool(offline)), Scans()) == made
    assert len(asked) == (2 if kept else 0)


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
