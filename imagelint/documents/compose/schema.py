"""What the Compose Specification takes, by place: kinds of values, keys, items.

compose-spec/compose-spec:schema/compose-spec.json of 2026-06-23; where words become numbers, sizes,
durations and truth values: compose-spec/compose-go:loader/interpolate.go, types/.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class Form(NamedTuple):
    """What may stand at a place.

    `scalars` are the kinds of words that it takes: `string`, `number`, `boolean`, and as strings
    `switch` (a truth value), `size`, `duration`. `items` is the form of the items where it may be
    a list; `keys` those of the keys where it may be a mapping; `each` that of keys of any name.
    `required` are keys without which a mapping is refused.
    """

    scalars: frozenset[str] = frozenset()
    items: Form | None = None
    keys: Mapping[str, Form] | None = None
    each: Form | None = None
    required: tuple[str, ...] = ()


def _scalar(*kinds: str) -> Form:
    return Form(frozenset(kinds))


def _mapping(required: tuple[str, ...] = (), /, **keys: Form) -> Form:
    return Form(keys=keys, required=required)


def _list(items: Form) -> Form:
    return Form(items=items)


ANY = Form(frozenset(("any",)))
_STRING = _scalar("string")
_SWITCH = _scalar("boolean", "switch")
_NUMBER = _scalar("number", "string")
_SIZE = _scalar("number", "size")
_DURATION = _scalar("duration")
_STRINGS = _list(_STRING)
_WORDS = _list(_scalar("string", "number"))
_ONE_OR_MORE = _STRING._replace(items=_STRING)
_PLAIN = _scalar("string", "number", "boolean", "null")
_SETTINGS = Form(items=_STRING, each=_PLAIN)
_OPTIONS = Form(each=_PLAIN)
_HOSTS = Form(items=_STRING, each=_ONE_OR_MORE)
_ULIMITS = Form(
    each=Form(
        frozenset(("number", "string")),
        keys={"hard": _NUMBER, "soft": _NUMBER},
        required=("soft", "hard"),
    )
)
_FILES = _list(
    Form(
        frozenset(("string",)),
        keys={
            "source": _STRING,
            "target": _STRING,
            "uid": _STRING,
            "gid": _STRING,
            "mode": _NUMBER,
        },
    )
)
_DEVICE = {
    "capabilities": _STRINGS,
    "count": _NUMBER,
    "device_ids": _STRINGS,
    "driver": _STRING,
    "options": _SETTINGS,
}
_HOOK = _list(
    _mapping(
        ("command",),
        command=_ONE_OR_MORE,
        user=_STRING,
        privileged=_SWITCH,
        working_dir=_STRING,
        environment=_SETTINGS,
    )
)
_BLKIO_RATES = _list(_mapping(path=_STRING, rate=_SIZE))
_UPDATE = _mapping(
    parallelism=_NUMBER,
    delay=_DURATION,
    failure_action=_STRING,
    monitor=_DURATION,
    max_failure_ratio=_NUMBER,
    order=_STRING,
)

_BUILD = Form(
    frozenset(("string",)),
    keys={
        "context": _STRING,
        "dockerfile": _STRING,
        "dockerfile_inline": _STRING,
        "entitlements": _STRINGS,
        "args": _SETTINGS,
        "ssh": _SETTINGS._replace(scalars=frozenset(("string",))),
        "labels": _SETTINGS,
        "cache_from": _STRINGS,
        "cache_to": _STRINGS,
        "no_cache": _SWITCH,
        "no_cache_filter": _ONE_OR_MORE,
        "additional_contexts": _SETTINGS,
        "network": _STRING,
        "provenance": _scalar("string", "boolean"),
        "sbom": _scalar("string", "boolean"),
        "pull": _SWITCH,
        "target": _STRING,
        "shm_size": _SIZE,
        "extra_hosts": _HOSTS,
        "isolation": _STRING,
        "privileged": _SWITCH,
        "secrets": _FILES,
        "tags": _STRINGS,
        "ulimits": _ULIMITS,
        "platforms": _STRINGS,
    },
)
_LIMITS = {"cpus": _NUMBER, "memory": _scalar("size"), "pids": _NUMBER}
_DEPLOY = _mapping(
    mode=_STRING,
    endpoint_mode=_STRING,
    replicas=_NUMBER,
    labels=_SETTINGS,
    rollback_config=_UPDATE,
    update_config=_UPDATE,
    resources=_mapping(
        limits=Form(keys=_LIMITS),
        reservations=Form(
            keys={
                "cpus": _NUMBER,
                "memory": _scalar("size"),
                "generic_resources": _list(
                    _mapping(discrete_resource_spec=_mapping(kind=_STRING, value=_NUMBER))
                ),
                "devices": _list(Form(keys=_DEVICE, required=("capabilities",))),
            }
        ),
    ),
    restart_policy=_mapping(
        condition=_STRING, delay=_DURATION, max_attempts=_NUMBER, window=_DURATION
    ),
    placement=_mapping(
        constraints=_STRINGS,
        preferences=_list(_mapping(spread=_STRING)),
        max_replicas_per_node=_NUMBER,
    ),
)
_HEALTHCHECK = _mapping(
    disable=_SWITCH,
    interval=_DURATION,
    retries=_NUMBER,
    test=_ONE_OR_MORE,
    timeout=_DURATION,
    start_period=_DURATION,
    start_interval=_DURATION,
)
_VOLUMES = _list(
    Form(
        frozenset(("string",)),
        keys={
            "type": _STRING,
            "source": _STRING,
            "target": _STRING,
            "read_only": _SWITCH,
            "consistency": _STRING,
            "bind": _mapping(
                propagation=_STRING, create_host_path=_SWITCH, recursive=_STRING, selinux=_STRING
            ),
            "volume": _mapping(labels=_SETTINGS, nocopy=_SWITCH, subpath=_STRING),
            "tmpfs": _mapping(size=_SIZE, mode=_NUMBER),
            "image": _mapping(subpath=_STRING),
        },
        required=("type",),
    )
)
_PORTS = _list(
    Form(
        frozenset(("string", "number")),
        keys={
            "name": _STRING,
            "mode": _STRING,
            "host_ip": _STRING,
            "target": _NUMBER,
            "published": _NUMBER,
            "protocol": _STRING,
            "app_protocol": _STRING,
        },
    )
)
_NETWORKS = Form(
    items=_STRING,
    each=_mapping(
        aliases=_STRINGS,
        interface_name=_STRING,
        ipv4_address=_STRING,
        ipv6_address=_STRING,
        link_local_ips=_STRINGS,
        mac_address=_STRING,
        driver_opts=_OPTIONS,
        priority=_scalar("number"),
        gw_priority=_scalar("number"),
    ),
)
_STRING_FIELDS = (
    "cgroup cgroup_parent container_name cpuset domainname hostname image ipc isolation mac_address"
    " network_mode pid platform pull_policy restart runtime stop_signal user uts userns_mode"
    " working_dir pull_refresh_after"
)
_SWITCHES = "attach init oom_kill_disable privileged read_only stdin_open tty use_api_socket"
_NUMBERS = (
    "cpu_count cpu_percent cpu_shares cpu_quota cpu_period cpu_rt_period cpu_rt_runtime cpus"
    " mem_swappiness oom_score_adj pids_limit scale"
)
_SIZES = "mem_limit mem_reservation shm_size"
_LISTS = (
    "cap_add cap_drop device_cgroup_rules external_links links profiles security_opt volumes_from"
)

SERVICE = Form(
    keys={
        **dict.fromkeys(_STRING_FIELDS.split(), _STRING),
        **dict.fromkeys(_SWITCHES.split(), _SWITCH),
        **dict.fromkeys(_NUMBERS.split(), _NUMBER),
        **dict.fromkeys(_SIZES.split(), _SIZE),
        **dict.fromkeys(_LISTS.split(), _STRINGS),
        "memswap_limit": _NUMBER,
        "stop_grace_period": _DURATION,
        "annotations": _SETTINGS,
        "labels": _SETTINGS,
        "environment": _SETTINGS,
        "sysctls": _SETTINGS,
        "extra_hosts": _HOSTS,
        "build": _BUILD,
        "blkio_config": _mapping(
            device_read_bps=_BLKIO_RATES,
            device_read_iops=_BLKIO_RATES,
            device_write_bps=_BLKIO_RATES,
            device_write_iops=_BLKIO_RATES,
            weight=_NUMBER,
            weight_device=_list(_mapping(path=_STRING, weight=_NUMBER)),
        ),
        "command": _ONE_OR_MORE,
        "entrypoint": _ONE_OR_MORE,
        "configs": _FILES,
        "secrets": _FILES,
        "credential_spec": _mapping(config=_STRING, file=_STRING, registry=_STRING),
        "depends_on": Form(
            items=_STRING,
            each=_mapping(("condition",), restart=_SWITCH, required=_SWITCH, condition=_STRING),
        ),
        "deploy": _DEPLOY,
        "develop": ANY,
        "devices": _list(
            Form(
                frozenset(("string",)),
                keys={"source": _STRING, "target": _STRING, "permissions": _STRING},
                required=("source",),
            )
        ),
        "dns": _ONE_OR_MORE,
        "dns_opt": _STRINGS,
        "dns_search": _ONE_OR_MORE,
        "env_file": Form(
            frozenset(("string",)),
            items=Form(
                frozenset(("string",)),
                keys={"path": _STRING, "format": _STRING, "required": _SWITCH},
                required=("path",),
            ),
        ),
        "label_file": _ONE_OR_MORE,
        "expose": _WORDS,
        "extends": Form(
            frozenset(("string",)),
            keys={"service": _STRING, "file": _STRING},
            required=("service",),
        ),
        "gpus": Form(frozenset(("string",)), items=Form(keys=_DEVICE)),
        "group_add": _WORDS,
        "healthcheck": _HEALTHCHECK,
        "logging": _mapping(driver=_STRING, options=_OPTIONS),
        "models": ANY,
        "networks": _NETWORKS,
        "ports": _PORTS,
        "post_start": _HOOK,
        "pre_stop": _HOOK,
        "provider": ANY,
        "storage_opt": Form(each=ANY),
        "tmpfs": _ONE_OR_MORE,
        "ulimits": _ULIMITS,
        "volumes": _VOLUMES,
    }
)
"""A service. Keys that begin with `x-` are allowed at every place with keys of its own."""

SECTIONS = Form(
    keys={
        "version": _STRING,
        "name": _STRING,
        "include": Form(
            items=Form(
                frozenset(("string",)),
                keys={
                    "path": _ONE_OR_MORE,
                    "env_file": _ONE_OR_MORE,
                    "project_directory": _STRING,
                },
            )
        ),
        "services": ANY,
        **dict.fromkeys(("models", "networks", "volumes", "secrets", "configs"), Form(each=ANY)),
    }
)
"""The file itself; each service is a part of its own."""
