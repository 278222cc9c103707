"""What each command does, in a line, in the order of a day's work."""

from __future__ import annotations

COMMANDS = {
    "check": "Judge files: Dockerfiles, manifests, compose files and what belongs to them.",
    "fix": "Mend in files what has a fix.",
    "pin": "Pin the images that files name to digests.",
    "image": "Look into an image: its configuration, its history, and every layer.",
    "scan": "Scan an image for vulnerable packages with Trivy.",
    "verify": "Verify who signed an image.",
    "evaluate": "Judge the results of an evaluation, beside those of the previous tag.",
    "history": "Show what evaluations of an image came to, tag by tag.",
    "gate": "Check, scan and verify: one verdict about one image.",
    "push": "Push an image to a registry, upon the verdict of its gate.",
    "audit": "Judge many images by one policy: a registry, a list, what runs.",
    "score": "Score how well a model server serves, from its metrics.",
    "report": "Tell what an audit of many images found.",
    "waivers": "List the waivers of the policy: what ends soon, what nobody needs.",
    "lsp": "Serve an editor: judge what is written while it is written.",
    "rules": "List the rules.",
    "explain": "Explain a rule by its name or by another tool's id.",
    "host": "Tell what this host has for model servers, and whether an image starts here.",
    "size": "Tell how much memory a model takes, and upon which GPUs it fits.",
    "knowledge": "List the tables of facts, their days and sources, or search them.",
    "policy": "Show, check or describe policies.",
    "init": "Write a first policy after looking at what the repository holds.",
    "completion": "Print the shell completion script.",
}
