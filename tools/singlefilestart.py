"""The beginning of the single file: unpack what it holds, once, and run it from there.

Python starts this with the file itself as the place to import from, whose table has four entries:
to read one of thousands would take as long as the whole rest of a start.
"""

import os
import sys

_ARCHIVE = __loader__.archive
_MODE = 0o700
_BY_OTHERS = 0o022
_BY_ALL = 0o002
_STICKY = 0o1000


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
    if not (_is_ours_alone(place) and _is_safe(os.path.dirname(place))):
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


def _is_safe(parent: str) -> bool:
    """Whether nobody else can put programs there, or another folder in its place.

    `sudo` may leave the home of whom the program shall not trust.
    """
    own = os.path.dirname(parent)
    base = os.path.dirname(own)
    try:
        status = os.stat(base)
    except OSError:
        return False
    writable = status.st_mode & _BY_ALL and not status.st_mode & _STICKY
    if writable or status.st_uid not in (0, os.geteuid()) or not os.path.isabs(parent):
        return False
    return _is_ours_alone(own) and _is_ours_alone(parent)


def _is_ours_alone(folder: str) -> bool:
    try:
        status = os.stat(folder)
    except OSError:
        return False
    return status.st_uid == os.geteuid() and not status.st_mode & _BY_OTHERS


def _unpacked(place: str) -> str:
    """Unpack into a folder beside, and put it there whole; who comes second takes the first's.

    Where nothing can be written, or others can, the folder is a temporary one, and gone when
    Python ends.
    """
    import shutil

    folder = _beside(place)
    if not folder:
        return _unpack(_temporary())
    _unpack(folder, place)
    try:
        os.rename(folder, place)
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)
        if not _is_ours_alone(place):
            return _unpack(_temporary())
    return place


def _beside(place: str) -> str:
    """A new folder beside one; empty where nothing can be written, or others can."""
    import tempfile

    parent = os.path.dirname(place)
    try:
        for folder in (os.path.dirname(parent), parent):
            os.makedirs(folder, _MODE, exist_ok=True)
        return tempfile.mkdtemp(dir=parent) if _is_safe(parent) else ""
    except OSError:
        return ""


def _temporary() -> str:
    import atexit
    import shutil
    import tempfile

    folder = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _unpack(folder: str, place: str = "") -> str:
    """Unpack into a folder; what will be elsewhere, at `place`, is compiled for there."""
    import zipfile

    with zipfile.ZipFile(_ARCHIVE) as file, file.open("packages") as packed:
        zipfile.ZipFile(packed).extractall(folder)
    if place:
        import compileall

        compileall.compile_dir(folder, quiet=2, stripdir=folder, prependdir=place)
    return folder


if __name__ == "__main__":
    main()
