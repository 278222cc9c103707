from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagelint.core.fact import UNKNOWN, Known
from imagelint.core.source import Span
from imagelint.documents.packages.installs import (
    PackageInstall,
    caches_removed,
    package_installs,
    packages_removed,
    refreshed_manager,
)
from imagelint.documents.packages.lookup import MANAGERS
from imagelint.documents.shell.read import read_script
from imagelint.documents.shell.script import Command, ScriptRole

SHA = "0123456789abcdef0123456789abcdef01234567"


def commands(text: str) -> tuple[Command, ...]:
    return read_script(text, Span(0, len(text)), ScriptRole.RUN).commands


def install(text: str) -> PackageInstall:
    (found,) = package_installs(commands(text)[0])
    return found


def pins(text: str) -> list[tuple[str, object]]:
    return [
        (p.name, p.pinned.value if isinstance(p.pinned, Known) else p.pinned)
        for p in install(text).packages
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pip install a", [("a", False)]),
        ("pip install a==1.2 'b===1' \"c[x,y]==2\"", [("a", True), ("b", True), ("c", True)]),
        ("pip install 'a>=1' a~=1.2 'a==1.*' 'a!=1'", [("a", False)] * 4),
        ("pip install torch==2.*", [("torch", False)]),
        ("pip install a==$V b==${V}+cu124 $C", [("a", UNKNOWN), ("b", UNKNOWN), ("", UNKNOWN)]),
        (f"pip install git+https://x/y@{SHA}", [("", True)]),
        (f"pip install git+https://x/y@{SHA}#egg=z", [("z", True)]),
        ("pip install git+https://x/y@main git+https://x/y@$R", [("", False), ("", UNKNOWN)]),
        (
            f"pip install 'a @ git+https://x/y@{SHA}' 'a@git+https://x/y'",
            [("a", True), ("a", False)],
        ),
        ("pip install https://x/y.whl#sha256=0123456789abcdef", [("", True)]),
        ("pip install https://x/vllm-0.9.1%2Bcu1-cp38-abi3-linux_x86_64.whl", [("vllm", True)]),
        ("pip install https://x/a-1.2.tar.gz https://x/a.tar.gz", [("a", True), ("", False)]),
        (f"pip install https://x/archive/{SHA}.zip https://x/v1.2.tar.gz", [("", True)] * 2),
        ("pip install https://x/a-$V.whl file:///a", [("", UNKNOWN), ("", True)]),
        ("pip install . ./a-1.0-py3-none-any.whl -e .[all]", [("", True), ("a", True), ("", True)]),
        ("pip install 'a==1; python_version < \"3\"' 'b (==1)'", [("a", True), ("b", True)]),
        ("pip install ?", [("", UNKNOWN)]),
        ("python3.11 -I -m pip install -U Flash_Attn==2", [("flash-attn", True)]),
        ("python -m uv pip install a", [("a", False)]),
        ("uv pip install --system a==1", [("a", True)]),
        ("uv tool install ruff@1.2.3", [("ruff", True)]),
        ("uv add a==1", [("a", True)]),
        ("pipx install a==1", [("a", True)]),
        ("pipx inject a b", [("b", False)]),
        ("pipx install --spec a==1 a", [("a", True)]),
        ("poetry add a@1.2 b@^1 c d@$V", [("a", True), ("b", False), ("c", False), ("d", UNKNOWN)]),
        (
            "apt-get install -y a=1.2 b:arm64=2 c/stable d- e=$V",
            [("a", True), ("b", True), ("c", False), ("e", UNKNOWN)],
        ),
        ("apt install ./a_1.0.deb 'b=1.*'", [("a", True), ("b", False)]),
        ("apk add a=1-r0 'b~=2' c@edge !d", [("a", True), ("b", False), ("c", False)]),
        (
            "yum install a-1.2.3-1.el9 cuda-12-4 b-$V",
            [("a", True), ("cuda-12-4", False), ("", UNKNOWN)],
        ),
        ("dnf install https://x/a-1.2.rpm https://x/a.rpm", [("a", True), ("", False)]),
        ("zypper in a=1", [("a", True)]),
        (
            "conda install a=1.2 b==1=py_0 'c>=1' x::d e=$V",
            [("a", True), ("b", True), ("c", False), ("d", False), ("e", UNKNOWN)],
        ),
        (
            "npm i a@1.2.3 @s/b@^1 @s/c@$V ./d",
            [("a", True), ("@s/b", False), ("@s/c", UNKNOWN), ("", True)],
        ),
        (f"npm i git+https://x/y#{SHA}", [("", True)]),
        ("yarn global add a@latest", [("a", False)]),
        ("gem install a:1.2.3 b", [("a", True), ("b", False)]),
        ("gem install a -v 1.2", [("a", True)]),
        ("gem install a -v $V", [("a", UNKNOWN)]),
        ("cargo install a@1.2.3 b", [("a", True), ("b", False)]),
        ("cargo install --version 1.2.3 a", [("a", True)]),
        (f"cargo install --git https://x --rev {SHA}", [("", True)]),
        ("cargo install --git https://x --rev $R", [("", UNKNOWN)]),
        ("cargo install --path .", [("", True)]),
        (
            f"go install a/b@v1.2.3 c@latest d@{SHA} ./e",
            [("a/b", True), ("c", False), ("d", True), ("", True)],
        ),
    ],
)
def test_every_form_of_a_pin(text: str, expected: list[tuple[str, object]]) -> None:
    assert pins(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sudo -E DEBIAN_FRONTEND=x apt-get -o A=b install -y -t main a=1", ["apt install a=1"]),
        ("apt-get install -y --no-install-recommends -- a b", ["apt install a b"]),
        ("env A=1 aptitude -y install a", ["aptitude install a"]),
        ("apk add -U --virtual .x -X https://r a=1-r0", ["apk add a=1-r0"]),
        ("dnf -y --enablerepo crb --setopt=x=1 install a-1.2-3", ["dnf install a-1.2-3"]),
        ("yum -c /x install a", ["yum install a"]),
        ("microdnf install -y a && microdnf clean all", ["microdnf install a"]),
        ("tdnf install -y a", ["tdnf install a"]),
        ("zypper -n --root /x in --from r a", ["zypper in a"]),
        ("sudo -H pip3.11 install -i https://x -r r.txt 'a==1'", ["pip install 'a==1'"]),
        ("pip install --python-version 3.11 --target /x a", ["pip install a"]),
        ("time python3 -m pip install --progress-bar off a", ["pip install a"]),
        ("uv run --with b pip install a", ["uv run b", "pip install a"]),
        ("uv run --link-mode copy -w b,c==1 env A=1 python x.py", ["uv run b c==1"]),
        ("uv run --with 'b[x,y]>=1,<2, c' -m d --with e", ["uv run b[x,y]>=1,<2 c"]),
        ("uv run --with-requirements r.txt a.py", ["uv run"]),
        ("uv run --with=b -s a.py", ["uv run b"]),
        ("uv run a.py --with b && uv run pip list", []),
        ("uvx --with b,c d@1.2 --with e", ["uv uvx d@1.2 b c"]),
        ("uv tool install --from b==1 --with c,d b", ["uv tool install b==1 c d"]),
        ("pixi exec -s a -w b=1.2 a --with c && pixi x d", ["pixi exec a b=1.2", "pixi x d"]),
        ("uv pip install -p /venv --index-url https://x a", ["uv pip install a"]),
        ("nice uv tool install --python 3.12 a@1.2.3", ["uv tool install a@1.2.3"]),
        ("pipx install --suffix @x a==1", ["pipx install a==1"]),
        ("poetry add --group dev a@1.2.3", ["poetry add a@1.2.3"]),
        ("poetry run pip install a", ["pip install a"]),
        ("conda install -y -n base -c conda-forge a=1.2", ["conda install a=1.2"]),
        ("micromamba create -n x -f e.yml a", ["conda create a"]),
        ("conda run -n x pip install a", ["pip install a"]),
        ("npm --prefix /x install -g --loglevel error a@1.2.3", ["npm install a@1.2.3"]),
        ("yarn --cwd /x global add a", ["yarn global add a"]),
        ("pnpm -C /x add a", ["pnpm add a"]),
        (
            "npx a@1 b && uvx b && pnpm dlx c && go run d@latest",
            ["npm npx a@1", "uv uvx b", "pnpm dlx c", "go run d@latest"],
        ),
        (
            "npx --no-install a && uvx --version && pipx list && npm init -y && npx ./a",
            ["npm npx ./a"],
        ),
        (
            "npm update && yarn up a && pnpm up a@1.2.3",
            ["npm update", "yarn up a", "pnpm up a@1.2.3"],
        ),
        ("gem install --platform ruby -v 1.2 a", ["gem install a"]),
        ("cargo +nightly install -j 4 --features x a@1.2.3", ["cargo install a@1.2.3"]),
        ("GOBIN=/bin go install -tags x -ldflags '-s -w' a/b@v1.2.3", ["go install a/b@v1.2.3"]),
        (
            "if true; then pip install a; fi; (pip install b) | tee l",
            ["pip install a", "pip install b"],
        ),
        ("sh -c 'pip install a && apt-get install b'", ["pip install a", "apt install b"]),
        ("bash <<EOF\npip install a\nnpm ci\nEOF", ["pip install a", "npm ci"]),
        ("cat > x.sh <<EOF\npip install a\nEOF", []),
        ("pip install -r /dev/stdin <<EOF\na==1\nEOF", ["pip install"]),
        ("xargs -a list apt-get install -y", ["apt install"]),
        ("echo 'pip install a' # pip install b", []),
    ],
)
def test_command_lines_as_people_write_them(text: str, expected: list[str]) -> None:
    found = [
        " ".join([one.manager.name, one.verb, *(package.raw for package in one.packages)])
        for command in commands(text)
        for one in package_installs(command)
    ]
    assert found == expected


@pytest.mark.parametrize(
    "text",
    [
        "pip --version",
        "pip freeze",
        "python x.py",
        "python -c 'x' -m pip",
        "python -m venv pip",
        "apt-get update",
        "apt-cache policy x",
        "apk del a",
        "yum clean all",
        "zypper ref",
        "uv lock",
        "conda env list",
        "npm run x",
        "gem list",
        "cargo build",
        "go build",
        "pipx list",
        "uv",
        "poetry run",
        "echo pip install x",
        "python",
        "conda",
    ],
)
def test_what_installs_nothing(text: str) -> None:
    assert package_installs(commands(text)[0]) == ()


def test_what_all_rounds_of_a_loop_are_told_is_one_installation() -> None:
    (found,) = package_installs(commands("for f in $(cat a) $(cat b); do pip install $f; done")[-1])
    assert [word.text for word in found.listed] == ["a", "b"]
    found = install("for h in x.example y.example; do pip install --trusted-host $h a; done")
    assert [word.text for word in found.trusted_hosts] == ["x.example", "y.example"]
    assert [one.name for one in found.packages] == ["a"]


def test_files_constraints_indexes_and_hosts() -> None:
    found = install(
        "pip install -ra.txt --requirement b.txt -c c.txt --require-hashes -i https://i"
        " --extra-index-url=https://e --find-links $F --trusted-host h --no-cache-dir -qU x"
    )
    assert [word.text for word in found.files] == ["a.txt", "b.txt"]
    assert [word.text for word in found.constraints] == ["c.txt"]
    assert [(i.option, i.url) for i in found.indexes] == [
        ("--index-url", Known("https://i")),
        ("--extra-index-url", Known("https://e")),
        ("--find-links", UNKNOWN),
    ]
    assert [word.text for word in found.trusted_hosts] == ["h"]
    assert found.require_hashes
    assert found.no_cache
    assert found.option("-U")
    assert found.option("--target") is None
    assert [p.name for p in found.packages] == ["x"]
    backend = install("uv pip install --torch-backend cu126 torch").indexes
    assert [(i.option, i.url) for i in backend] == [("--torch-backend", Known("cu126"))]
    assert install("conda install -c x y").indexes[0].option == "--channel"
    assert install("apk add -X https://x y").indexes[0].url == Known("https://x")


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        ("apt-get install -y a", {"assume_yes"}),
        ("apt-get -qqy install a", {"assume_yes"}),
        ("apt-get install -qq a", {"assume_yes"}),
        ("apt-get install -q=2 a", {"assume_yes"}),
        ("apt-get install -q a", set()),
        ("apt-get install --no-install-recommends a", {"no_recommends"}),
        ("apt-get -o APT::Install-Recommends=0 install a", {"no_recommends"}),
        ("apt-get upgrade", {"upgrade"}),
        ("dnf -y upgrade", {"upgrade", "assume_yes"}),
        ("dnf upgrade a", set()),
        ("microdnf install a", set()),
        ("zypper -n in --no-recommends a", {"assume_yes", "no_recommends"}),
        ("apk add --no-cache a", {"assume_yes", "no_cache"}),
        ("conda install -y a", {"assume_yes"}),
        ("conda env create -f x", {"assume_yes"}),
        ("conda update --all", {"assume_yes", "upgrade"}),
        ("PIP_NO_CACHE_DIR=1 pip install a", {"assume_yes", "no_cache"}),
        ("PIP_NO_CACHE_DIR=0 pip install a", {"assume_yes", "no_cache"}),
        ("UV_NO_CACHE=0 uv pip install a", {"assume_yes"}),
        ("UV_NO_CACHE=1 pip install a", {"assume_yes"}),
        ("dnf -y --setopt=install_weak_deps=False install a", {"assume_yes", "no_recommends"}),
        ("dnf install --setopt=install_weak_deps=True a", set()),
        ("env UV_NO_CACHE=true uv pip install a", {"assume_yes", "no_cache"}),
        ("uv sync --frozen -n", {"assume_yes", "no_cache", "locked"}),
        ("uv pip sync x", {"assume_yes", "locked"}),
        ("npm ci", {"assume_yes", "locked"}),
        ("pnpm install --frozen-lockfile", {"assume_yes", "locked"}),
        ("yarn", {"assume_yes"}),
        ("poetry install", {"assume_yes", "locked"}),
        ("cargo install --locked a", {"assume_yes", "locked"}),
    ],
)
def test_switches(text: str, flags: set[str]) -> None:
    found = install(text)
    names = ("assume_yes", "no_recommends", "no_cache", "upgrade", "locked", "require_hashes")
    assert {name for name in names if getattr(found, name)} == flags


@pytest.mark.parametrize(
    ("text", "complete"),
    [
        ("pip install a==$V", True),
        ("pip install $A", False),
        ("pip install --index-url $A b", True),
        ("pip install -- a", True),
        ('apt-get install "$(cat x)"', False),
    ],
)
def test_unknown_words_may_hold_more(text: str, complete: bool) -> None:  # noqa: FBT001
    assert install(text).complete is complete


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rm -rf /var/lib/apt/lists/*", ("apt-lists",)),
        ("rm -rf /var/lib/apt/lists/", ("apt-lists",)),
        ("rm -rf /var/cache/apt/* /root/.cache/pip", ("apt", "pip")),
        ("rm -rf /root/.cache/pip /var/cache/apt", ("apt", "pip")),
        ("rm -rf /opt/x /usr/local/go", ()),
        ("rm -rf /", ()),
        ("apt-get clean", ("apt",)),
        ("apt-get -y distclean", ("apt-lists", "apt")),
        ("yum -y clean all", ("yum",)),
        ("dnf5 clean all", ("dnf",)),
        ("microdnf clean all", ("microdnf",)),
        ("conda clean -afy", ("conda",)),
        ("zypper clean -a", ("zypper",)),
        ("pip cache purge", ("pip",)),
        ("pip3.11 cache purge", ("pip",)),
        ("python -m pip cache purge", ("pip",)),
        ("python -m uv cache clean", ("uv",)),
        ("uv cache clean", ("uv",)),
        ("npm cache clean --force", ("npm",)),
        ("pnpm store prune", ("pnpm",)),
        ("go clean -modcache", ("go",)),
        ("go clean", ()),
        ("apt-get install clean", ()),
        ("echo", ()),
    ],
)
def test_what_is_cleaned(text: str, expected: tuple[str, ...]) -> None:
    names = {cache.name for cache in caches_removed(commands(text)[0])}
    assert names == set(expected)


def test_a_folder_takes_the_caches_of_all_managers_with_it() -> None:
    names = {cache.name for cache in caches_removed(commands("rm -rf /var/cache/* /tmp/*")[0])}
    assert names == {
        cache.name
        for manager in MANAGERS
        for cache in manager.left_overs
        if any(folder.startswith("/var/cache/") for folder in cache.folders)
    }
    assert names > {"apt", "apk", "dnf", "zypper"}


def test_a_parent_takes_its_caches_with_it() -> None:
    names = {cache.name for cache in caches_removed(commands("rm -rf /root/.cache")[0])}
    assert names > {"pip", "uv"}
    assert names.isdisjoint({"apt", "npm"})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("apt-get remove -y gcc make", ("gcc", "make")),
        ("apt-get -y purge --auto-remove gcc", ("gcc",)),
        ("apt-mark auto '.*' > /dev/null; apt-get purge -y --auto-remove", ("*",)),
        ("apt-mark manual '.*'; apt-get purge -y --auto-remove", ()),
        ("apt-mark auto '.*'; apt-get purge -y gcc", ("gcc",)),
        ("apk del .build $X", (".build", "*")),
        ("dnf5 erase gcc; zypper rm make", ("gcc", "make")),
        ("pip uninstall torch; apt-get install remove", ()),
    ],
)
def test_what_is_removed_again(text: str, expected: tuple[str, ...]) -> None:
    assert packages_removed(read_script(text, Span(0, len(text)), ScriptRole.RUN)) == expected


def test_packages_of_a_group() -> None:
    assert install("apk add --virtual .build gcc").group == ".build"
    assert install("apk add -t.build gcc").group == ".build"
    assert install("apt-get install -t bookworm gcc").group == ""


def test_options_in_clusters_and_behind_a_double_dash() -> None:
    assert [word.text for word in install("pip install -qr a.txt").files] == ["a.txt"]
    assert [p.name for p in install("pip install -- a").packages] == ["a"]
    assert [p.name for p in install("pip install -q5 a").packages] == ["a"]


def test_what_refreshes_an_index() -> None:
    texts = ["apt-get -q update", "apk update", "yum makecache", "zypper ref", "apt-get install"]
    found = [refreshed_manager(commands(text)[0]) for text in [*texts, "ls"]]
    assert [manager and manager.name for manager in found] == [
        *("apt", "apk", "yum", "zypper"),
        *(None, None),
    ]


WORDS = st.lists(
    st.sampled_from(
        [
            "install",
            "add",
            "-y",
            "-r",
            "-c",
            "--index-url",
            "--index-url=x",
            "a==1",
            "$X",
            "a[b]",
            "'a @ https://x'",
            "-",
            "--",
            "--x",
            "'",
            '"a b"',
            "@",
            "=",
            ":",
            ".",
            "$(x)",
            "*",
            "-e",
        ]
    ),
    max_size=8,
).map(" ".join)
PROGRAMS = st.sampled_from(
    [
        *(program for manager in MANAGERS for program in manager.programs),
        *(f"python3.12 -m {module}" for manager in MANAGERS for module in manager.modules),
        *("uv pip", "sudo -E apt-get", "env A=1 pip3", "conda run -n x pip"),
    ]
)
VERBS = st.sampled_from(
    [verb for one in MANAGERS for verb in (*one.installs, *one.upgrades, *one.lock.verbs)]
)


@given(PROGRAMS, st.one_of(st.just(""), VERBS), WORDS)
@settings(max_examples=300, deadline=None)
def test_any_words_are_read_and_spans_are_true(program: str, verb: str, words: str) -> None:
    text = f"{program} {verb} {words}"
    for command in commands(text):
        for found in package_installs(command):
            for package in found.packages:
                assert text[package.span.start : package.span.end].endswith(package.raw)
            for option in found.options:
                assert Span(0, len(text)).covers(option.span)
            for index in found.indexes:
                assert Span(0, len(text)).covers(index.span)
        caches_removed(command)
        refreshed_manager(command)
    packages_removed(read_script(text, Span(0, len(text)), ScriptRole.RUN))
