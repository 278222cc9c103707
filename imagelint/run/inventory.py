"""Look around in a repository: what is there that we would examine."""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING

from imagelint.collect.files import find
from imagelint.collect.git import list_files
from imagelint.collect.read import decode, read_bytes
from imagelint.core.fact import Known
from imagelint.core.report import ProblemKind, Report
from imagelint.documents.serving.command import ServingCommand
from imagelint.documents.shared import ImageUse
from imagelint.policy.starter import Inventory
from imagelint.run.reading.recognition import recognise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Document


def take_inventory(folder: str) -> Inventory:
    """What a folder holds; what cannot be read is passed over."""
    kinds: Counter[str] = Counter()
    engines: set[str] = set()
    registries: set[str] = set()
    products: set[str] = set()
    templates: set[str] = set()
    for path, found in _recognised(folder):
        if isinstance(found, Report):
            if any(problem.kind is ProblemKind.TEMPLATE for problem in found.problems):
                templates.add(os.path.relpath(path, folder).replace(os.sep, "/"))
            continue
        kinds[found.kind] += 1
        for node in found.walk():
            if isinstance(node, ImageUse) and isinstance(node.reference, Known):
                reference = node.reference.value
                registries.add(f"{reference.registry}/{os.path.dirname(reference.repository)}/*")
            elif isinstance(node, ServingCommand):
                engines.add(node.engine)
                product = node.launch.runtime.gpu_product
                products.update({product.value} if isinstance(product, Known) else ())
    return Inventory(
        dict(kinds),
        tuple(sorted(engines - {""})),
        tuple(sorted(registry.replace("//", "/") for registry in registries)),
        tuple(sorted(products)),
        tuple(sorted(templates)),
    )


def _recognised(folder: str) -> Iterator[tuple[str, Document | Report]]:
    for file in find([folder], lambda _path: False, list_files).files:
        data = read_bytes(file.path, file.origin)
        text = decode(data, file.origin) if isinstance(data, bytes) else None
        if text is not None and text.source is not None:
            yield file.path, recognise(text.source)
