"""What the value of a manager says of command lines is what its reader makes of them.

Each law is asked of each manager: a new one is tested by standing in the table.
"""

from __future__ import annotations

import importlib
from collections import Counter
from itertools import chain
from pathlib import Path

import pytest

import imagelint.documents.packages
from imagelint.core.fact import Known
from imagelint.core.source import Span
from imagelint.documents.packages.installs import (
    PackageInstall,
    caches_removed,
    package_installs,
    refreshed_manager,
)
from imagelint.documents.packages.lookup import MANAGERS, PACKAGE_PROGRAMS, manager_call
from imagelint.documents.packages.packagemanager import Ecosystem, Manager
from imagelint.documents.serving import startscript
from imagelint.documents.shell.read import read_script
from imagelint.documents.shell.script import Command, ScriptRole

each_manager = pytest.mark.parametrize("manager", MANAGERS, ids=lambda manager: manager.name)


def command(text: str) -> Command:
    return read_script(text, Span(0, len(text)), ScriptRole.RUN).commands[0]


def installation(text: str) -> PackageInstall:
    found = package_installs(command(text))
    assert found, f"the reader finds no installation in `{text}`"
    return found[0]


def installations(manager: Manager, words: str = "") -> list[PackageInstall]:
    return [
        installation(f"{program} {verb} {words}")
        for program in manager.programs
        for verb in manager.installs
    ]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("pip install a", "pip"),
        ("pip3.11 install a", "pip"),
        ("pip-3.6 install a", "pip"),
        ("/opt/venv/bin/pip3 install a", "pip"),
        ("python3.12 -I -m pip install a", "pip"),
        ("python -m uv pip install a", "uv"),
        ("python3 -m pipx install a", "pipx"),
        ("sudo -E apt-get install a", "apt"),
        ("env DEBIAN_FRONTEND=noninteractive apt install a", "apt"),
        ("DEBIAN_FRONTEND=noninteractive apt-get install a", "apt"),
        ("time nice -n 5 dnf5 install a", "dnf"),
        ("mamba install a", "conda"),
        ("micromamba install a", "conda"),
        ("conda run -n x pip install a", "pip"),
        ("uv run pip install a", "pip"),
        ("go1.22.1 install a@latest", "go"),
    ],
)
def test_a_manager_is_found_by_its_program(text: str, name: str) -> None:
    call = manager_call(command(text))
    assert call is not None
    assert call.manager.name == name
    assert "install" in [word.text for word in call.arguments]


@pytest.mark.parametrize(
    "text",
    ["python x.py", "python -m venv pip", "python -c x -m pip", "pipenv install", "pip.py", "ls"],
)
def test_other_programs_are_no_managers(text: str) -> None:
    assert manager_call(command(text)) is None


def test_names_programs_and_caches_belong_to_one_manager() -> None:
    for names in (
        [manager.name for manager in MANAGERS],
        list(chain.from_iterable(manager.programs for manager in MANAGERS)),
        list(chain.from_iterable(manager.modules for manager in MANAGERS)),
    ):
        assert [name for name, count in Counter(names).items() if count > 1] == []
    caches = {cache for manager in MANAGERS for cache in manager.left_overs}
    assert len({cache.name for cache in caches}) == len(caches)


def test_every_value_stands_in_the_table() -> None:
    room = Path(imagelint.documents.packages.__file__).parent
    modules = [
        importlib.import_module(f"imagelint.documents.packages.{path.stem}")
        for path in room.glob("*.py")
    ]
    values = {
        value.name: value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, Manager)
    }
    missing = set(values) - {manager.name for manager in MANAGERS}
    assert not missing, "a line in MANAGERS of documents/packages/lookup.py"
    assert len(values) == len(MANAGERS)


def test_every_ecosystem_has_a_manager() -> None:
    assert {manager.ecosystem for manager in MANAGERS} == set(Ecosystem)


@each_manager
def test_every_fact_has_a_source(manager: Manager) -> None:
    assert manager.source.startswith("https://")
    assert manager.programs
    assert manager.installs
    assert set(manager.for_people) < set(manager.programs)
    assert set(manager.release_upgrades) <= set(manager.upgrades)


@each_manager
def test_a_pin_is_read_as_one_version(manager: Manager) -> None:
    for found in installations(manager, manager.pin.of("abc", "1.2.3")):
        (package,) = found.packages
        assert (package.name, package.pinned) == ("abc", Known(value=True)), found.verb
        assert found.manager is manager


@each_manager
def test_a_range_binds_no_version(manager: Manager) -> None:
    assert manager.pin.ranges, f"a template in `Pin.ranges` of {manager.name}, as people write it"
    for template in ("{name}", *manager.pin.ranges):
        for found in installations(manager, f"'{template.format(name='abc', version='1.2')}'"):
            (package,) = found.packages
            assert (package.name, package.pinned) == ("abc", Known(value=False)), template


@each_manager
def test_questions_are_answered_by_the_options_that_say_so(manager: Manager) -> None:
    for option in manager.assume_yes:
        assert all(found.assume_yes for found in installations(manager, f"{option} abc"))
    for found in installations(manager, "abc"):
        assert found.assume_yes is not bool(manager.assume_yes)


@each_manager
def test_a_dry_run_installs_nothing(manager: Manager) -> None:
    for option in manager.dry_run:
        for verb in manager.installs:
            text = f"{manager.programs[0]} {verb} {option} abc"
            assert package_installs(command(text)) == (), text


@each_manager
def test_recommended_packages_are_left_out_by_the_options_that_say_so(manager: Manager) -> None:
    assert bool(manager.no_recommends) >= bool(manager.recommends_setting)
    assert not any(found.no_recommends for found in installations(manager, "abc"))
    for option in manager.no_recommends:
        assert all(found.no_recommends for found in installations(manager, f"{option} abc"))


@each_manager
def test_options_of_trust_are_read_as_options(manager: Manager) -> None:
    for name in (*manager.unsigned, *manager.insecure):
        value = " host" if name in manager.valued else ""
        for found in installations(manager, f"{name}{value} abc"):
            assert found.option(name.partition("=")[0]), name
            assert [package.name for package in found.packages] == ["abc"]


@each_manager
def test_groups_are_read(manager: Manager) -> None:
    for option in manager.groups:
        assert all(found.group == "xyz" for found in installations(manager, f"{option} xyz abc"))


@each_manager
def test_a_cache_is_switched_off_by_option_and_variable(manager: Manager) -> None:
    assert not any(found.no_cache for found in installations(manager, "abc"))
    for cache in manager.caches:
        for option in cache.off_options:
            assert all(found.no_cache for found in installations(manager, f"{option} abc"))
        for name in cache.off_variables:
            text = f"{manager.programs[0]} {manager.installs[0]} abc"
            assert installation(f"{name}=1 {text}").no_cache
            assert not installation(f"{name}= {text}").no_cache
            assert installation(f"{name}=0 {text}").no_cache is cache.off_by_any_value


@each_manager
def test_a_cache_is_emptied_by_its_subcommands_and_with_its_folders(manager: Manager) -> None:
    for cache in manager.left_overs:
        for words in cache.cleaned_by:
            assert cache in caches_removed(command(f"{manager.programs[0]} {words}")), words
        assert cache.folders
        for folder in cache.folders:
            for path in (folder.replace("~", "/root"), f"{folder.replace('~', '$HOME')}/*"):
                assert cache in caches_removed(command(f"rm -rf {path}"))
        assert cache not in caches_removed(command(f"{manager.programs[0]} --version"))
        assert cache not in caches_removed(command("rm -rf /opt/other"))


@each_manager
def test_an_index_is_fetched_by_its_subcommands(manager: Manager) -> None:
    for program in manager.programs:
        for verb in manager.refresh:
            assert refreshed_manager(command(f"{program} {verb}")) is manager
    assert refreshed_manager(command(f"{manager.programs[0]} {manager.installs[0]} a")) is None


@each_manager
def test_everything_is_brought_up_to_date_by_its_subcommands(manager: Manager) -> None:
    for verb in manager.upgrades:
        assert installation(f"{manager.programs[0]} {verb}").upgrade
    assert not any(found.upgrade for found in installations(manager, "abc"))


@each_manager
def test_a_lock_file_is_obeyed_by_verb_and_option(manager: Manager) -> None:
    assert not any(found.locked for found in installations(manager, "abc"))
    for verb in manager.lock.verbs:
        assert installation(f"{manager.programs[0]} {verb}").locked
    for option in manager.lock.options:
        assert any(found.locked for found in installations(manager, option))
    assert bool(manager.lock.files) >= bool(manager.lock.verbs + manager.lock.options)


@each_manager
def test_a_project_is_installed_by_its_subcommands(manager: Manager) -> None:
    for verb in manager.project.verbs:
        for option in manager.project.without:
            found = installation(f"{manager.programs[0]} {verb} {option}")
            assert found.verb == verb
            assert found.option(option)
    assert bool(manager.project.file) >= bool(manager.project.verbs + manager.project.without)


@each_manager
def test_what_makes_an_environment_installs_nothing(manager: Manager) -> None:
    for verb in manager.environments:
        assert package_installs(command(f"{manager.programs[0]} {verb} /opt/venv")) == ()


@each_manager
def test_what_is_removed_or_built_is_not_installed(manager: Manager) -> None:
    for verb in {*manager.removes, *manager.builds} - {*manager.installs}:
        assert package_installs(command(f"{manager.programs[0]} {verb} abc")) == (), verb


@each_manager
def test_what_starts_programs_is_known_as_a_wrapper(manager: Manager) -> None:
    for run in manager.runs:
        found = command(f"{run.program} {run.verb} abc")
        expected = run.program if run.fetches else "abc"
        assert found.program == expected, (
            f"`{run.program} {run.verb}`: a line in WRAPPERS of documents/shell/wrappers.py"
        )


@each_manager
def test_what_fetches_a_program_installs_it(manager: Manager) -> None:
    for run in manager.runs:
        text = f"{run.program} {run.verb} abc@1.2.3 other --flag"
        (found,) = package_installs(command(text)) if run.fetches else (None,)
        assert not found or [package.name for package in found.packages] == ["abc"], text
        for option in (*run.named_by, *run.besides):
            (found,) = package_installs(command(f"{run.program} {run.verb} {option} xyz abc"))
            assert "xyz" in [package.name for package in found.packages]


def test_containers_are_asked_for_the_programs_of_all_managers() -> None:
    place = "as documents/serving/startscript.py lists it"
    programs = PACKAGE_PROGRAMS - {"python", "pypy"}
    assert programs == startscript.PACKAGE_PROGRAMS, f"PACKAGE_PROGRAMS, {place}"
    modules = {module for manager in MANAGERS for module in manager.modules}
    assert modules == startscript.PACKAGE_MODULES, f"PACKAGE_MODULES, {place}"
