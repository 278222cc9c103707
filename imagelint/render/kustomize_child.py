"""Build kustomizations by the library of the package `pykustomize`: run in a process of its own.

The library is a shared object with a small C interface. What is built comes from strangers: the
parent sets the limits of time and output, this process those of its own.
"""

from __future__ import annotations

import ctypes
import json
import resource
import sys

_SECONDS = 60


def main(library: str, options: str, folders: list[str]) -> None:
    """Write a line of JSON for each folder: its text, or the error.

    `options` are those of the library, as JSON.
    """
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    engine = ctypes.CDLL(library)
    engine.pykustomize_last_error.restype = ctypes.c_void_p
    engine.pykustomize_build.argtypes = [
        ctypes.c_char_p,
        ctypes.c_char_p,
        ctypes.POINTER(ctypes.c_void_p),
    ]
    for folder in folders:
        result = ctypes.c_void_p()
        failed = engine.pykustomize_build(folder.encode(), options.encode(), ctypes.byref(result))
        held = engine.pykustomize_last_error() if failed else result.value
        text = ctypes.string_at(held).decode("utf-8", "replace") if held else ""
        sys.stdout.write(json.dumps({"error" if failed else "text": text}) + "\n")
        sys.stdout.flush()
        if held:
            engine.pykustomize_free(ctypes.c_void_p(held))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
