from __future__ import annotations

import pytest

from imagelint.core.report import ProblemKind
from imagelint.core.source import Source
from imagelint.documents.base import DocumentError
from imagelint.documents.compose.project import merging
from imagelint.documents.compose.project.files import ProjectFiles
from imagelint.documents.compose.project.merging import Merger
from imagelint.documents.yaml.load import load_yaml
from imagelint.documents.yaml.nodes import Mapping, Scalar, YamlNode


def plain(node: YamlNode) -> object:
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Mapping):
        return {entry.key.text: plain(entry.value) for entry in node.entries}
    return [plain(item) for item in node.items]


def merged(base: str, over: str) -> object:
    texts = {"over.yaml": over}
    source = Source("compose.yaml", base)
    files = ProjectFiles(source, load_yaml(base), texts.get)
    merger = Merger(files)
    (below,) = files.documents("compose.yaml")
    (above,) = files.documents("over.yaml")
    return plain(merger.without_resets(merger.files(below, above)))


def service(base: str, over: str) -> object:
    whole = merged(f"services: {{a: {{{base}}}}}", f"services: {{a: {{{over}}}}}")
    assert isinstance(whole, dict)
    return whole["services"]["a"]


@pytest.mark.parametrize(
    ("base", "over", "expected"),
    [
        ("image: a", "gpus: all", {"image": "a", "gpus": "all"}),
        ("image: a", "image: b", {"image": "b"}),
        ("image: a", "image: null", {"image": "a"}),
        ("command: [a, b]", "command: [c]", {"command": ["c"]}),
        ("command: [a, b]", "command: null", {"command": None}),
        ("entrypoint: a", "entrypoint: [b]", {"entrypoint": ["b"]}),
        (
            "healthcheck: {test: [CMD, a], retries: 2}",
            "healthcheck: {test: [CMD, b]}",
            {"healthcheck": {"test": ["CMD", "b"], "retries": 2}},
        ),
        (
            "environment: {A: 1, B: 2}",
            "environment: [B=3, C]",
            {"environment": {"A": 1, "B": "3", "C": None}},
        ),
        ("environment: ['A=\\n']", "environment: [B=1]", {"environment": {"A": "\\n", "B": "1"}}),
        ("build: ./a", "build: {target: t}", {"build": {"context": "./a", "target": "t"}}),
        ("build: {args: [A=1]}", "build: {args: {A: 2}}", {"build": {"args": {"A": 2}}}),
        ("depends_on: [a]", "depends_on: [b]", {"depends_on": ["a", "b"]}),
        (
            "depends_on: [a]",
            "depends_on: {b: {condition: service_healthy}}",
            {"depends_on": {"a": None, "b": {"condition": "service_healthy"}}},
        ),
        ("tmpfs: /run", "tmpfs: [/x]", {"tmpfs": ["/run", "/x"]}),
        ("security_opt: [a]", "security_opt: [a, b]", {"security_opt": ["a", "a", "b"]}),
        ("cap_add: [A, B]", "cap_add: [B, C]", {"cap_add": ["A", "B", "C"]}),
        ("ports: ['80:80']", "ports: ['80:80', '81:80']", {"ports": ["80:80", "81:80"]}),
        (
            "volumes: ['./a:/m', 'b:/n']",
            "volumes: ['./c:/m', {type: volume, target: /n}]",
            {"volumes": ["./c:/m", {"type": "volume", "target": "/n"}]},
        ),
        (
            "devices: ['/dev/a:/dev/x']",
            "devices: ['/dev/b:/dev/x']",
            {"devices": ["/dev/b:/dev/x"]},
        ),
        ("volumes: ['${A:-b}:/m']", "volumes: ['c:/m']", {"volumes": ["${A:-b}:/m", "c:/m"]}),
        (
            "logging: {driver: a, options: {x: 1}}",
            "logging: {driver: b}",
            {"logging": {"driver": "b"}},
        ),
        (
            "logging: {driver: a, options: {x: 1}}",
            "logging: {options: {y: 2}}",
            {"logging": {"driver": "a", "options": {"x": 1, "y": 2}}},
        ),
        ("ports: ['80:80']", "ports: !reset []", {}),
        ("ports: ['80:80']", "ports: !override ['81:81']", {"ports": ["81:81"]}),
        ("image: a", "ports: !reset []", {"image": "a"}),
        ("ports: ['80:80']", "ports: {a: b}", {"ports": {"a": "b"}}),
    ],
)
def test_a_service_and_what_is_laid_over_it(base: str, over: str, expected: object) -> None:
    assert service(base, over) == expected


def test_all_sections_are_put_together() -> None:
    found = merged(
        "services: {a: {image: x}}\nvolumes: {m: {driver: a}}\n",
        "services: {b: {image: y}}\nvolumes: {m: {external: true}, n: }\nname: p\n",
    )
    assert found == {
        "services": {"a": {"image": "x"}, "b": {"image": "y"}},
        "volumes": {"m": {"driver": "a", "external": True}, "n": None},
        "name": "p",
    }


@pytest.mark.parametrize(("base", "over"), [("- a", "a: b"), ("a: b", "- a")])
def test_what_is_no_compose_file_adds_nothing(base: str, over: str) -> None:
    assert merged(base, over) == {"a": "b"}


def test_what_comes_of_it_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merging, "MOST_MERGED", 9)
    assert service("a: 1", "b: 2") == {"a": 1, "b": 2}
    with pytest.raises(DocumentError) as caught:
        service("a: {b: {c: 1}}", "a: {b: {c: 1, d: 2, e: 3, f: 4}}")
    assert caught.value.kind is ProblemKind.TOO_LARGE


def test_words_of_lists_stand_where_they_are_written() -> None:
    base = "services: {a: {environment: {A: 1}}}"
    over = "services: {a: {environment: ['BEE=two', \"C=\\x41\"]}}"
    files = ProjectFiles(Source("compose.yaml", base), load_yaml(base), {"o.yaml": over}.get)
    (below,) = files.documents("compose.yaml")
    (above,) = files.documents("o.yaml")
    found = Merger(files).files(below, above)
    node: YamlNode | None = found
    for key in ("services", "a", "environment"):
        assert isinstance(node, Mapping)
        node = node.get(key)
    assert isinstance(node, Mapping)
    written = [files.written(entry.key.span) for entry in node.entries]
    assert written == ["A", "BEE", '"C=\\x41"']
    assert [files.written(entry.value.span) for entry in node.entries][1] == "two"
