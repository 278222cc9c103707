"""The beginning of the single file: unpack what it holds, once, and run it from there.

Python starts this with the file itself as the place to import from, whose table has four entries:
to read one of thousands would take as long as the whole rest of a start.
"""

import os
import sys

_ARCHIVE = __loader__.archive
_MODE = 0o700


def main() -> None:
    """Run imagelint from the folder in which it is unpacked.

    Raises:
        SystemExit: this Python is another one than the file was made for.
    """
    identity = _text("identity")
    made_for = _text("python")
    if made_for != sys.implementation.cache_tag:
        said = f"error: this file is for {made_for}, and this Python is "
        raise SystemExit(f"{said}{sys.implementation.cache_tag}\nhelp: take the file for it")
    place = os.path.join(_kept(), identity)
    if not os.path.isdir(place):
        place = _unpacked(place)
    sys.path[0] = place
    from imagelint.cli.start import run

    run()


def _text(member: str) -> str:
    return __loader__.get_data(os.path.join(_ARCHIVE, member)).decode()


def _kept() -> str:
    """Where programs are kept: beside imagelint's results."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    if not os.path.isabs(base):
        base = os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(base, "imagelint", "program")


def _unpacked(place: str) -> str:
    """Unpack into a folder beside, and put it there whole; who comes second takes the first's.

    Where nothing can be written the folder is a temporary one, and gone when Python ends.
    """
    import compileall
    import shutil
    import tempfile
    import zipfile

    parent = os.path.dirname(place)
    try:
        os.makedirs(parent, _MODE, exist_ok=True)
        folder = tempfile.mkdtemp(dir=parent)
    except OSError:
        import atexit

        place = folder = tempfile.mkdtemp()
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with zipfile.ZipFile(_ARCHIVE) as file, file.open("packages") as packed:
        zipfile.ZipFile(packed).extractall(folder)
    if folder != place:
        compileall.compile_dir(folder, quiet=2, stripdir=folder, prependdir=place)
        try:
            os.rename(folder, place)
        except OSError:
            shutil.rmtree(folder, ignore_errors=True)
    return place


if __name__ == "__main__":
    main()
