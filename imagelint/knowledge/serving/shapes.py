"""The shapes of models, and what they keep of a sequence: the KV cache."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.knowledge.models import is_library_tag, model_name
from imagelint.knowledge.tables import looked_up, table

if TYPE_CHECKING:
    from imagelint.knowledge.serving.forms import LengthLimitRow, ModelShapeRow

_GB = 1e9
_STEP = 1024


class ModelShape(NamedTuple):
    """A model's attention; the fields are those of the table, 0 where they are not known."""

    name: str
    heads: int
    context: int
    layers: int = 0
    sliding: int = 0
    window: int = 0
    kv_heads: int = 0
    head_size: int = 0
    latent: int = 0

    def kept_gb(self, tokens: int, size: float) -> float:
        """GB of 1e9 bytes that are kept of a sequence, by all layers and heads together.

        `size` is the bytes of an element. 0 where it is not known.
        """
        if self.latent:
            return self.layers * tokens * self.latent * size / _GB
        kept = self.layers * tokens + self.sliding * min(tokens, self.window)
        return 2 * kept * self.kv_heads * self.head_size * size / _GB

    def tokens_in(self, room: float, size: float) -> int:
        """How many tokens of a sequence fit into so many GB, in steps of 1024."""
        steps = range(0, self.context + 1, _STEP)
        at = bisect_right(steps, room, key=lambda tokens: self.kept_gb(tokens, size))
        return steps[at - 1] if at else 0

    def shares(self, tensor: int, pipeline: int) -> int:
        """Over how many GPUs the cache of a sequence is spread: latent attention is kept by all."""
        return pipeline * (1 if self.latent else min(tensor, self.kv_heads or 1))

    def is_divided_by(self, tensor: int) -> bool:
        """Whether the heads can be divided among so many GPUs."""
        if self.heads % tensor:
            return False
        return not self.kv_heads or self.kv_heads % tensor == 0 or tensor % self.kv_heads == 0


@looked_up
def model_shape(model: str) -> ModelShape | None:
    """The shape of a model by its name, None where it is not known."""
    name = model_name(model).lower()
    rows = table("model_shapes")["shapes"]
    found = [row for row in rows if row["name"] in name and _is_part(row["name"], name)]
    if not found:
        return None
    row: ModelShapeRow = max(found, key=lambda one: len(one["name"]))
    # A distillation is named after its teacher, and is not made like it.
    if "distill" in name and "distill" not in row["name"]:
        return None
    if row["name"] in table("models")["ambiguous"]["names"] and is_library_tag(model):
        return None  # a tag of a library that has the small ones of the family as well
    return ModelShape(**row)


@looked_up
def sure_context(model: str) -> int | None:
    """The longest sequence, in tokens, that a model's own configuration surely allows.

    None where the name says more than the table knows: a base, a fine-tuning, a longer release.
    """
    shape = model_shape(model)
    if shape is None:
        return None
    rules, name = table("model_shapes"), model_name(model).lower()
    if name.startswith(tuple(rules["unsure"])):
        return None
    words = [word for word in name.replace(shape.name, "-", 1).split("-") if word]
    if name.startswith(tuple(rules["tuned"])) and "instruct" not in words:
        return None
    return shape.context if all(word in rules["kept_by"] for word in words) else None


@looked_up
def length_limit(engine: str) -> LengthLimitRow | None:
    """What keeps an engine from longer sequences than its model's; None where nothing does."""
    rows = table("model_shapes")["limits"]
    return next((row for row in rows if row["engine"] == engine), None)


def _is_part(key: str, name: str) -> bool:
    at = name.find(key)
    if at < 0 or (at > 0 and name[at - 1].isalnum()):
        return False
    behind = name[at + len(key) : at + len(key) + 1]
    return not behind.isalnum() and behind != "."


def divides_heads(engine: str) -> bool:
    """Whether an engine ends where the heads cannot be divided among its GPUs."""
    return engine in table("model_shapes")["strict"]
