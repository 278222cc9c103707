"""Projects' lists, held against the library that reads TOML."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagelint.core.source import Source
from imagelint.documents.packages.environments import parse_specs
from imagelint.documents.packages.pep508 import normalise
from imagelint.documents.packages.projects import parse_lock, parse_project

NAMES = st.sampled_from(["torch", "vllm", "Flash_Attn", "numpy", "x"])
VERSIONS = st.sampled_from(["1.0", "2.6.0+cu124", "0.9.0rc1"])
PACKAGES = st.lists(st.tuples(NAMES, VERSIONS, st.lists(NAMES, max_size=3)), max_size=8)


def lock(packages: list[tuple[str, str, list[str]]]) -> str:
    sections = ["version = 1\n"]
    for name, version, needs in packages:
        lines = "".join(f'    {{ name = "{one}" }},\n' for one in needs)
        needed = f"dependencies = [\n{lines}]\n" if needs else ""
        sections.append(f'[[package]]\nname = "{name}"\nversion = "{version}"\n{needed}')
    return "\n".join(sections)


@given(PACKAGES, st.frozensets(NAMES))
def test_a_lock_says_what_its_toml_says(
    packages: list[tuple[str, str, list[str]]], wanted: frozenset[str]
) -> None:
    text = lock(packages)
    reached = {normalise(one) for one in wanted}
    read = tomllib.loads(text).get("package", [])
    for _ in read:
        for one in read:
            if normalise(one["name"]) in reached:
                reached |= {normalise(other["name"]) for other in one.get("dependencies", ())}
    once: dict[str, list[str]] = {}
    for one in read:
        once.setdefault(normalise(one["name"]), []).append(one["version"])
    expected = {name: said[0] for name, said in once.items() if len(said) == 1 and name in reached}
    found = parse_lock(Source("uv.lock", text), frozenset(map(normalise, wanted)))
    assert {one.name: one.version for one in found.packages} == expected
    for one in found.packages:
        said = text[slice(*one.span)]
        assert said.startswith('name = "')
        assert normalise(said[8:-1]) == one.name


@pytest.mark.parametrize(
    ("program", "packages", "indexes"),
    [
        ("pip", ["torch", "vllm"], []),
        ("uv", ["torch", "vllm"], ["https://a.example", "https://b.example", "https://d.example"]),
        ("poetry", ["torch", "vllm", "xformers"], ["https://e.example", "https://g.example"]),
    ],
)
def test_each_program_has_tables_of_its_own(
    program: str, packages: list[str], indexes: list[str]
) -> None:
    text = """\
[project]
dependencies = ["torch==2.6.0", 'vllm>=0.9; python_version > "3.9"', "x; sys_platform == 'win32'"]
[tool.uv]
extra-index-url = ["https://d.example"]
[[tool.uv.index]]
url = "https://a.example"
[[tool.uv.index]]
name = "b"
url = "https://b.example"
explicit = true
[[tool.uv.index]]
name = "c"
url = "https://c.example"
explicit = true
[tool.uv.sources]
torch = { index = "b" }
vllm = [{ index = "c", extra = "gpu" }]
[tool.poetry.dependencies]
python = "^3.12"
xformers = "0.0.30"
deepspeed = { version = "^0.16", optional = true }
[[tool.poetry.source]]
name = "e"
url = "https://e.example"
[[tool.poetry.source]]
name = "f"
url = "https://f.example"
priority = "explicit"
[[tool.poetry.source]]
name = "g"
url = "https://g.example"
priority = "supplemental"
"""
    found = parse_project(Source("pyproject.toml", text), program)
    assert found is not None
    assert [one.name for one in found.packages] == packages
    assert [text[slice(*one.span)] for one in found.indexes] == indexes


@pytest.mark.parametrize(
    "text",
    [
        "project = 1\ntool = []",
        '[project]\ndependencies = "torch"',
        "[project]\ndependencies = [1, 'not a [requirement']\n[tool]\nuv = 3",
        "[tool.uv]\nindex = 1\nsources = []\nextra-index-url = 5",
        "[tool.poetry]\ndependencies = {torch = 1}\nsource = {}",
    ],
)
@pytest.mark.parametrize("program", ["pip", "uv", "poetry"])
def test_what_has_another_shape_says_nothing(text: str, program: str) -> None:
    found = parse_project(Source("pyproject.toml", text), program)
    assert found is not None
    assert (found.packages, found.indexes) == ((), ())
    assert parse_lock(Source("uv.lock", text), frozenset(["torch"])).packages == ()


@pytest.mark.parametrize(
    "text",
    ["[project", "a = " + "[" * 5_000, "a = " + "9" * 5_000, "a." * 50_000 + "a = 1\n[project]\n"],
)
def test_what_is_no_toml_is_not_read(text: str) -> None:
    assert parse_project(Source("pyproject.toml", text), "pip") is None


def test_lists_of_conda_hold_a_package_a_line() -> None:
    text = (
        "# platform: linux-64\n@EXPLICIT\nhttps://a.example/b.conda\n  numpy=1.26.4=py311_0 # c\n"
    )
    (found,) = parse_specs(Source("list.txt", text)).packages
    assert (found.name, found.version) == ("numpy", "1.26.4")
    assert text[slice(*found.span)] == "numpy=1.26.4=py311_0"
