"""The linters whose configuration can be taken over."""

CONFIGURATIONS = {
    "hadolint": (".hadolint.yaml", ".hadolint.yml", "hadolint.yaml", "hadolint.yml"),
    "tally": (".tally.toml", "tally.toml"),
    "checkov": (".checkov.yaml", ".checkov.yml"),
    "trivy": ("trivy.yaml", ".trivyignore"),
    "dockle": (".dockleignore",),
    "kube-linter": (".kube-linter.yaml", ".kube-linter.yml"),
}
"""The files that tools look for, the first that is there."""
