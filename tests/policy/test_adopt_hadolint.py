"""A policy that is made of a configuration of hadolint ends as hadolint does with it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from imagelint.core.source import Source
from imagelint.policy.adopt.hadolint import read_hadolint
from imagelint.policy.adopt.model import OFF, adopted_rules
from imagelint.policy.adopt.write import adopted_policy
from imagelint.rules import catalog

if TYPE_CHECKING:
    from tests.conftest import Program

HADOLINT = Path(sys.executable).parent / "hadolint"
# Whose every finding both programs have, by what is wrong in them.
FILES = {
    "good": "FROM debian:12.7\nUSER 1000\n",
    "lists": "FROM debian:12.7\nRUN apt-get update && apt-get install -y"
    " --no-install-recommends git=1:2.39.5-0+deb12u1\nUSER 1000\n",
    "root": "FROM debian:12.7\nUSER 1000\nUSER 0\n",
    "tag": "FROM debian\nUSER 1000\n",
    "latest": "FROM debian:latest\nUSER 1000\n",
    "workdir": "FROM debian:12.7\nWORKDIR app\nUSER 1000\n",
    "labels": 'FROM debian:12.7\nLABEL contact="me" built="2026-01-02T03:04:05Z"\nUSER 1000\n',
    "empty": 'FROM debian:12.7\nLABEL contact="" built="today" else="x"\nUSER 1000\n',
    "typed": 'FROM debian:12.7\nLABEL contact="a@example.com" built="2026-01-02T03:04:05Z" '
    'license="MIT" home="https://example.com" version="1.2.3" note="x" '
    'commit="0a1b2c3d4e5f60718293a4b5c6d7e8f901234567"\nUSER 1000\n',
    "registry": "FROM ghcr.io/team/base:1.2\nUSER 1000\n",
    "told": "FROM debian:12.7\nUSER 1000\n# hadolint ignore=DL3002\nUSER 0\n",
    "apt": "FROM debian:12.7\nRUN apt-get update && apt-get install -y --no-install-recommends git"
    " && rm -rf /var/lib/apt/lists/*\nUSER 1000\n",
    "apk": "FROM alpine:3.20\nRUN apk add --no-cache git\nUSER 1000\n",
    "npm": "FROM node:22.9.0\nRUN npm install -g pnpm && npm cache clean --force\nUSER 1000\n",
    "gem": "FROM ruby:3.3.5\nRUN gem install rake\nUSER 1000\n",
    "blanks": "FROM debian:12.7\nRUN touch $FILES\nUSER 1000\n",
    "unset": 'FROM debian:12.7\nRUN touch "$files"\nUSER 1000\n',
    "style": 'FROM debian:12.7\nRUN touch "`id -u`"\nUSER 1000\n',
}
CONFIGURATIONS = {
    "nothing": "",
    "ignored": "ignored: [DL3002, DL3009]\n",
    "override": "override: {error: [DL3009], info: [DL3002, DL3006]}\nfailure-threshold: error\n",
    "one-manager": "override: {info: [DL3008]}\nfailure-threshold: warning\n",
    "other-manager": "override: {error: [DL3018]}\nfailure-threshold: error\n",
    "one-tag": "override: {style: [DL3007], error: [DL3013, DL3016]}\nfailure-threshold: warning\n",
    "style": "override: {style: [DL3006, DL3007]}\nfailure-threshold: info\n",
    "threshold": "failure-threshold: warning\n",
    "error": "failure-threshold: error\n",
    "trusted": "trustedRegistries: [docker.io]\n",
    "labels": "label-schema: {contact: email, built: rfc3339}\n",
    "strict": "label-schema: {contact: email, built: rfc3339}\nstrict-labels: true\n",
    "typed": "label-schema: {license: spdx, home: url, version: semver, commit: hash,"
    " note: text}\n",
    "superfluous": "strict-labels: true\nfailure-threshold: info\n",
    "in-part": "ignored: [DL3007, DL3008, DL3016]\n",
    "other-part": "ignored: [DL3006, DL3018, DL3028, SC2086]\n",
    "shell": "ignored: [SC2154]\nfailure-threshold: warning\n",
    "pragma": "disable-ignore-pragma: true\n",
    "wildcard": 'trustedRegistries: ["*.io"]\nfailure-threshold: error\n',
}


def theirs(configuration: Path, dockerfile: Path) -> tuple[int, set[str]]:
    """The exit code of hadolint and the ids that it tells."""
    done = subprocess.run(
        [HADOLINT, "--config", configuration, "--format", "json", dockerfile],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, {row["code"] for row in json.loads(done.stdout)}


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_both_programs_say_the_same(name: str, program: Program, here: Path) -> None:
    text = CONFIGURATIONS[name]
    configuration = here / "hadolint.yaml"
    configuration.write_text(text, encoding="utf-8")
    adopted = read_hadolint(Source("hadolint.yaml", text))
    policy = adopted_policy(adopted, "x", "hadolint.yaml", "2099-01-01")
    (here / ".imagelint.yaml").write_text(policy, encoding="utf-8")
    on = {rule.name for rule in adopted_rules(adopted) if rule.level != OFF}
    for title, content in FILES.items():
        dockerfile = here / f"{title}.Dockerfile"
        dockerfile.write_text(content, encoding="utf-8")
        code, ids = theirs(configuration, dockerfile)
        answer = program("check", "--format", "json", "--no-cache", dockerfile.name)
        said = {finding["rule"] for finding in json.loads(answer.out)["findings"]}
        expected = {rule for id_ in ids for rule in catalog.find(id_) if rule in on}
        assert all(expected.intersection(catalog.find(id_)) for id_ in ids), (title, ids)
        assert said <= expected, (title, ids, said)
        assert all(said.intersection(catalog.find(id_)) for id_ in ids), (title, ids, said)
        assert (answer.code, title) == (code, title)
