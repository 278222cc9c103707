from __future__ import annotations

from pathlib import Path

import pytest

from imagelint.knowledge import tables
from imagelint.knowledge.engines import engine, engines
from imagelint.knowledge.versions import version_key

FOLDER = Path(tables.__file__).parent


def test_every_engine_has_a_table_and_every_table_an_engine() -> None:
    stems = {path.stem for path in (FOLDER / "engines").glob("*.toml")}
    assert stems == set(engines())


@pytest.mark.parametrize("name", engines())
def test_an_engine_is_complete(name: str) -> None:
    known = engine(name)
    assert known.name == name
    assert known.title
    assert known.kind in ("generation", "embedding")
    assert isinstance(known.defaults["port"], int)
    assert {known.endpoints.liveness, known.endpoints.readiness, known.endpoints.startup} <= set(
        known.endpoints.health
    )
    assert known.endpoints.opens in ("early", "late", "unknown")
    assert known.caches.paths
    if known.kind == "generation":
        assert known.defaults["host"]
        assert known.endpoints.generation
        assert known.version
        assert known.packaging.root or known.packaging.user
        assert not set(known.endpoints.generation) & {
            known.endpoints.liveness,
            known.endpoints.readiness,
        }
    if known.metrics is not None:
        assert known.metrics.default in ("on", "off")
        assert known.metrics.default == "on" or known.metrics.switch
        assert known.metrics.prefixes or not known.metrics.prometheus


@pytest.mark.parametrize("name", engines())
def test_a_name_means_one_flag(name: str) -> None:
    known = engine(name)
    names = [name for main, others in known.flags.items() for name in (main, *others)]
    assert len(names) == len(set(names))
    assert not known.booleans & set(names)
    assert not any("_" in alias or alias.startswith("-") for alias in (*names, *known.booleans))
    assert set(known.image_defaults) <= set(known.defaults)
    for main, others in known.flags.items():
        assert {known.canonical(alias) for alias in (main, *others)} == {main}
    assert known.canonical("no-such-flag") == "no-such-flag"


@pytest.mark.parametrize("name", engines())
def test_what_was_removed_can_be_compared(name: str) -> None:
    for removed in engine(name).removed:
        assert bool(removed.flag) != bool(removed.variable)
        for version in (removed.deprecated, removed.removed):
            assert not version or version_key(version) is not None


def test_embedding_servers() -> None:
    assert {name for name in engines() if engine(name).kind == "embedding"} == {
        "tei",
        "infinity",
        "nim-embedding",
    }


def test_an_engine_that_is_not_known() -> None:
    with pytest.raises(ModuleNotFoundError):
        engine("no-such-engine")


def test_the_image_may_differ_from_the_engine() -> None:
    known = engine("tgi")
    assert known.default("port", own_image=True) == 80
    assert known.default("port", own_image=False) == 3000
    assert known.default("host", own_image=True) == "0.0.0.0"  # noqa: S104 - a fact of the engine
    assert known.default("revision", own_image=True) is None
    assert known.traits.memory_of == "total"
    assert known.maintenance
