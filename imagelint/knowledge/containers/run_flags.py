"""The flags of programs that run containers: which take a value, which stand alone.

A flag with a value that is taken for one without would make an image of its value.

Docker 29, https://docs.docker.com/reference/cli/docker/container/run/ and
https://docs.docker.com/reference/cli/docker/service/create/; Podman 5.7,
https://docs.podman.io/en/stable/markdown/podman-run.1.html; nerdctl 2.2,
https://github.com/containerd/nerdctl/blob/main/docs/command-reference.md (read in November 2026).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class Verb(NamedTuple):
    """A command that makes a container, or a service, of an image.

    `valued` are the long names of flags with a value, `alone` of those without; `short` gives the
    long name of each letter.
    """

    valued: frozenset[str]
    alone: frozenset[str]
    short: Mapping[str, str]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_HEALTH = (
    "health-cmd health-interval health-retries health-start-interval health-start-period"
    " health-timeout"
)
_VALUED = _words(f"""
    add-host annotation attach blkio-weight blkio-weight-device cap-add cap-drop cgroup-parent
    cgroupns cidfile cpu-count cpu-percent cpu-period cpu-quota cpu-rt-period cpu-rt-runtime
    cpu-shares cpus cpuset-cpus cpuset-mems detach-keys device device-cgroup-rule device-read-bps
    device-read-iops device-write-bps device-write-iops dns dns-opt dns-option dns-search domainname
    entrypoint env env-file expose gpus group-add {_HEALTH} hostname io-maxbandwidth io-maxiops ip
    ip6 ipc isolation kernel-memory label label-file link link-local-ip log-driver log-opt
    mac-address memory memory-reservation memory-swap memory-swappiness mount name net net-alias
    network network-alias oom-score-adj pid pids-limit platform publish pull restart runtime
    security-opt shm-size stop-signal stop-timeout storage-opt sysctl tmpfs ulimit user userns uts
    volume volume-driver volumes-from workdir
    """)
_ALONE = _words("""
    detach disable-content-trust help init interactive no-healthcheck oom-kill-disable privileged
    publish-all quiet read-only rm sig-proxy tty use-api-socket
    """)
_OF_PODMAN = _words("""
    arch authfile cert-dir cgroup-conf cgroups chrootdirs conmon-pidfile creds decryption-key
    env-merge gidmap group-entry gpus health-log-destination health-max-log-count
    health-max-log-size health-on-failure health-startup-cmd health-startup-interval
    health-startup-retries health-startup-success health-startup-timeout hosts-file hostuser
    image-volume init-path intel-rdt-closid os passwd-entry personality pidfile pod pod-id-file
    preserve-fd preserve-fds requires retry retry-delay sdnotify seccomp-policy secret
    shm-size-systemd signature-policy subgidname subuidname systemd timeout tz uidmap umask unsetenv
    variant
    """)
_ALONE_OF_PODMAN = _words("""
    env-host http-proxy no-hostname no-hosts passwd read-only-tmpfs replace rmi rootfs tls-verify
    unsetenv-all
    """)
_OF_NERDCTL = _words("""
    cosign-certificate-identity cosign-certificate-identity-regexp cosign-certificate-oidc-issuer
    cosign-certificate-oidc-issuer-regexp cosign-key ipfs-address rdt-class umask pidfile systemd
    verify cgroup-conf healthcheck
    """)
_ALONE_OF_NERDCTL = frozenset({"rootfs", "insecure-registry"})
_OF_SERVICES = _words(f"""
    cap-add cap-drop config constraint container-label credential-spec dns dns-option dns-search
    endpoint-mode entrypoint env env-file generic-resource group {_HEALTH} host hostname isolation
    label limit-cpu limit-memory limit-pids log-driver log-opt max-concurrent memory-swap
    memory-swappiness mode mount name network oom-score-adj placement-pref publish replicas
    replicas-max-per-node reserve-cpu reserve-memory restart-condition restart-delay
    restart-max-attempts restart-window rollback-delay rollback-failure-action
    rollback-max-failure-ratio rollback-monitor rollback-order rollback-parallelism secret
    stop-grace-period stop-signal sysctl ulimit update-delay update-failure-action
    update-max-failure-ratio update-monitor update-order update-parallelism user workdir
    """)
_ALONE_OF_SERVICES = _words("""
    detach help init no-healthcheck no-resolve-image quiet read-only tty with-registry-auth
    """)
_SHORT = {
    "a": "attach",
    "c": "cpu-shares",
    "d": "detach",
    "e": "env",
    "h": "hostname",
    "i": "interactive",
    "l": "label",
    "m": "memory",
    "P": "publish-all",
    "p": "publish",
    "q": "quiet",
    "t": "tty",
    "u": "user",
    "v": "volume",
    "w": "workdir",
}
SAME = {
    "net": "network",
    "net-alias": "network-alias",
    "dns-opt": "dns-option",
    "limit-memory": "memory",
    "reserve-memory": "memory-reservation",
    "limit-cpu": "cpus",
    "limit-pids": "pids-limit",
    "stop-grace-period": "stop-timeout",
}
"""Names of flags that mean what another one means."""

_RUN = Verb(_VALUED, _ALONE, _SHORT)
_PODMAN = Verb(_VALUED | _OF_PODMAN, _ALONE | _ALONE_OF_PODMAN, _SHORT)
_NERDCTL = Verb(_VALUED | _OF_NERDCTL, _ALONE | _ALONE_OF_NERDCTL, _SHORT)
_SERVICE = Verb(
    _OF_SERVICES,
    _ALONE_OF_SERVICES,
    {letter: name for letter, name in _SHORT.items() if letter in "delpqtuw"},
)
SERVICE_VERB = "service create"


def _verbs(verb: Verb) -> dict[str, Verb]:
    names = ("run", "create", "container run", "container create")
    return dict.fromkeys(names, verb)


VERBS: Mapping[str, Mapping[str, Verb]] = {
    "docker": {**_verbs(_RUN), SERVICE_VERB: _SERVICE},
    "podman": _verbs(_PODMAN),
    "nerdctl": _verbs(_NERDCTL),
}
"""By program, the commands that make something of an image."""

GLOBAL_VALUED: Mapping[str, frozenset[str]] = {
    "docker": _words(
        "--config -c --context -H --host -l --log-level --tlscacert --tlscert --tlskey"
    ),
    "podman": _words("""
        -c --connection --url --identity --log-level --root --runroot --storage-driver --storage-opt
        --tmpdir --cgroup-manager --runtime --runtime-flag --events-backend --hooks-dir --conmon
        --module --network-config-dir --network-cmd-path --out --ssh --volumepath --imagestore
        --tls-ca --tls-cert --tls-key
        """),
    "nerdctl": _words("""
        -a --address -H --host -n --namespace --snapshotter --storage-driver --cgroup-manager
        --data-root --cni-path --cni-netconfpath --hosts-dir --host-gateway-ip --bridge-ip
        --cdi-spec-dirs --userns-remap --global-dns --global-dns-opts --global-dns-search
        """),
}
"""By program, the flags before its command that take a value."""
