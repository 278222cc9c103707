"""The navigation of the documentation site: which page stands where.

A page that is not named here stands at the end of the reference, so that none is lost.
"""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
FIRST = ("index.md", "install.md")
SECTIONS = {
    "Tours": ("tours/file.md", "tours/deployment.md", "tours/image.md", "tours/registry.md"),
    "How to": (
        *("how-to/adopt.md", "how-to/hadolint.md", "migrating.md", "how-to/helm-kustomize.md"),
        "how-to/site.md",
        *("how-to/air-gap.md", "how-to/oci-layout.md", "how-to/incomplete.md"),
        *("fixes.md", "pins.md", "scanning.md", "evaluation.md", "scorecard.md", "reports.md"),
        *("audit.md", "host.md", "custom-rules.md", "testing.md"),
        *("changes.md", "action.md", "ci.md", "editors.md"),
    ),
    "Reference": (
        *("rules/README.md", "commands.md", "policy.md", "policy-keys.md", "json-report.md"),
        *("report-fields.md", "knowledge.md", "engines.md", "limits.md"),
    ),
    "Explanation": (
        *("deployments.md", "explanation/verdict.md", "explanation/no-numbers.md"),
        *("trust.md", "security.md", "guide.md"),
    ),
}


def site_configuration() -> str:
    """`zensical.toml` with the navigation as it is to be."""
    settings = (ROOT / "zensical.toml").read_text(encoding="utf-8")
    start, end = settings.index("nav = ["), settings.index("\n]\n") + 2
    return f"{settings[:start]}{navigation()}{settings[end:]}"


def navigation() -> str:
    pages = {page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md")}
    pages -= {page for page in pages if page.startswith("rules/") and page != "rules/README.md"}
    named = {page for section in SECTIONS.values() for page in section} | set(FIRST)
    lines = [f'  "{page}",' for page in FIRST]
    for title, section in SECTIONS.items():
        rest = sorted(pages - named) if title == "Reference" else []
        shown = ", ".join(f'"{page}"' for page in (*section, *rest) if page in pages)
        lines.append(f'  {{ "{title}" = [{shown}] }},')
    return "nav = [\n" + "\n".join(lines) + "\n]"
