"""What a kustomization copies, as far as it can be read."""

from __future__ import annotations

import pytest

from imagelint.deployment.renderings.replacements import Replacement, replacements
from imagelint.documents.kubernetes.reading import read_object
from imagelint.documents.yaml.cursor import Cursor
from imagelint.documents.yaml.load import read_yaml

ONE = "{source: {kind: A, name: a}, targets: [{select: {kind: B}, fieldPaths: [spec.b]}]}"
FOUND = Replacement("A", "a", ("metadata", "name"), ("spec", "b"))


def body(text: str) -> Cursor:
    return Cursor(read_yaml(text).documents[0])


@pytest.mark.parametrize(
    ("text", "found"),
    [(ONE, [FOUND]), (f"[{ONE}, {ONE}]", [FOUND, FOUND]), ("[}", []), ("", []), ("word", [])],
)
def test_a_file_may_say_it(text: str, found: list[Replacement]) -> None:
    asked: list[str] = []

    def read(path: str) -> str:
        asked.append(path)
        return text

    kustomization = body(f"replacements: [{{path: x.yaml}}, {ONE}]")
    obj = read_object(body("{kind: B, metadata: {name: b}}"))
    assert list(replacements(kustomization, obj, read)) == [*found, FOUND]
    assert asked == ["x.yaml"]
