"""Objects of Kubernetes that are written as JSON."""

from __future__ import annotations

import json

from imagelint.core.pattern import pattern

_KIND = pattern(r'"kind"\s*:\s*"')
# An object has these, and one that lacks its `kind`, or its list, has one of them all the same.
_FIELDS = frozenset({"apiVersion", "kind", "metadata", "spec", "items"})


def holds_objects(text: str) -> bool:
    """Whether JSON that names a kind is an object, or a list of them.

    What other tools write holds objects as well (the state of Pulumi, the outputs of Terraform),
    below keys of their own. What is not JSON may be one that is broken.
    """
    if not _KIND.search(text):
        return False
    try:
        root = json.loads(text)
    except (ValueError, RecursionError):
        return True
    return not isinstance(root, dict) or not _FIELDS.isdisjoint(root)
