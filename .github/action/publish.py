"""Tell GitHub: a comment on the pull request, suggestions in it, and an SBOM.

What the token does not permit, as for a pull request from a fork, is said, and fails nothing: the
verdict is that of the step before, and the summary has everything.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import inputs
import sbom
import suggest
from api import Api, RefusedError
from judge import category
from workflow import annotate, variable

if TYPE_CHECKING:
    from collections.abc import Callable

_BOT = "github-actions[bot]"
_LONGEST = 65_000


def main() -> int:
    """Do what is asked for."""
    place = Path(variable("PLACE"))
    pull = _pull_request()
    if inputs.flag("comment"):
        _try("comment", lambda api: _comment(api, pull, place / "summary.md"))
    if inputs.flag("fix-suggestions"):
        _try("fix-suggestions", lambda api: _suggest(api, pull, place / "report.json"))
    if path := inputs.single("sbom"):
        _try("sbom", lambda api: sbom.submit(api, path, category()))
    return 0


def _try(name: str, act: Callable[[Api], str]) -> None:
    try:
        print(f"{name}: {act(Api())}")
    except RefusedError as error:
        annotate(f"{name}: {error}; the summary of the job has everything", "warning")


def _pull_request() -> dict[str, Any]:
    """The pull request of the event; empty where it is about none."""
    path = os.environ.get("GITHUB_EVENT_PATH", "")
    if not path:
        return {}
    event = json.loads(Path(path).read_text(encoding="utf-8"))
    found = event.get("pull_request")
    return found if isinstance(found, dict) else {}


def _comment(api: Api, pull: dict[str, Any], summary: Path) -> str:
    """Write the comment, or write the one of an earlier run anew: there is one of a category."""
    if not pull:
        return "this is no pull request"
    mark = f"<!-- {category()} -->"
    text = summary.read_text(encoding="utf-8", errors="replace")[:_LONGEST]
    body = {"body": f"{mark}\n{text}"}
    number = int(pull["number"])
    us = _us(api)
    for comment in api.pages(f"/issues/{number}/comments"):
        theirs = str((comment.get("user") or {}).get("login", ""))
        if theirs == us and str(comment.get("body", "")).startswith(mark):
            api.of_repository("PATCH", f"/issues/comments/{int(comment['id'])}", body)
            return "written anew"
    api.of_repository("POST", f"/issues/{number}/comments", body)
    return "written"


def _us(api: Api) -> str:
    """As whom we write: a comment of anybody else is left alone, whatever mark it has."""
    try:
        return str(api.ask("GET", "/user")["login"])
    except RefusedError:  # the token of a job is nobody's
        return _BOT


def _suggest(api: Api, pull: dict[str, Any], report: Path) -> str:
    if not pull:
        return "this is no pull request"
    number = int(pull["number"])
    shown = suggest.shown_lines(api.pages(f"/pulls/{number}/files"))
    told = {str(each.get("body", "")) for each in api.pages(f"/pulls/{number}/comments")}
    findings = json.loads(report.read_text(encoding="utf-8"))["findings"]
    found = suggest.suggestions(findings, shown)
    new = [each for each in found if str(each["body"]) not in told]
    if not new:
        return f"{len(found)} there already" if found else "none fit into what the change shows"
    review = {
        "commit_id": pull["head"]["sha"],
        "event": "COMMENT",
        "body": "What `imagelint fix` would make of these lines.",
        "comments": new,
    }
    api.of_repository("POST", f"/pulls/{number}/reviews", review)
    return f"{len(new)} written"
