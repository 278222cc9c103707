from __future__ import annotations

import pytest

from imagelint.documents.packages.installs import package_installs
from imagelint.documents.packages.python import PIP
from imagelint.documents.packages.system import APT
from imagelint.documents.queries.packages.caches import (
    cache_mount,
    cache_switched_off,
    holds,
    wheel_cache,
    wheel_fillings,
)
from tests.documents.queries.dockerfiles import dockerfile, scripts


@pytest.mark.parametrize(
    ("setting", "command", "off"),
    [
        ("ENV A=1", "pip install a", False),
        ("ENV A=1", "pip install --no-cache-dir a", True),
        ("ENV A=1", "pip install $OPTIONS a", None),
        ("ENV PIP_NO_CACHE_DIR=off", "pip install a", True),
        ("ENV PIP_NO_CACHE_DIR=", "pip install a", False),
        ("ENV UV_NO_CACHE=false", "uv pip install a", False),
        ("ENV UV_NO_CACHE=1", "uv pip install a", True),
        ("ARG UV_NO_CACHE=1", "pip install a", False),
        ("ENV PIP_NO_CACHE_DIR=$X", "pip install a", None),
    ],
)
def test_a_cache_is_switched_off_by_option_or_variable(
    setting: str, command: str, *, off: bool | None
) -> None:
    document = dockerfile("FROM python:3.12", "ARG X", setting, f"RUN {command}")
    script = scripts(document)[0]
    install = package_installs(script.commands[0])[0]
    assert cache_switched_off(document, script, install, install.manager.caches[0]) is off


@pytest.mark.parametrize(
    ("mount", "target"),
    [
        ("type=cache,target=/root/.cache/pip", "/root/.cache/pip"),
        ("type=cache,target=/root/.cache/", "/root/.cache/"),
        ("type=cache,target=/opt/pip", "/opt/pip"),
        ("type=cache,target=/root/.cache/uv", ""),
    ],
)
def test_a_mount_holds_the_cache_by_its_place(mount: str, target: str) -> None:
    document = dockerfile(
        "FROM python:3.12", "ENV PIP_CACHE_DIR=/opt/pip", f"RUN --mount={mount} pip install a"
    )
    script = scripts(document)[0]
    (filling,) = wheel_fillings(script)
    assert filling.cache is PIP.caches[0]
    assert cache_mount(document, script, filling) == target
    assert cache_mount(document, script, filling, ("tmpfs",)) == ""


@pytest.mark.parametrize(
    ("before", "off"),
    [
        ("export PIP_NO_CACHE_DIR=1", True),
        ("PIP_NO_CACHE_DIR=1; export PIP_NO_CACHE_DIR", True),
        ("export PIP_NO_CACHE_DIR; PIP_NO_CACHE_DIR=1", True),
        ("declare -x PIP_NO_CACHE_DIR=1", True),
        ("export PIP_NO_CACHE_DIR=$(date)", None),
        ("if a; then export PIP_NO_CACHE_DIR=1; fi", None),
        ("PIP_NO_CACHE_DIR=1", False),
        ("(export PIP_NO_CACHE_DIR=1)", False),
        ("export PIP_NO_CACHE_DIR=1; unset PIP_NO_CACHE_DIR", False),
        ("export PIP_NO_CACHE_DIR=", False),
        ("pip config set global.no-cache-dir true", True),
        ("pip config --user set install.no_cache_dir 1", True),
        ("pip config set global.no-cache-dir ''", False),
        ("pip config unset global.no-cache-dir", False),
        ("pip config set global.index-url https://a.example", False),
        ("a || pip config set global.no-cache-dir true", False),
    ],
)
def test_a_script_may_switch_a_cache_off_for_what_follows(before: str, *, off: bool | None) -> None:
    document = dockerfile("FROM python:3.12", f"RUN {before}; pip install a")
    script = scripts(document)[0]
    filling = next(iter(wheel_fillings(script)))
    assert cache_switched_off(document, script, filling.install, filling.cache) is off


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("pip install a", "pip"),
        ("python -m uv pip install a", "uv"),
        # Nothing keeps these from writing theirs.
        ("poetry install", None),
        ("conda install a", None),
        ("apt-get install a", None),
    ],
)
def test_whose_wheels_need_not_be_kept(command: str, name: str | None) -> None:
    script = scripts(dockerfile("FROM python:3.12", f"RUN {command}"))[0]
    cache = wheel_cache(package_installs(script.commands[0])[0])
    assert (cache and cache.name) == name


@pytest.mark.parametrize(
    ("mount", "inside"),
    [
        ("cache:/var/lib/apt/lists", True),
        ("cache:/var/lib/apt/", True),
        ("cache:/var/cache/apt", False),
        ("cache:/var/lib/apt/lists/partial", False),
        ("secret:", False),
    ],
)
def test_a_mount_holds_what_lies_below_it(mount: str, *, inside: bool) -> None:
    assert APT.lists is not None
    assert holds(mount, APT.lists) is inside
