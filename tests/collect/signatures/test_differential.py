"""imagelint and cosign agree about changed bundles: a sample of `tools/lab/differential.py`."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING

import pytest

from tests.collect.conftest import need
from tools.lab.differential import Bench, differences
from tools.lab.registry import Registry, free_port

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory, provided_programs: None) -> Iterator[Bench]:
    need("docker-registry", "cosign", "oras")
    folder = tmp_path_factory.mktemp("differential")
    with Registry(folder / "registry", free_port()) as registry:
        yield Bench(folder, registry)


def test_the_two_agree_about_bundles_that_were_changed_by_chance(bench: Bench) -> None:
    assert differences(bench, 4, random.Random(1)) == []  # noqa: S311 - must be the same again


@pytest.mark.parametrize("kind", ["key", "certificate"])
@pytest.mark.parametrize("place", ["", "verificationMaterial", "dsseEnvelope"])
def test_the_two_refuse_fields_that_are_not_known(bench: Bench, kind: str, place: str) -> None:
    copy = json.loads(json.dumps(bench.good[kind]))
    (copy[place] if place else copy)["more"] = "x"
    assert bench.compare(kind, json.dumps(copy), place) is None


def test_the_two_refuse_a_bundle_that_names_no_key(bench: Bench) -> None:
    copy = {**bench.good["key"], "verificationMaterial": {}}
    assert bench.compare("key", json.dumps(copy), "no key") is None


def test_the_two_refuse_a_version_with_a_blank_behind_it(bench: Bench) -> None:
    copy = {**bench.good["key"], "mediaType": f"{bench.good['key']['mediaType']} "}
    assert bench.compare("key", json.dumps(copy), "a blank") is None
