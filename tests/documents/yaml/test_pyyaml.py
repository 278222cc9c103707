from __future__ import annotations

import re
import subprocess
import sys

import pytest

from imagelint.documents.yaml.pyyaml import yaml

TELL = """\
import re
from imagelint.documents.yaml.pyyaml import yaml
reader = yaml.reader.Reader.NON_PRINTABLE
print(isinstance(reader, re.Pattern), isinstance(re.compile("a"), re.Pattern))
"""


def test_what_takes_long_to_compile_is_compiled_when_it_is_used() -> None:
    done = subprocess.run([sys.executable, "-c", TELL], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]


def test_the_readers_in_python_read_as_ever() -> None:
    found = yaml.load("{a: 2024-01-02, b: 0x10, c: 1.5, d: ~, e: on}", yaml.SafeLoader)
    assert [str(value) for value in found.values()] == ["2024-01-02", "16", "1.5", "None", "True"]
    with pytest.raises(yaml.reader.ReaderError):
        yaml.load("a: \x00", yaml.SafeLoader)
    assert isinstance(re.compile("a"), re.Pattern)
