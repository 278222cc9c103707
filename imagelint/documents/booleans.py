"""What words mean yes and no, by the language that they are written in.

Nobody agrees with anybody: `on` is true for pip and a word for YAML 1.2; `yes` is no number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# https://yaml.org/spec/1.2.2/#1032-tag-resolution
YAML_CORE: Mapping[str, bool] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
# https://github.com/yaml/go-yaml/blob/v2/resolve.go: what Kubernetes reads without quotes.
GO_YAML: Mapping[str, bool] = {
    **YAML_CORE,
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "off", "Off", "OFF"), False),
}
_YES = frozenset({"1", "true", "t", "yes", "y", "on"})
_NO = frozenset({"0", "false", "f", "no", "n", "off"})


def compose_word(text: str) -> bool | None:
    """A truth value of a compose file, in quotes or not; None for what it refuses.

    https://github.com/compose-spec/compose-go/blob/main/loader/interpolate.go
    """
    return GO_YAML.get(text.lower())


def installer_variable(text: str) -> bool:
    """A variable of pip or uv: all but an empty one and a word that means no is yes.

    pip: `strtobool` in pip/_internal/utils/misc.py; uv: clap's `BoolishValueParser`. Both refuse
    other words.
    """
    return bool(text) and text.lower() not in _NO


def hub_variable(text: str) -> bool:
    """A variable of the Hugging Face libraries: `ENV_VARS_TRUE_VALUES` in their constants.py."""
    return text.strip().lower() in ("1", "on", "yes", "true")


def go_variable(text: str) -> bool:
    """A variable that Go's `strconv.ParseBool` reads; what it refuses means no."""
    return text in ("1", "t", "T", "TRUE", "true", "True")


def nccl_variable(text: str) -> bool:
    """A variable of NCCL, which is a number: what is none is passed over, src/misc/param.cc."""
    digits = text.strip().removeprefix("-")
    return digits.isdecimal() and int(digits[:20]) != 0


def server_switch(text: str) -> bool:
    """A flag of a server, or the variable that means the same: yes, unless a word says no."""
    return text.lower() not in ("false", "0", "no", "off")


def preset_word(text: str) -> bool | None:
    """A flag without a value in a preset of llama-server; None for what it refuses.

    ggml-org/llama.cpp:common/arg.cpp, whatever the case of the letters.
    """
    word = text.lower()
    if word in ("true", "on", "1", "enabled"):
        return True
    return False if word in ("false", "off", "0", "disabled") else None


def is_boolean_word(text: str) -> bool:
    """Whether a text means yes or no to anybody, and so cannot be a secret."""
    return text.lower() in _YES | _NO
