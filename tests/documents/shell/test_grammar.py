from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

from imagelint.documents.shell import grammar

if TYPE_CHECKING:
    import pytest


def test_without_the_compiled_module_alone_the_whole_package_is_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert grammar._grammar().__name__ == "tree_sitter_bash._binding"
    monkeypatch.setattr(grammar, "PathFinder", SimpleNamespace(find_spec=lambda *_: None))
    package = grammar._grammar()
    assert package.__name__ == "tree_sitter_bash"
    assert callable(package.language)
