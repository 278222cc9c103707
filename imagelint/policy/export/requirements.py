"""What a policy asks of signatures, as far as an admission controller can be told."""

from __future__ import annotations

from fnmatch import fnmatchcase
from itertools import combinations
from math import comb
from typing import TYPE_CHECKING

from imagelint.core.errors import Diagnostic, UsageError
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imagelint.core.environment import Environment, Signer, TrustRule
    from imagelint.policy.model import Policy

_WILDCARD = pattern(r"[*?\[]")
_PUBLIC = "-----BEGIN PUBLIC KEY-----"
_MOST_CLAUSES = 200
_STORES = ("awskms", "azurekms", "gcpkms", "hashivault")


class Authority(NamedTuple):
    """Somebody who signs: a public key as PEM, the address of one in a key store, or an identity.

    `subject` and `issuer` are those of a certificate, regular expressions of the whole of each
    where `pattern` is true. `transparency_log` tells whether a signature must be in Rekor.
    """

    name: str
    key: str = ""
    store: str = ""
    subject: str = ""
    issuer: str = ""
    pattern: bool = False
    transparency_log: bool = True


class Role(NamedTuple):
    """Authorities of whom one is enough."""

    name: str
    authorities: tuple[Authority, ...]


class Requirement(NamedTuple):
    """Images, as globs over `registry/repository`, and the roles of which `at_least` must sign."""

    images: tuple[str, ...]
    roles: tuple[Role, ...]
    at_least: int

    def clauses(self) -> Iterator[tuple[Role, ...]]:
        """Sets of roles of each of which one must sign: together they ask for `at_least`.

        Of three roles any two sign if in each pair there is one who does.

        Raises:
            UsageError: there are so many that nobody would want to apply them.
        """
        size = len(self.roles) - self.at_least + 1
        if comb(len(self.roles), size) > _MOST_CLAUSES:
            what = f"{self.at_least} of {len(self.roles)} roles"
            raise UsageError(Diagnostic(f"{what} would be more than {_MOST_CLAUSES} policies"))
        return combinations(self.roles, size)


class ExportedTrust(NamedTuple):
    """All requirements, and what else the policy asks for, in words."""

    requirements: tuple[Requirement, ...]
    untold: tuple[str, ...] = ()


def exported_trust(policy: Policy, read_key: Callable[[str], str]) -> ExportedTrust:
    """What a policy asks of signatures; `read_key` gives the text of a key file.

    Raises:
        UsageError: nobody is declared, a key is not public or lies where no cluster finds it, or
            signers of different images may both be asked about one.
    """
    environment = policy.environment
    if not environment.signers:
        hint = "declare who signs under `environment.signers` of the policy"
        raise UsageError(Diagnostic("the policy names no signer", help=hint))
    authorities = {one: _authority(one, read_key) for one in environment.signers}
    by_images: dict[tuple[str, ...], list[Signer]] = {}
    witnesses = {name for rule in environment.trust for name in rule.signed_by}
    for signer in environment.signers:
        by_images.setdefault(signer.images, []).append(signer)
    _refuse_overlaps(by_images)
    requirements = [
        Requirement(images, tuple(Role(one.name, (authorities[one],)) for one in signers), 1)
        for images, signers in by_images.items()
    ]
    requirements += [_required(rule, authorities) for rule in environment.trust if rule.signed_by]
    unknown = witnesses - {one.name for one in environment.signers}
    if unknown:
        named = ", ".join(f"`{name}`" for name in sorted(unknown))
        raise UsageError(Diagnostic(f"no signer is called {named}"))
    return ExportedTrust(tuple(requirements), tuple(_untold(policy)))


def _required(rule: TrustRule, authorities: dict[Signer, Authority]) -> Requirement:
    roles = tuple(
        Role(name, tuple(one for signer, one in authorities.items() if signer.name == name))
        for name in dict.fromkeys(rule.signed_by)
    )
    return Requirement(rule.images, roles, rule.at_least or len(roles))


def _authority(signer: Signer, read_key: Callable[[str], str]) -> Authority:
    log = signer.transparency_log
    if not signer.key:
        return Authority(
            signer.name,
            "",
            "",
            signer.identity,
            signer.issuer,
            signer.pattern,
            transparency_log=log,
        )
    scheme, mark, _ = signer.key.partition("://")
    if mark and not signer.key_text:
        if scheme in _STORES:
            return Authority(signer.name, store=signer.key, transparency_log=log)
        hint = f"a cluster can ask {', '.join(_STORES)}, or be given the key from a file"
        complaint = f"the key of `{signer.name}` lies where no cluster finds it"
        raise UsageError(Diagnostic(complaint, help=hint))
    text = (signer.key_text or read_key(signer.key)).strip()
    if not text.startswith(_PUBLIC) or text.count("-----BEGIN") != 1:
        hint = f"it begins with `{_PUBLIC}`"
        raise UsageError(Diagnostic(f"{signer.key} is no public key", help=hint))
    return Authority(signer.name, f"{text}\n", transparency_log=log)


def _refuse_overlaps(by_images: dict[tuple[str, ...], list[Signer]]) -> None:
    """An image of two sets needs one signer of either here, and one of each in a cluster."""
    for one, other in combinations(by_images, 2):
        if not one or not other or any(_may_meet(a, b) for a in one for b in other):
            names = [by_images[images][0].name for images in (one, other)]
            raise UsageError(
                Diagnostic(
                    f"`{names[0]}` and `{names[1]}` may sign one image, but not all images of "
                    "each other: no controller can be told so",
                    help="give them the same `images`, or such as cannot meet",
                )
            )


def _may_meet(one: str, other: str) -> bool:
    """Whether some repository may match both globs: they are told apart by how they begin."""
    if "/" not in one or "/" not in other:
        return True  # that matches the last part of a name wherever it is
    begins, starts = (_WILDCARD.split(glob, 1)[0] for glob in (one, other))
    if begins == one or starts == other:
        return fnmatchcase(one, other) or fnmatchcase(other, one)
    return begins.startswith(starts) or starts.startswith(begins)


def _untold(policy: Policy) -> Iterator[str]:
    environment = policy.environment
    if environment.trusted_root:
        yield "the root of the private Sigstore (`trusted-root`)"
    yield from statements_untold(environment)


def statements_untold(environment: Environment) -> Iterator[str]:
    """The statements that images must carry, in words: no export asks for them."""
    kinds = dict.fromkeys(demand.type for rule in environment.trust for demand in rule.attestations)
    for kind in kinds:
        yield f"the statement {kind}, and what it must say"
