"""Examine texts as if they were the files of a folder of their own."""

from __future__ import annotations

import os
from contextlib import chdir
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from imagelint.collect.files import FoundFile
from imagelint.collect.write import write_text
from imagelint.run.files import Run, examine, total
from imagelint.run.policies import Policies
from imagelint.run.session import NullCache

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagelint.core.report import Report
    from imagelint.policy.model import Policy


def examine_texts(files: Mapping[str, str], policy: Policy) -> Report:
    """What a policy says about texts by their names: found, recognised, read, judged, allowed.

    Nothing else is looked at: neither what lies where the user stands nor another policy. The
    process stands in another folder meanwhile.

    Raises:
        ValueError: a name leads out of the folder.
    """
    for name in files:
        path = os.path.normpath(name)
        if os.path.isabs(path) or path.split(os.sep)[0] in (os.pardir, os.curdir):
            raise ValueError(f"`{name}` is not a file in a folder of its own")
    with TemporaryDirectory(prefix="imagelint-") as folder, chdir(folder):
        os.mkdir(".git")  # what lies above is none of our business
        for name, text in files.items():
            os.makedirs(os.path.dirname(name) or ".", exist_ok=True)
            write_text(name, (text,))
        found = tuple(FoundFile(name, name) for name in map(os.path.normpath, files))
        return total(examine(found, Run(Policies.of_one(policy), NullCache(), 0)).values())
