from __future__ import annotations

import pytest

from imagelint.documents.dockerfile.context.image import LARGEST_SCRIPT
from imagelint.documents.packages.model import UnreadRequirements
from tests.documents.dockerfile.context.project import dockerfile

LINES = (
    "FROM x:1",
    "COPY deps.txt /",
    "RUN pip install -r /deps.txt",
    "RUN pip install -r /deps.txt",
)


@pytest.mark.parametrize(
    ("length", "told"),
    [
        (LARGEST_SCRIPT, []),
        (LARGEST_SCRIPT + 1, ["`deps.txt` is too large to be read with the Dockerfile"]),
        (0, ["there is no `deps.txt` in the build context"]),
    ],
)
def test_files_that_are_not_read_are_told_once(length: int, told: list[str]) -> None:
    files = {"deps.txt": "requests==2.32.3\n".ljust(length, "#")} if length else {}
    found = dockerfile(*LINES, files=files).nodes_of(UnreadRequirements)
    assert [one.why for one in found] == told
