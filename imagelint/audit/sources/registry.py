"""All of a registry by its catalog, or the tags of one repository.

`_catalog` is no part of the specification: docker-registry and its kin have it.
https://distribution.github.io/distribution/spec/api/#listing-repositories
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.audit.sources.tags import under_tag
from imagelint.collect.registry.access import CATALOG
from imagelint.core.reference import ImageReference, parse_reference, reference_fault
from imagelint.core.report import Problem, ProblemKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imagelint.audit.inspection import Registries
    from imagelint.audit.sources.model import Found


class CatalogSource:
    """Every tag of every repository of a registry; `wanted` says which repositories."""

    def __init__(
        self, name: str, registry: str, registries: Registries, wanted: Callable[[str], bool]
    ) -> None:
        self.name = name
        self._registry = registry
        self._registries = registries
        self._wanted = wanted

    def targets(self) -> Iterator[Found]:
        """The images, repository by repository as the catalog lists them."""
        catalog = self._registries.client(ImageReference(self._registry, CATALOG))
        for found in catalog.repositories():
            if isinstance(found, Problem):
                yield found._replace(origin=self.name)
                continue
            named = f"{self._registry}/{found}"
            reference = None if reference_fault(named) else parse_reference(named)
            if reference is None or reference.tag or reference.digest:
                detail = f"the catalog names `{found}`, which is no repository"
                yield Problem(ProblemKind.UNPARSABLE, self.name, detail)
            elif self._wanted(reference.familiar):
                yield from tags_of(reference, self._registries)


class RepositorySource:
    """Every tag of a repository."""

    def __init__(self, name: str, reference: ImageReference, registries: Registries) -> None:
        self.name = name
        self._reference = reference
        self._registries = registries

    def targets(self) -> Iterator[Found]:
        """The images."""
        return tags_of(self._reference, self._registries)


def tags_of(reference: ImageReference, registries: Registries) -> Iterator[Found]:
    """The images of a repository, or why they could not be listed."""
    client = registries.client(reference)
    for tag in client.each_tag():
        if isinstance(tag, Problem):
            # A repository whose last tag was deleted stays in the catalog.
            if tag.kind is not ProblemKind.NOT_FOUND:
                yield tag._replace(origin=reference.familiar)
        else:
            yield from under_tag(reference.familiar, tag)
