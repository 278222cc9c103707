"""`python -m imagelint`, which imports nothing from the folder in which it is started."""

import os
import sys

if __name__ == "__main__":
    # Python looks there first, and there lies what is to be examined.
    try:
        here = os.getcwd()  # noqa: PTH109 - a module `pathlib` could be planted there
    except OSError:
        here = ""  # it is gone
    if not sys.flags.safe_path and sys.path[:1] == [here]:
        del sys.path[0]
    from imagelint.cli.start import run

    run()
