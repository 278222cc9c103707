"""Policies as hypothesis makes them: few names, so that they meet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from imagelint.core.environment import (
    DeclaredBuild,
    Environment,
    GivenBuild,
    ProgramRules,
    PushSettings,
    ScanSettings,
    Signer,
    SummarySettings,
)
from imagelint.core.finding import Severity
from imagelint.core.serving.scorecard import Bounds, ScorecardSettings
from imagelint.core.source import Source
from imagelint.policy.allowances import ALL, NONE, WAYS, Allowances
from imagelint.policy.lock import Floor, Lock
from imagelint.policy.model import Owner, Policy, RuleSetting, Waiver
from imagelint.policy.schemas.ownership import JUSTIFICATIONS

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from imagelint.policy.model import Level

# What a policy may hold in a text: quotes, backslashes, comments, line feeds, other planes.
TEXTS = st.text(
    st.sampled_from("ab #:'\"\\{}[],-\n\té😀\x85\u2028"), min_size=1, max_size=6
).filter(str.strip)
GLOBS = st.sampled_from(["a", "b/*", "**/c", "d?"])
ORIGINS = st.sampled_from(["baseline", "a.yaml:3", "--rule"])
RULE_NAMES = st.sampled_from(["root-user", "unpinned-image", "missing-healthcheck"])
SEVERITIES = st.sampled_from(Severity)


def several(words: SearchStrategy[str]) -> SearchStrategy[tuple[str, ...]]:
    return st.lists(words, max_size=3).map(tuple)


WORDS: SearchStrategy[Level] = st.sampled_from(["on", "off"])
LEVELS: SearchStrategy[Level] = SEVERITIES | WORDS

SIGNERS = st.builds(
    Signer,
    TEXTS,
    key=st.sampled_from(["", "k.pub"]),
    pattern=st.booleans(),
    images=several(GLOBS),
    transparency_log=st.booleans(),
    key_text=st.just(""),
)
BOTH_PROGRAMS = (
    ProgramRules("grype", "0.100", sha256=("0a" * 32,)),
    ProgramRules("osv", "2.2"),
)
SCANS = st.builds(
    ScanSettings,
    kev=st.just("") | TEXTS,
    epss=st.just("") | TEXTS,
    vex=several(TEXTS),
    skip_files=several(GLOBS),
    least_version=st.sampled_from(["", "0.70"]),
    denied=several(st.sampled_from(["0.71.0", "0.72.1"])),
    sha256=several(st.just("0a" * 32)),
    server=st.just("") | TEXTS,
    texts=st.just(()),
    vex_signed_by=several(TEXTS),
    sbom_signed_by=several(TEXTS),
    scanners=st.permutations(["trivy", "grype", "osv"]).map(lambda names: tuple(names[1:])),
    programs=st.sampled_from([(), (ProgramRules("osv", denied=("2.3.0",)),), BOTH_PROGRAMS]),
)
BUILDS = st.builds(
    DeclaredBuild,
    GLOBS,
    st.sampled_from(["Dockerfile", "app/Dockerfile"]),
    st.just("") | TEXTS,
    st.dictionaries(TEXTS, TEXTS, max_size=2).map(lambda given: tuple(sorted(given.items()))),
)
ENVIRONMENTS = st.builds(
    Environment,
    driver=st.none() | TEXTS,
    gpu_product=st.none() | TEXTS,
    gpus_per_node=st.none() | st.integers(1, 8),
    registries=several(GLOBS),
    signers=st.lists(SIGNERS, max_size=2).map(tuple),
    trusted_root=st.none() | TEXTS,
    build_contexts=several(TEXTS),
    trusted_root_text=st.just(""),
    gated=st.just(""),  # said by a command, and by no policy
    build=st.just(GivenBuild()),  # likewise
    scan=SCANS,
    summary=st.just(SummarySettings())
    | st.just(SummarySettings(("A_1", "SLSA_BUILD_LEVEL_2"), "https://a.example/b")),
    push=st.builds(PushSettings, st.none() | st.integers(0, 9), st.none() | st.integers(0, 9)),
    images=st.lists(BUILDS, max_size=2, unique_by=lambda one: one.glob).map(tuple),
)
SCORECARDS = st.builds(
    ScorecardSettings,
    st.dictionaries(
        st.sampled_from(["ttft-p99", "queue-depth"]),
        st.builds(Bounds, st.floats(0, 1), st.floats(2, 9), st.sampled_from([True, False]))
        | st.builds(Bounds, wanted=st.booleans()),
    ),
    st.none() | st.floats(0, 1),
    st.none() | st.integers(0, 9),
)
VALUES = (
    st.booleans()
    | st.integers(-9, 9)
    | st.floats(-9, 9)
    | TEXTS
    | st.lists(TEXTS, max_size=2).map(tuple)
)
FLOORS = st.builds(Floor, st.booleans(), SEVERITIES)
LOCKS = st.builds(
    Lock,
    st.dictionaries(RULE_NAMES, FLOORS, max_size=2),
    several(st.sampled_from(["baseline", "strict"])),
    st.none() | SEVERITIES,
    st.booleans(),
    st.booleans(),
    st.dictionaries(st.sampled_from(["fail-on", "packs.strict"]), several(ORIGINS)),
)
SETTINGS = st.builds(
    RuleSetting,
    st.none() | LEVELS,
    st.dictionaries(st.sampled_from(["pin", "at_least", "levels"]), VALUES),
    several(GLOBS),
    st.dictionaries(st.sampled_from(["level", "pin", "exempt"]), ORIGINS),
    st.just(Floor()),
)
WAIVERS = st.builds(
    Waiver,
    RULE_NAMES,
    TEXTS.map(str.strip),
    st.dates().map(str),
    st.just("") | GLOBS,
    st.just("") | GLOBS,
    ORIGINS,
    approver=st.just("") | TEXTS.map(str.strip),
    owner=st.just("") | TEXTS.map(str.strip),
    ticket=st.just("") | TEXTS.map(str.strip),
    justification=st.sampled_from(["", *JUSTIFICATIONS]),
)
OWNERS = st.builds(
    Owner,
    TEXTS.map(str.strip),
    st.lists(GLOBS, min_size=1, max_size=2).map(tuple),
    st.just("") | TEXTS.map(str.strip),
    st.dictionaries(TEXTS, GLOBS, max_size=2).map(lambda labels: tuple(sorted(labels.items()))),
)
ALLOWANCES = st.builds(
    Allowances,
    st.dictionaries(st.sampled_from([*WAYS]), st.integers(NONE, ALL)),
    st.none() | several(st.sampled_from(["secrets", "root-user"])),
    st.none() | st.integers(1, 400),
    st.none() | several(GLOBS),
    st.none() | several(GLOBS),
)
POLICIES = st.builds(
    Policy,
    st.just("") | TEXTS,
    st.none() | SEVERITIES,
    ENVIRONMENTS,
    st.dictionaries(RULE_NAMES, SETTINGS),
    st.lists(WAIVERS, max_size=3).map(tuple),
    several(GLOBS),
    several(st.sampled_from(["baseline", "strict"])),
    st.lists(st.builds(Source, ORIGINS, TEXTS), max_size=2).map(tuple),
    st.dictionaries(st.sampled_from(["name", "fail-on", "environment.driver"]), ORIGINS),
    several(st.sampled_from(["root-user", "wrong-signer"])),
    st.sampled_from(["", "b.json", "ci/b.json"]),
    st.just(Lock()) | LOCKS,
    st.none(),
    ALLOWANCES,
    st.none() | st.integers(0, 9),
    SCORECARDS,
    owners=st.lists(OWNERS, max_size=2).map(tuple),
)
