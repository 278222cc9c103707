"""Names and values that are secrets, and those that only look like it."""

from __future__ import annotations


def is_secret_name(name: str) -> bool:  # noqa: ARG001 - skeleton
    """Whether a variable of that name holds a secret (`HF_TOKEN`; not `MAX_TOKENS`)."""
    return False


def secret_kind(value: str) -> str:  # noqa: ARG001 - skeleton
    """What kind of secret a value is by its shape (`Hugging Face token`), or empty."""
    return ""


def is_placeholder(value: str) -> bool:  # noqa: ARG001 - skeleton
    """Whether a value only holds the place of a secret (`<your token>`, `changeme`, `${X}`)."""
    return False


def credential_file(path: str) -> str:  # noqa: ARG001 - skeleton
    """What kind of credential file a path names (`AWS credentials`), or empty."""
    return ""
