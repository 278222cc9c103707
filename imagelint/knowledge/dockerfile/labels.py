"""Labels with a meaning, and what their values have to be.

Sources: https://github.com/opencontainers/image-spec/blob/main/annotations.md (of November 2026),
https://github.com/modelpack/model-spec/blob/main/docs/annotations.md, and the formats that hadolint
knows: https://github.com/hadolint/hadolint#linting-labels.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.knowledge.dockerfile.spdx import is_licence_expression

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_OCI = "org.opencontainers.image"
_MODEL = "org.cncf.model"
PRESETS: Mapping[str, Mapping[str, str]] = {
    "oci": {
        f"{_OCI}.created": "rfc3339",
        f"{_OCI}.authors": "text",
        f"{_OCI}.url": "url",
        f"{_OCI}.documentation": "url",
        f"{_OCI}.source": "url",
        f"{_OCI}.version": "text",
        f"{_OCI}.revision": "text",
        f"{_OCI}.vendor": "text",
        f"{_OCI}.licenses": "spdx",
        f"{_OCI}.ref.name": "text",
        f"{_OCI}.title": "text",
        f"{_OCI}.description": "text",
        f"{_OCI}.base.digest": "digest",
        f"{_OCI}.base.name": "text",
    },
    "model-card": {
        f"{_MODEL}.name": "text",
        f"{_MODEL}.revision": "text",
        f"{_MODEL}.family": "text",
        f"{_MODEL}.architecture": "text",
        f"{_MODEL}.format": "text",
        f"{_MODEL}.parameters": "text",
        f"{_MODEL}.precision": "text",
        f"{_MODEL}.quantization": "text",
        f"{_MODEL}.license": "spdx",
        f"{_MODEL}.source": "url",
        f"{_MODEL}.cuda": "text",
    },
}
REQUIRED: Mapping[str, tuple[str, ...]] = {
    "oci": (f"{_OCI}.source", f"{_OCI}.revision", f"{_OCI}.licenses"),
    "model-card": (f"{_MODEL}.name", f"{_MODEL}.revision", f"{_MODEL}.license"),
}
# https://www.rfc-editor.org/rfc/rfc3986#section-3
_URL = pattern(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s\"<>\\^`{|}]+")
_TIME = pattern(
    r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])[Tt ](?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)"
    r"(?:\.\d+)?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)",
    re.ASCII,
)
# https://semver.org/#is-there-a-suggested-regular-expression-regex-to-check-a-semver-string
_VERSION = pattern(
    r"(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)"
    r"(?:-(?:0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*)(?:\.(?:0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*))*)?"
    r"(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?",
    re.ASCII,
)
_HASH = pattern(r"[0-9a-f]{7}|[0-9a-f]{40}|[0-9a-f]{64}", re.ASCII)
_EMAIL = pattern(r"[^\s@<>()\[\],;:\\\"]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
_DIGEST = pattern(r"sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}", re.ASCII)
FORMATS: Mapping[str, tuple[str, Callable[[str], object]]] = {
    "digest": ("a digest, as `sha256:…`", _DIGEST.fullmatch),
    "email": ("an e-mail address", _EMAIL.fullmatch),
    "hash": ("the hash of a commit", _HASH.fullmatch),
    "rfc3339": ("a time as RFC 3339 has it, as `2026-01-31T12:00:00Z`", _TIME.fullmatch),
    "semver": ("a semantic version, as `1.2.3`", _VERSION.fullmatch),
    "spdx": ("a licence expression of SPDX, as `Apache-2.0`", is_licence_expression),
    "text": ("a text", lambda _text: True),
    "url": ("an address, as `https://…`", _URL.fullmatch),
}
