"""What is known about one engine stands in its table: no other code names an engine."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import imagelint
from imagelint.knowledge.engines import engine, engines
from imagelint.knowledge.tables import engine_table, table

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(imagelint.__file__).parent
# Samples are texts as people write them: what reads them is imported before processes are forked,
# and what a scanner is given to find for others' tests.
SAMPLES = (ROOT / "run" / "samples.py", ROOT / "testing" / "database.py")
# What the decorators of rules say, some of it from the tables.
WRITTEN = ROOT / "rules" / "table.py"
MODULES = sorted(
    path
    for path in ROOT.rglob("*.py")
    if "knowledge" not in path.parts and path not in (*SAMPLES, WRITTEN)
)
# First words of programs, and last parts of images, that others use as well.
ORDINARY = {"python", "serve", "release"}
# `\b` of a regular expression is no letter in front of a name.
ESCAPES = re.compile(r"\\[a-z]")


def names() -> set[str]:
    """Names, titles, programs, images and packages of all engines."""
    index = table("engines/index")
    found = {row["words"][0] for row in index["programs"]}
    images = {row["glob"].rstrip("*").rpartition("/")[2] for row in index["images"]}
    found |= {image for image in images if image and "*" not in image}
    for name in engines():
        found |= {name, engine(name).title, *engine_table(name)["names"]["packages"]}
    return found - ORDINARY


NAMED = re.compile(
    rf"(?<![a-z0-9])(?:{'|'.join(re.escape(name.lower()) for name in sorted(names()))})(?![a-z0-9])"
)


def literals(tree: ast.AST) -> Iterator[ast.Constant]:
    """The strings of a module, but for docstrings, which are pages."""
    pages = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node)
        if isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in pages:
            yield node


def named_in(text: str) -> list[str]:
    """The literals of a module that name an engine."""
    return [
        f"line {literal.lineno}: {literal.value!r}"
        for literal in literals(ast.parse(text))
        if NAMED.search(ESCAPES.sub(" ", str(literal.value).lower()))
    ]


def test_no_engine_is_named_outside_of_its_table() -> None:
    named = {
        path.relative_to(ROOT).as_posix(): found
        for path in MODULES
        if (found := named_in(path.read_text(encoding="utf-8")))
    }
    assert named == {}, "say it by a trait in imagelint/knowledge/engines/*.toml"


@pytest.mark.parametrize(
    "line",
    [
        'x = server.engine == "vllm"',
        'x = {"ollama": 1}',
        'x = "VLLM_CPU_KVCACHE_SPACE"',
        'x = f"{1} processes of TensorRT-LLM"',
        'x = r"\\bray[ _]start"',
        'x = "llama-server"',
        'x = "/opt/sgl-kernel/x"',
        'def f() -> str:\n    return "docker.io/vllm/vllm-openai"',
    ],
)
def test_a_name_is_found(line: str) -> None:
    assert len(named_in(line)) == 1


@pytest.mark.parametrize(
    "line",
    [
        '"""Ollama loads later."""',
        'def f() -> None:\n    """Ollama loads later."""',
        'x = "array of minimum length"  # vllm',
        "vllm = 1",
    ],
)
def test_what_names_none(line: str) -> None:
    assert named_in(line) == []
