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
    ("dive", "dive"),
    ("kube-linter", "kube-linter"),
    ("kube-score", "kube-score"),
    ("Polaris", "Polaris"),
    ("Kyverno", "Kyverno's policies"),
)
_NOTES = {
    "Dockle": """\
`CIS-DI-0005` is about a variable of the machine on which dockle runs (`DOCKER_CONTENT_TRUST`), and
no rule's: whether the image is signed is asked by [unsigned-image](rules/unsigned-image.md). What
dockle finds in files and layers is found by `imagelint image` and `imagelint gate`.
""",
    "dive": """\
What a `.dive-ci` says are options of the rule: `lowestEfficiency: 0.9` and
`highestWastedBytes: 20MB` are `wasted-layer-space: {efficiency: 90, wasted: 20}`.
`highestUserWastedPercent: 0.1` is near to `efficiency: 90`, which bounds as well what part of all
bytes no container sees.
""",
}
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
        parts += [_NOTES[tool]] if tool in _NOTES else []
    return "\n".join(parts)
