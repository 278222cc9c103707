"""Files in the manner of real ones: no crash, and the same findings as when they were last read.

After a wanted change: `python -m tests.test_corpus`, then read the difference.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from imagelint.collect.files import FoundFile
from imagelint.policy.model import Policy
from imagelint.run.examiner import Examiner, Plan
from imagelint.run.policies import Policies
from imagelint.run.session import NullCache, ValidPolicies

if TYPE_CHECKING:
    from imagelint.core.report import Report

ROOT = Path(__file__).parents[1]
FOLDERS = (ROOT / "testdata" / "corpus", ROOT / "testdata" / "examples" / "naive")
COUNTS = ROOT / "testdata" / "corpus" / "counts.txt"


def reports() -> dict[str, Report]:
    """The report about each file by its path below the repository, all rules on."""
    files = sorted(path for folder in FOLDERS for path in folder.rglob("*") if path.is_file())
    found = {path.relative_to(ROOT).as_posix(): FoundFile(str(path), str(path)) for path in files}
    policies = Policies(("strict", "gpu-serving"), Policy(), ValidPolicies(NullCache()))
    examiner = Examiner(Plan({one.origin: one for one in found.values()}, policies))
    return {name: examiner.file(one).report for name, one in found.items()}


def counts() -> str:
    lines = []
    for name, report in reports().items():
        rules = Counter(finding.rule for finding in report.findings)
        found = ", ".join(f"{rule} {number}" for rule, number in sorted(rules.items()))
        problems = ", ".join(sorted(problem.kind.value for problem in report.problems))
        if report.ignored:
            continue
        lines.append(f"{name}: {found or 'nothing'}{f' ({problems})' if problems else ''}\n")
    return "".join(lines)


def test_the_findings_are_those_that_were_read() -> None:
    assert counts() == COUNTS.read_text(encoding="utf-8")


def test_no_rule_crashes() -> None:
    kinds = {problem.kind.value for report in reports().values() for problem in report.problems}
    assert "rule-crashed" not in kinds


if __name__ == "__main__":
    COUNTS.write_text(counts(), encoding="utf-8")
