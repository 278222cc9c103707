"""What the action tells GitHub: a comment, suggestions, an SBOM."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.action.github_api import ScriptedApi, scripted
from tests.cli.projects import GOOD, ROOT, write

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.action.composite import Result
    from tests.action.jobs import Runner

COMMENTS = "/repos/team/serving/issues/7/comments"
FILES = "/repos/team/serving/pulls/7/files"
REVIEWED = "/repos/team/serving/pulls/7/comments"
REVIEWS = "/repos/team/serving/pulls/7/reviews"
SNAPSHOTS = "/repos/team/serving/dependency-graph/snapshots"
MARK = "<!-- imagelint:pr:judge -->"
BOT = {"login": "github-actions[bot]"}
FIXABLE = GOOD.replace("COPY app.py", "ADD app.py")
PULL = {"pull_request": {"number": 7, "head": {"sha": "a" * 40}}}
OPEN: dict[str, tuple[int, Any]] = {
    f"GET {COMMENTS}": (200, []),
    f"POST {COMMENTS}": (201, {"id": 1}),
    f"GET {REVIEWED}": (200, []),
    f"POST {REVIEWS}": (200, {"id": 2}),
    f"POST {SNAPSHOTS}": (201, {"id": 3}),
}


@pytest.fixture
def api() -> Iterator[ScriptedApi]:
    with scripted(OPEN) as server:
        yield server


def published(
    runner: Runner, api: ScriptedApi, inputs: dict[str, str], event: object = None
) -> Result:
    file = runner.temporary / "event.json"
    file.write_text(json.dumps(PULL if event is None else event), encoding="utf-8")
    known = {
        "prepare.outputs.place": str(runner.place),
        "prepare.outputs.publish": "true",
    }
    variables = {
        "GITHUB_API_URL": api.url,
        "GITHUB_EVENT_PATH": str(file),
        "GITHUB_SHA": "b" * 40,
        "GITHUB_REF": "refs/pull/7/merge",
        "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_RUN_ID": "5",
    }
    return runner(inputs, steps=known, variables=variables)


def test_the_first_run_writes_a_comment(runner: Runner, api: ScriptedApi) -> None:
    write(runner.checkout, serving__Dockerfile=ROOT)
    done = published(runner, api, {"comment": "true"})
    assert done.code == 1
    (made,) = api.written()
    assert (made.method, made.path, made.token) == ("POST", COMMENTS, "the-token")
    body = made.body["body"]
    assert body.startswith(f"{MARK}\n## imagelint check")
    page = f"https://github.com/team/serving/blob/{'b' * 40}/serving/Dockerfile#L1"
    assert f"](https://imagelint.dev/rules/root-user) | [serving/Dockerfile&#58;1]({page})" in body
    assert len(body) < 65_536
    assert "the-token" not in done.stdout + done.stderr


def test_later_runs_write_their_own_comment_anew(runner: Runner, api: ScriptedApi) -> None:
    write(runner.checkout, Dockerfile=GOOD)
    theirs = {"id": 10, "user": {"login": "mallory"}, "body": f"{MARK}\nforged"}
    other = {"id": 11, "user": BOT, "body": "<!-- imagelint:other:judge -->\nx"}
    many = [{"id": number, "user": BOT, "body": "x"} for number in range(50)]
    ours = {"id": 12, "user": BOT, "body": f"{MARK}\nold"}
    api.answers[f"GET {COMMENTS}"] = (200, [*many, theirs, other, ours])
    api.answers["PATCH /repos/team/serving/issues/comments/12"] = (200, {})
    done = published(runner, api, {"comment": "true"})
    assert done.code == 0
    (made,) = api.written()
    assert (made.method, made.path) == ("PATCH", "/repos/team/serving/issues/comments/12")
    assert "comment: written anew" in done.stdout


def test_a_token_of_a_person_writes_as_that_person(runner: Runner, api: ScriptedApi) -> None:
    write(runner.checkout, Dockerfile=GOOD)
    api.answers["GET /user"] = (200, {"login": "robot"})
    ours = {"id": 12, "user": {"login": "robot"}, "body": f"{MARK}\nold"}
    api.answers[f"GET {COMMENTS}"] = (200, [{"id": 9, "user": BOT, "body": MARK}, ours])
    api.answers["PATCH /repos/team/serving/issues/comments/12"] = (200, {})
    published(runner, api, {"comment": "true"})
    assert [each.path for each in api.written()] == ["/repos/team/serving/issues/comments/12"]


def test_the_comment_is_about_what_the_change_brings(runner: Runner, api: ScriptedApi) -> None:
    write(runner.checkout, Dockerfile=ROOT, other__Dockerfile=GOOD)
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "x"]):
        who = ("-c", "user.name=a", "-c", "user.email=a@example.com")
        subprocess.run(["git", *who, *words], cwd=runner.checkout, check=True)
    write(runner.checkout, other__Dockerfile=ROOT)
    done = published(runner, api, {"comment": "true", "since": "HEAD"})
    assert (done.code, done.outputs["high"]) == (1, "1")
    body = api.written()[0].body["body"]
    assert "other/Dockerfile" in body
    assert "- since HEAD" in body
    assert "1 finding unchanged, 0 mended" in body.replace("&#58;", ":")


@pytest.mark.parametrize("status", [401, 403, 404, 500, 302])
def test_a_fork_without_permission_fails_nothing(
    runner: Runner, api: ScriptedApi, status: int
) -> None:
    write(runner.checkout, Dockerfile=GOOD)
    for name in (f"GET {COMMENTS}", f"POST {COMMENTS}"):
        api.answers[name] = (status, f"{api.url}/elsewhere")
    done = published(runner, api, {"comment": "true"})
    assert done.code == 0
    (told,) = done.commands
    assert told.name == "warning"
    assert told.data.startswith("comment: ")
    assert "the summary of the job has everything" in told.data
    assert "/elsewhere" not in [each.path for each in api.asked]


def test_nothing_is_written_without_a_pull_request(runner: Runner, api: ScriptedApi) -> None:
    write(runner.checkout, Dockerfile=FIXABLE)
    asked = {"comment": "true", "fix-suggestions": "true"}
    done = published(runner, api, asked, {"ref": "refs/heads/main"})
    assert api.asked == []
    assert "comment: this is no pull request" in done.stdout


def test_nothing_is_asked_in_the_clear(runner: Runner, api: ScriptedApi) -> None:
    write(runner.checkout, Dockerfile=GOOD)
    elsewhere = api._replace(url="http://api.example.com")
    done = published(runner, elsewhere, {"comment": "true"})
    assert done.code == 2
    assert "neither https nor on this machine" in done.errors[0]


def _patch(text: str) -> str:
    lines = text.rstrip("\n").split("\n")
    return "\n".join([f"@@ -0,0 +1,{len(lines)} @@", *(f"+{line}" for line in lines)])


def test_a_safe_fix_is_suggested_where_the_change_shows_it(
    runner: Runner, api: ScriptedApi
) -> None:
    write(runner.checkout, serving__Dockerfile=FIXABLE)
    shown = {"filename": "serving/Dockerfile", "patch": _patch(FIXABLE)}
    api.answers[f"GET {FILES}"] = (200, [{"filename": "logo.png"}, shown])
    inputs = {"fix-suggestions": "true", "policy": "strict", "working-directory": "serving"}
    published(runner, api, inputs)
    (made,) = api.written()
    assert (made.path, made.body["commit_id"], made.body["event"]) == (REVIEWS, "a" * 40, "COMMENT")
    comments = made.body["comments"]
    (one,) = (each for each in comments if each["body"].startswith("`add-instead-of-copy`"))
    assert (one["path"], one["line"], one["side"]) == ("serving/Dockerfile", 2, "RIGHT")
    assert one["body"].endswith("\n\n```suggestion\nCOPY app.py /srv/app.py\n```")
    lines = [number for each in comments for number in _numbers(each)]
    assert len(lines) == len(set(lines))
    api.asked.clear()
    api.answers[f"GET {REVIEWED}"] = (200, comments)
    done = published(runner, api, inputs)
    assert api.written() == []
    assert "there already" in done.stdout


def _numbers(comment: dict[str, Any]) -> range:
    return range(comment.get("start_line", comment["line"]), comment["line"] + 1)


def test_what_reads_otherwise_at_the_head_is_left_alone(runner: Runner, api: ScriptedApi) -> None:
    write(runner.checkout, Dockerfile=FIXABLE)
    other = {"filename": "Dockerfile", "patch": _patch(FIXABLE.replace("app.py", "main.py"))}
    api.answers[f"GET {FILES}"] = (200, [other])
    done = published(runner, api, {"fix-suggestions": "true", "policy": "strict"})
    assert api.written() == []
    assert "none fit into what the change shows" in done.stdout


CYCLONE = {"components": [{"purl": "pkg:pypi/torch@2.5.1"}, {"name": "x"}, {"purl": "no"}]}
SPDX = {
    "packages": [
        {"externalRefs": [{"referenceType": "purl", "referenceLocator": "pkg:deb/debian/curl@1"}]}
    ]
}


@pytest.mark.parametrize(
    ("said", "purl"), [(CYCLONE, "pkg:pypi/torch@2.5.1"), (SPDX, "pkg:deb/debian/curl@1")]
)
def test_an_sbom_is_submitted(
    runner: Runner, api: ScriptedApi, said: dict[str, Any], purl: str
) -> None:
    write(runner.checkout, Dockerfile=GOOD, sbom_json=json.dumps(said))
    done = published(runner, api, {"sbom": "sbom.json"}, {"ref": "refs/heads/main"})
    assert done.code == 0
    (made,) = api.written()
    assert made.path == SNAPSHOTS
    assert made.body["sha"] == "b" * 40
    assert made.body["manifests"]["sbom.json"]["resolved"] == {purl: {"package_url": purl}}
    assert made.body["job"] == {"correlator": "imagelint:pr:judge", "id": "5"}


@pytest.mark.parametrize("text", ["{", "[]", '{"components": [1]}'])
def test_what_is_no_sbom_is_a_wrong_input(runner: Runner, api: ScriptedApi, text: str) -> None:
    write(runner.checkout, Dockerfile=GOOD, sbom_json=text)
    done = published(runner, api, {"sbom": "sbom.json"})
    assert done.code == 2
    assert done.errors == ("input sbom: 'sbom.json' is no SBOM of CycloneDX or SPDX in JSON",)
    done = published(runner, api, {"sbom": "../event.json"})
    assert done.code == 2
    assert "no such file in the workspace" in done.errors[0]


def test_the_reports_are_kept(runner: Runner) -> None:
    write(runner.checkout, Dockerfile=GOOD)
    done = runner({"upload-report": "true"})
    ((action, given),) = done.used
    assert action.startswith("actions/upload-artifact@")
    assert given["name"] == "imagelint-pr-judge"
    assert [Path(line).name for line in given["path"].split()] == ["report.json", "report.sarif"]


def test_little_is_shown_of_what_is_below(runner: Runner) -> None:
    write(runner.checkout, Dockerfile=FIXABLE)
    done = runner({"policy": "strict", "min-severity": "critical"})
    assert not done.commands
    assert "below critical not shown" in done.summary
    assert "add-instead-of-copy" not in done.summary
