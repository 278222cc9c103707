"""Repositories are named with their registry, or as it calls them."""

from __future__ import annotations

import pytest

from imagelint.audit.selection import Selection

WEB, SERVICE, FOLDER = "registry.example.com:5000/team/web", "ghcr.io/web", "oci:team/web"


@pytest.mark.parametrize(
    ("globs", "named"),
    [
        (("team/*",), {WEB}),
        (("team/web",), {WEB}),
        (("*/web",), {WEB, SERVICE, FOLDER}),
        (("registry.example.com:5000/*",), {WEB}),
        (("ghcr.io/*",), {SERVICE}),
        (("web",), {WEB, SERVICE, FOLDER}),
        (("oci:team/*",), {FOLDER}),
        (("team",), set()),
        (("other/*", "ghcr.io/web"), {SERVICE}),
    ],
)
def test_globs_are_about_repositories(globs: tuple[str, ...], named: set[str]) -> None:
    every = {WEB, SERVICE, FOLDER}
    assert {one for one in every if Selection(include=globs).wants_repository(one)} == named
    assert {one for one in every if Selection(exclude=globs).wants_repository(one)} == every - named


def test_what_is_left_out_is_left_out_of_what_is_wanted() -> None:
    wanted = Selection(include=("team/*",), exclude=("*/web",))
    assert not wanted.wants_repository(WEB)
    assert wanted.wants_repository("registry.example.com/team/app")
