from __future__ import annotations

import pytest

from imagelint.documents.packages.installs import package_installs
from imagelint.documents.queries.pins import loose_packages
from tests.documents.queries.dockerfiles import dockerfile, scripts


@pytest.mark.parametrize(
    ("command", "loose"),
    [
        ("pip install a b==1.0 'c>=2'", ["a", "c"]),
        ("pip install torch==2.8.0 torchvision", []),
        ("pip install torch torchvision", ["torch", "torchvision"]),
        ("pip install -c constraints.txt a", []),
        ("pip install -e folder", []),
        ("pip install git+https://example.com/a/b.git@v1.2.0", []),
        ("apt-get install -y curl", []),
    ],
)
def test_packages_are_loose_unless_something_binds_them(command: str, loose: list[str]) -> None:
    script = scripts(dockerfile("FROM python:3.12", f"RUN {command}"))[0]
    found = loose_packages(package_installs(script.commands[0])[0])
    assert [package.name for package in found] == loose
