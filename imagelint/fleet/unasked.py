"""Why a run cannot tell what somebody asks of it: "none" is no answer where nobody looked."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from imagelint.fleet.sizes import counted
from imagelint.store.questions import has_exploited, has_exposed, unlisted

if TYPE_CHECKING:
    from imagelint.store import views
    from imagelint.store.database import Store
    from imagelint.store.filters import ResultFilter

_WITH_PACKAGES = ("sbom", "scan")
"""Depths at which packages are looked at."""
_HOLES = "vulnerable-package"
_HIDING = frozenset(
    (
        *("minimum", "ignore_unfixed", "ignore_status", "ignore_paths", "packages"),
        *("high_only", "critical_only"),
    )
)
"""Options of that rule by which it leaves vulnerabilities out."""
_NO_WAYS = "nothing told the run what is reached from outside"
_NO_LIST = "the store knows nothing of what is exploited"
_LACKING = {
    _NO_WAYS: "audit what `kubectl get pods,services,ingresses -A -o json` says",
    _NO_LIST: "give an audit CISA's list (`--kev`)",
}
_ASK = "audit with a policy that asks it, as deep as it wants (`--depth scan`)"


def unasked(store: Store, run: views.RunView, wanted: ResultFilter) -> str:
    """Why a run does not say what is asked for, or not of all images; empty: it does."""
    if run.depth not in _WITH_PACKAGES and (wanted.package or wanted.of_vulnerabilities):
        return f"the depth `{run.depth}` looks for no vulnerabilities of packages"
    if wanted.rule and run.asked is not None and not _fitting(run.asked, wanted.rule):
        return f"the run asked images no rule `{wanted.rule}`: its policy or depth has none"
    if wanted.of_vulnerabilities and run.asked is not None and (why := _unmatched(run.asked)):
        return why
    return _unlisted(store, run, wanted)


def _unlisted(store: Store, run: views.RunView, wanted: ResultFilter) -> str:
    """Why the store cannot tell it, for want of what an audit has to be given."""
    with store.reading() as connection:
        if wanted.exposed and not has_exposed(connection, run.id):
            return _NO_WAYS
        if wanted.exploited and not (_was_given_list(run) or has_exploited(connection)):
            return _NO_LIST
        without = unlisted(connection, run.id, wanted) if wanted.of_packages else 0
    return f"nobody listed the packages of {counted(without, 'image')}" if without else ""


def _was_given_list(run: views.RunView) -> bool:
    """Whether what a run met was compared with what is exploited: then none is an answer."""
    return "kev" in json.loads(run.options).get("lists", ())


def remedy(why: str) -> str:
    """What helps where a run cannot tell something for that reason."""
    return _LACKING.get(why, _ASK)


def asked_alike(before: views.RunView, run: views.RunView, rule: str) -> bool:
    """Whether a later run asks a rule as the earlier one did: else its silence says nothing."""
    if rule == _HOLES and run.depth not in _WITH_PACKAGES:
        return False
    if run.asked is None:
        return True
    if rule not in run.asked:
        return False
    return before.asked is None or sorted(before.asked.get(rule, run.asked[rule])) == sorted(
        run.asked[rule]
    )


def _fitting(asked: views.Asked, glob: str) -> bool:
    # Only `*` means something in what is asked for.
    return any(fnmatchcase(name, glob.replace("[", "[[]").replace("?", "[?]")) for name in asked)


def _unmatched(asked: views.Asked) -> str:
    if _HOLES not in asked:
        return f"the policy has `{_HOLES}` off: it told no vulnerabilities"
    hiding = [name.replace("_", "-") for name in asked[_HOLES] if name in _HIDING]
    told = ", ".join(f"`{name}`" for name in hiding)
    return f"the policy has `{_HOLES}` leave some out, by {told}" if hiding else ""
