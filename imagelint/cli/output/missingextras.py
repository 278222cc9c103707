"""What is not installed with imagelint itself is said before anything is examined."""

from __future__ import annotations

from imagelint.core.errors import Diagnostic, UsageError


def need(module: str, extra: str, what: str) -> None:
    """See whether a module of an extra is there.

    Raises:
        UsageError: it is not installed; the help says how to get it.
    """
    from importlib.util import find_spec

    if find_spec(module) is None:
        help_ = f"install it: pip install 'imagelint[{extra}]'"
        raise UsageError(Diagnostic(f"{what} is not installed", help=help_))


def need_store() -> None:
    """See whether what keeps audits, evaluations and verdicts is there.

    Raises:
        UsageError: it is not installed; the help says how to get it.
    """
    for module in ("sqlalchemy", "alembic"):
        need(module, "audit", "the store of audits")


def need_statistics() -> None:
    """See whether what judges results of evaluations is there.

    Raises:
        UsageError: it is not installed; the help says how to get it.
    """
    for module in ("numpy", "scipy"):
        need(module, "evaluation", "what judges results of evaluations")
