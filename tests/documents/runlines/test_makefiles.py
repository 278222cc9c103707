from __future__ import annotations

from imagelint.documents.runlines.makefiles import target_recipes


def test_a_recipe_of_many_targets_is_read_once() -> None:
    names = " ".join(f"t{number}" for number in range(3_000))
    recipe = "".join(f"\tserve {number}\n" for number in range(3_000))
    made = list(target_recipes(f"all: {names}\n{names}:\n{recipe}", ["all"]))
    assert [one.text for one in made] == [f"serve {number}" for number in range(3_000)]


def test_what_a_target_needs_is_made_before_it() -> None:
    text = "run: model cache\n\tserve\ncache:\n\tfill\nmodel: cache\n\tfetch\n"
    assert [one.text for one in target_recipes(text, [])] == ["fill", "fetch", "serve"]
