"""Whether one trusted registry stands for all that another one stands for."""

from __future__ import annotations

from fnmatch import fnmatchcase


def covers(wider: str, narrower: str) -> bool:
    """Whether all images of the glob `narrower` are certainly among those of the glob `wider`.

    As in `environment.registries`, a glob without a slash is a registry, and one that names a
    folder stands for what is in it. A wildcard of the narrower glob can only be matched by a `*` of
    the wider one, which crosses slashes and then takes whatever the wildcard stands for; of other
    wildcards nothing is certain.
    """
    if wider == narrower:
        return True
    if any(special in wider for special in "?[]") or "[" in narrower:
        return False
    return all(
        any(fnmatchcase(stretch, whole) for whole in _forms(wider)) for stretch in _forms(narrower)
    )


def _forms(glob: str) -> tuple[str, str]:
    whole = glob if "/" in glob else f"{glob}/*"
    return whole, f"{whole.rstrip('/')}/*"
