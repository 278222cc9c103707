from __future__ import annotations

import json

import pytest

from imagelint.core.reference import parse_reference
from imagelint.documents.image.lockfile import lock_key, read_lock, write_lock

DIGEST, OTHER = "sha256:" + "ab" * 32, "sha256:" + "cd" * 32


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("python", "docker.io/library/python:latest"),
        ("docker.io/library/python:3.12", "docker.io/library/python:3.12"),
        (f"ghcr.io/a/b:v1@{DIGEST}", "ghcr.io/a/b:v1"),
    ],
)
def test_spellings_of_one_image_have_one_key(text: str, key: str) -> None:
    reference = parse_reference(text)
    assert reference is not None
    assert lock_key(reference) == key


def test_what_is_written_is_read() -> None:
    digests = {"ghcr.io/a/b:v1": DIGEST, "docker.io/library/a:2": DIGEST}
    text = write_lock(digests)
    assert read_lock(text) == digests
    assert text == write_lock(dict(reversed(digests.items())))
    assert text.index("library/a") < text.index("ghcr.io")


def test_one_image_may_be_written_in_two_ways_and_tags_differ_by_case() -> None:
    images = {"a:v1": DIGEST, "docker.io/library/a:v1": DIGEST, "a:V1": OTHER}
    found = read_lock(json.dumps({"version": 1, "images": images}))
    assert found == {"docker.io/library/a:v1": DIGEST, "docker.io/library/a:V1": OTHER}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "ends too early"),
        ("[]", "is no lock file of version 1"),
        ('{"version": 2, "images": {}}', "is no lock file of version 1"),
        ('{"version": 1, "images": []}', "is no lock file of version 1"),
        (f'{{"version": 1, "images": {{"a": "{DIGEST}"}}}}', "an entry that is no image"),
        ('{"version": 1, "images": {"a:1": "sha256:00"}}', "an entry that is no image"),
        ('{"version": 1, "images": {"a:1": 5}}', "an entry that is no image"),
        (
            f'{{"version": 1, "images": {{"a:1": "{DIGEST}", "a:1": "{DIGEST}"}}}}',
            "has `a:1` twice",
        ),
        (
            f'{{"version": 1, "images": {{"a:1": "{DIGEST}", "library/a:1": "{OTHER}"}}}}',
            "has two digests of one image: library/a:1",
        ),
    ],
)
def test_what_is_no_lock_file_is_refused(text: str, why: str) -> None:
    found = read_lock(text)
    assert isinstance(found, str)
    assert why in found
