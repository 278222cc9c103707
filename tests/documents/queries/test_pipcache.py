from __future__ import annotations

import pytest

from imagelint.documents.packages.installs import package_installs
from imagelint.documents.queries.pipcache import cache_mount, cache_switched_off
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
    assert cache_switched_off(document, script, install) is off


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
    assert cache_mount(document, scripts(document)[0], "pip") == target
