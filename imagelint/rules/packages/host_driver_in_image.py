"""The rule `host-driver-in-image`."""

from __future__ import annotations

from imagelint.documents.packages.installs import package_installs
from imagelint.documents.queries.dockerfiles.runtimes import brings_runtime
from imagelint.documents.shell.script import Command
from imagelint.documents.shell.shells import POSIX_SHELLS
from imagelint.knowledge.packages.host_packages import host_installer, host_package
from imagelint.rules.api import Context, Findings, Severity, rule

_MOUNTED = "leave it out: the container toolkit mounts the host's own"
_JUDGED = {
    "cuda": (
        "installs a driver beside the toolkit",
        "install `cuda-libraries-<major>-<minor>`, or `cuda-toolkit-<major>-<minor>` to build",
    ),
    "driver": ("is a part of the host's driver", _MOUNTED),
    "toolkit": ("belongs on the host, not into a container", "install it on the nodes"),
}


@rule(Command, Severity.HIGH, references=("tally gpu/no-container-runtime-in-image",))
def host_driver_in_image(command: Command, ctx: Context) -> Findings:
    """The image brings a GPU driver or a container toolkit of its own.

    Kernel module and driver libraries belong to the host. The NVIDIA Container Toolkit mounts the
    host's `libcuda` into the container; a copy in the image takes its place, fits no other host,
    and fails with "driver/library version mismatch". The toolkit itself has no use in a container.
    Parts of the CUDA toolkit (`cuda-toolkit-12-8`, `libcudnn9`, `cuda-compat-12-8`) are no drivers.

    Except:
        Stages that other stages use, and the toolkit beside a container runtime (Docker, Podman,
        containerd, enroot) in the same file: it is that one's. Images that machines boot (bootc,
        ostree): they are the host.

    Bad:
        FROM nvidia/cuda:12.8.1-runtime-ubuntu24.04
        RUN apt-get update && apt-get install -y --no-install-recommends nvidia-driver-570

    Good:
        FROM nvidia/cuda:12.8.1-runtime-ubuntu24.04
        RUN apt-get update && apt-get install -y --no-install-recommends libcudnn9-cuda-12
    """
    from imagelint.documents.queries.dockerfiles.bootable import is_of_container

    installs = package_installs(command)
    started = command.words[1:2] if command.program in POSIX_SHELLS else command.words[:1]
    installers = [word for word in started if host_installer(word.text)]
    if not (installs or installers) or not is_of_container(ctx.document, command.span):
        return
    for install in installs:
        wanted = any(not host_package(one.name) for one in install.packages)
        for package in install.packages if install.ecosystem.is_system else ():
            kind = host_package(package.name)
            if kind == "toolkit" and brings_runtime(ctx.document):
                continue
            if kind:
                yield ctx.finding(
                    package,
                    f"`{package.name}` {_JUDGED[kind][0]}",
                    help=_JUDGED[kind][1],
                    subject=package.name,
                    severity=Severity.MEDIUM if kind == "cuda" else None,
                    fix=ctx.dropped(package.name, package) if wanted else None,
                )
    for word in installers:
        kind = host_installer(word.text)
        if kind == "driver" or command.has_flag("--driver"):
            name = word.text.rpartition("/")[2]
            yield ctx.finding(
                word,
                f"`{name}` installs the host's driver",
                help=_MOUNTED if kind == "driver" else "install only the toolkit: `--toolkit`",
                subject=name,
            )
