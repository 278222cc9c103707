"""The page about other linters: which of our rules answers to which of their ids."""

from __future__ import annotations

from imagelint.rules import catalog

TOOLS = (
    ("hadolint", "hadolint"),
    ("BuildKit", "BuildKit's checks (`docker build --check`)"),
    ("tally", "tally"),
    ("Trivy", "Trivy (misconfigurations)"),
    ("Checkov", "Checkov"),
    ("Dockle", "dockle"),
    ("kube-linter", "kube-linter"),
    ("kube-score", "kube-score"),
    ("Polaris", "Polaris"),
    ("Kyverno", "Kyverno's policies"),
)
_HEAD = """\
# Coming from another linter

Generated from the rules' references. `imagelint explain DL3009` takes an id of another tool,
comments and annotations that ignore such an id are honoured for the rules that answer to it, and
`imagelint init --from hadolint|tally|checkov|trivy|dockle|kube-linter` makes a policy of their
configuration that means the same. Where one rule answers to several ids, it is on while one of them
is, and `levels` says what each of them is: `levels: [hadolint DL3008=info]`.
"""


def migrating_page() -> str:
    """A table for each tool, by its ids."""
    parts = [_HEAD]
    for tool, title in TOOLS:
        rows = sorted(
            (reference.partition(" ")[2], name)
            for name in catalog.names()
            for reference in catalog.references(name)
            if reference.partition(" ")[0] == tool
        )
        answers: dict[str, list[str]] = {}
        for id_, name in rows:
            answers.setdefault(id_, []).append(f"[{name}](rules/{name}.md)")
        lines = [f"## {title}", "", "| id | rule |", "|---|---|"]
        lines += [f"| `{id_}` | {', '.join(names)} |" for id_, names in answers.items()]
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)
