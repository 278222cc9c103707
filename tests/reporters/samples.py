"""A verdict with one of everything, and a writer of the golden files.

After a wanted change: `python -m tests.reporters.samples`, then read the difference.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from imagelint.core.finding import (
    Confidence,
    Edit,
    Excerpt,
    Finding,
    Fix,
    Location,
    Note,
    Severity,
)
from imagelint.core.report import (
    AllowanceKind,
    Allowed,
    Evidence,
    Examined,
    Ignored,
    IgnoreReason,
    Outcome,
    Problem,
    ProblemKind,
    Report,
    Verdict,
)
from imagelint.core.source import Source, Span
from imagelint.core.subject import About
from imagelint.reporters import load
from imagelint.reporters.context import ReportContext, RuleText

if TYPE_CHECKING:
    from imagelint.reporters.context import Reporter

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "testdata" / "golden"
IMAGE = "registry.example.com/llm/server:2.1@sha256:" + "ab" * 32

DOCKERFILE = Source(
    "serving/Dockerfile",
    "FROM nvidia/cuda:12.4.1-devel-ubuntu22.04\n"
    "RUN\tapt-get update && \\\n"
    "\tapt-get install -y curl  # 漢字 \x1b[31m \u202e\n"
    'ENTRYPOINT ["vllm", "serve"]\n',
)
MANIFEST = Source(
    "serving/deploy.yaml",
    "spec:\n  containers:\n    - name: server\n      image: registry.example.com/llm:latest\n",
)


def at(source: Source, words: str, path: str = "", until: str = "") -> Location:
    """The place of the first occurrence of some words, up to others where they are given."""
    start = source.text.index(words)
    last = until or words
    end = source.text.index(last, start) + len(last)
    first, after = source.position(start), source.position(end)
    lines = tuple(source.line(number) for number in range(first.line, after.line + 1))
    return Location(
        source.origin, Span(start, end), first, after, Excerpt(first.line, lines[:5]), path
    )


def texts(name: str) -> RuleText | None:
    """Descriptions of the sample's rules."""
    if name == "undescribed":
        return None
    return RuleText(
        name,
        f"The summary of {name}.",
        f"Because `{name}` is bad, e.g. it hurts. This sentence is left out.\n\nAnd this.",
        f"Do not.\n\n```dockerfile\n# {name}\n```",
        Severity.MEDIUM if name == "vulnerable-package" else Severity.HIGH,
        Confidence.CERTAIN,
        ("CIS Docker 4.1",),
        f"https://example.com/rules/{name}",
    )


CONTEXT = ReportContext(version="0.1.0", command="gate", describe=texts)

ROOT_USER = Finding(
    "root-user",
    Severity.HIGH,
    "the final stage runs as root",
    at(DOCKERFILE, "FROM nvidia/cuda:12.4.1-devel-ubuntu22.04"),
    "add `USER 10001` behind the last RUN",
    (
        Note("the server starts here", at(DOCKERFILE, 'ENTRYPOINT ["vllm", "serve"]')),
        Note("a numeric user also satisfies `runAsNonRoot`"),
    ),
    Fix(
        "add a user",
        (
            Edit(DOCKERFILE.origin, Span(42, 42), "USER 10001\n"),
            Edit(DOCKERFILE.origin, Span(0, 1), ""),
        ),
    ),
    "stage 0",
)
LISTS_KEPT = Finding(
    "apt-lists-kept",
    Severity.MEDIUM,
    "the package lists stay in the layer",
    at(DOCKERFILE, "RUN\tapt-get", until="curl"),
    "end the RUN with\n`rm -rf /var/lib/apt/lists/*`",
    confidence=Confidence.LIKELY,
)
NO_RECOMMENDS = Finding(
    "apt-recommends",
    Severity.LOW,
    "\x1b[2J\x1b]0;owned\x07 ##[error] recommended packages | <b>`too`</b> [x](http://e)",
    at(DOCKERFILE, "apt-get update", until="-y curl"),
    fix=Fix("add the flag", (), safe=True),
)
LATEST = Finding(
    "unpinned-image",
    Severity.CRITICAL,
    "`latest` is another image tomorrow",
    at(MANIFEST, "registry.example.com/llm:latest", "spec.containers[0].image"),
    subject="server",
)
UNSIGNED = Finding(
    "unsigned-image",
    Severity.CRITICAL,
    "no signature by a trusted signer",
    Location(IMAGE),
    subject="registry.example.com/llm/server",
)


def vulnerability(number: int, severity: Severity, package: str) -> Finding:
    """A finding about a package of the image."""
    return Finding(
        "vulnerable-package",
        severity,
        f"CVE-2026-{number:04}: overflow in {package}, fixed in 9.9",
        Location(IMAGE, path=package),
        "upgrade to 9.9",
        subject=f"{package} CVE-2026-{number:04}",
    )


SAMPLE = Verdict(
    Outcome.FAIL,
    ("6 findings at or above medium", "1 file could not be examined"),
    Report(
        (
            NO_RECOMMENDS,
            vulnerability(3, Severity.LOW, "openssl 3.0.2"),
            LATEST,
            ROOT_USER,
            vulnerability(2, Severity.INFO, "zlib1g 1.2.11"),
            LISTS_KEPT,
            UNSIGNED,
            vulnerability(1, Severity.HIGH, "openssl 3.0.2"),
        ),
        (
            Allowed(
                ROOT_USER._replace(location=Location("old/Dockerfile")), AllowanceKind.BASELINE, ""
            ),
            Allowed(LATEST, AllowanceKind.WAIVER, "until the mirror is there (#12)", "2027-01-31"),
            Allowed(LISTS_KEPT, AllowanceKind.INLINE, "the layer is squashed"),
            Allowed(LISTS_KEPT, AllowanceKind.INLINE, "the layer is squashed"),
        ),
        (
            Problem(
                ProblemKind.UNPARSABLE,
                "serving/deploy.yaml",
                "a tab indents this line",
                "use spaces",
                at(MANIFEST, "containers:"),
            ),
            Problem(
                ProblemKind.TEMPLATE,
                "chart/templates/x.yaml",
                "a Helm template is not YAML",
                "render it with `helm template` first",
            ),
            Problem(ProblemKind.NOTHING_EXAMINED, "", "nothing was there to examine"),
        ),
        (
            Examined("serving/Dockerfile", "dockerfile"),
            Examined("serving/deploy.yaml", "kubernetes"),
            Examined(IMAGE, "image", "sha256:" + "ab" * 32, About.IMAGE),
        ),
        (Ignored("vendor/Dockerfile", IgnoreReason.EXCLUDED),),
    ),
    Evidence((("image", IMAGE), ("trivy", "0.70.0"), ("database", "2026-11-22T06:14:00Z"))),
)


def rendered(reporter: Reporter, context: ReportContext = CONTEXT) -> str:
    """The whole report about the sample."""
    return "".join(reporter(SAMPLE, context))


def golden() -> dict[str, str]:
    """What every golden file should hold, by name."""
    return {
        "report.txt": rendered(load("text")),
        "report.color.txt": rendered(load("text"), CONTEXT._replace(color=True, width=60)),
        "report.json": rendered(load("json")),
        "report.sarif": rendered(load("sarif")),
        "report.github.txt": rendered(load("github")),
        "report.md": rendered(load("summary")),
        "report.ticket.md": rendered(load("markdown")),
        "report.gitlab.json": rendered(load("gitlab")),
        "report.gitlab-sast.json": rendered(load("gitlab-sast")),
        "report.junit.xml": rendered(load("junit")),
        "report.csv": rendered(load("csv")),
        "report.jsonl": rendered(load("jsonl")),
        "report.defectdojo.json": rendered(load("defectdojo")),
        "report.prom": rendered(load("openmetrics")),
    }


if __name__ == "__main__":
    for name, text in golden().items():
        (GOLDEN / name).write_text(text, encoding="utf-8")
