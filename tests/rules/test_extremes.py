"""A number beyond every range, in the place of each number of an example, is read by every rule."""

from __future__ import annotations

import re

import pytest

from imagelint.rules import catalog
from imagelint.rules.documentation import read_documentation
from tools.fuzz import Input, Sample, Trial

# Python itself refuses to read so many digits as a number.
BEYOND = '"' + "9" * 5_000 + '"'
VALUE = re.compile(r"(?<=[:=/\[ ])[\"']?\d+(?:\.\d+)?[\"']?(?=[\s,\]}/%smhKMGTi:-])")


@pytest.fixture(scope="module")
def trial() -> Trial:
    return Trial()


@pytest.mark.parametrize("family", catalog.families())
def test_no_number_is_too_large_to_be_read(family: str, trial: Trial) -> None:
    for name in catalog.names():
        if catalog.family(name) != family:
            continue
        examples = read_documentation(catalog.load(name).doc).examples
        bad = next(one for one in examples if one.bad)
        files = dict(bad.files)
        for file, text in files.items():
            given = Input(Sample(files), file, VALUE.sub(BEYOND, text))
            assert trial(given) is None, (name, file)
