"""How large a model is, by its name: only a number that is certain enough to compute with."""

from __future__ import annotations

import re
from typing import Literal

from imagelint.core.pattern import pattern
from imagelint.knowledge.tables import looked_up, table

_SIZE = pattern(
    r"(?<![A-Za-z0-9.])(?:(?P<experts>\d{1,3})x)?(?P<number>\d{1,4}(?:[._]\d{1,2})?)"
    r"(?P<unit>[BbTtMm])(?![A-Za-z0-9])",
    re.ASCII,
)
_COMMIT = pattern(r"[0-9a-f]{40}")
# Names of libraries whose models have no owner: of Ollama, and of Docker's model runner.
_LIBRARY = pattern(
    r"(?:ollama://|(?:registry\.ollama\.ai/)?library/|(?:docker\.io/)?ai/)?[a-z0-9][a-z0-9._-]*"
    r":[A-Za-z0-9][A-Za-z0-9._-]*",
    re.ASCII,
)
# Below it, millions are a length of context (`-1M`) and no size.
_FEWEST_MILLIONS = 10
_LONGEST = 300


def model_name(text: str) -> str:
    """The part of a model's name that tells its size.

    The last part of a path or hub id without its revision; the tag stays (`llama3.1:70b`). In a
    cache folder (`models--org--name/snapshots/…`) it is the folder's.
    """
    parts = [part for part in text[-_LONGEST:].partition("@")[0].split("/") if part]
    while parts and (parts[-1] == "snapshots" or _COMMIT.fullmatch(parts[-1])):
        parts.pop()
    return parts[-1].rpartition("--")[2] if parts else ""


@looked_up
def parameters_of(model: str) -> float | None:
    """Billions of parameters by a model's name, an upper bound for mixtures of experts.

    None when the name does not tell. Active parameters (`-A3B`), lengths of context (`128k`, `1M`),
    formats (`4bit`, `Q4_K_M`) and versions (`v0.3`) are no sizes.
    """
    name = model_name(model)
    misleading = _by_table("misleading", name)
    if misleading is not None:
        return misleading
    matches = list(_SIZE.finditer(name))
    billions = [_billions(match) for match in matches if match["unit"] in "Bb"]
    # Behind a size, trillions are the tokens of a training: `2B-4T`.
    billions = billions or [_billions(match) for match in matches if match["unit"] in "Tt"]
    if billions:
        return max(billions)
    millions = [_number(match) for match in matches if match["unit"] in "Mm"]
    millions = [number for number in millions if number >= _FEWEST_MILLIONS]
    if millions:
        return max(millions) / 1000
    if model.lower().removesuffix(":latest") in table("models")["ambiguous"]["names"]:
        return None
    # A distillation is named after its teacher, and is not as large.
    return None if "distill" in name.lower() else _by_table("numberless", name)


def _number(match: re.Match[str]) -> float:
    return float(match["number"].replace("_", "."))


def _billions(match: re.Match[str]) -> float:
    number = _number(match) * (1000 if match["unit"] in "Tt" else 1)
    if match["experts"] is None:
        return number
    known = table("models")["mixtures"].get(f"{match['experts']}x{match['number']}")
    return float(known) if known is not None else int(match["experts"]) * number


def _by_table(section: Literal["misleading", "numberless", "native"], name: str) -> float | None:
    """The value of the longest name in a section that is a part of this one."""
    lowered = name.lower()
    rows: dict[str, float] = table("models")[section]
    found = [key for key in rows if key in lowered and _is_part(key, lowered)]
    return float(rows[max(found, key=len)]) if found else None


def _is_part(key: str, name: str) -> bool:
    at = name.find(key)
    if at < 0 or (at > 0 and name[at - 1].isalnum()):
        return False
    behind = name[at + len(key) : at + len(key) + 1]
    return not behind.isdigit() and behind != "."


@looked_up
def native_bytes(model: str) -> float | None:
    """Bytes per weight of a checkpoint that is published in fewer than 16 bits by default."""
    name = model_name(model)
    return None if "distill" in name.lower() else _by_table("native", name)


def is_library_tag(model: str) -> bool:
    """Whether a model is named as in a library, with a tag: `llama3.3:70b`, `ai/qwen3:8B`."""
    return _LIBRARY.fullmatch(model) is not None


def takes_media(model: str) -> bool:
    """Whether a model takes pictures, sound or videos, by its name."""
    name = model_name(model).lower()
    return any(key in name and _is_part(key, name) for key in table("models")["media"])
