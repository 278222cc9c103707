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


def mapping(required: tuple[str, ...] = (), /, **keys: Form) -> Form:
    """A mapping with these keys, of which some are required."""
    return Form(keys=keys, required=required)


def list_of(items: Form) -> Form:
    """A list of items of a form."""
    return Form(items=items)


ANY = Form(frozenset(("any",)))
STRING = _scalar("string")
SWITCH = _scalar("boolean", "switch")
NUMBER = _scalar("number", "string")
_SIZE = _scalar("number", "size")
_DURATION = _scalar("duration")
STRINGS = list_of(STRING)
_WORDS = list_of(_scalar("string", "number"))
ONE_OR_MORE = STRING._replace(items=STRING)
_PLAIN = _scalar("string", "number", "boolean", "null")
SETTINGS = Form(items=STRING, each=_PLAIN)
OPTIONS = Form(each=_PLAIN)
_HOSTS = Form(items=STRING, each=ONE_OR_MORE)
_ULIMITS = Form(
    each=Form(
        frozenset(("number", "string")),
        keys={"hard": NUMBER, "soft": NUMBER},
        required=("soft", "hard"),
    )
)
_FILES = list_of(
    Form(
        frozenset(("string",)),
        keys={
            "source": STRING,
            "target": STRING,
            "uid": STRING,
            "gid": STRING,
            "mode": NUMBER,
        },
    )
)
_DEVICE = {
    "capabilities": STRINGS,
    "count": NUMBER,
    "device_ids": STRINGS,
    "driver": STRING,
    "options": SETTINGS,
}
_HOOK_KEYS = mapping(
    ("command",),
    command=ONE_OR_MORE,
    user=STRING,
    privileged=SWITCH,
    working_dir=STRING,
    environment=SETTINGS,
)
_HOOK = list_of(_HOOK_KEYS)
_OPTION = _PLAIN._replace(items=_PLAIN)
_BLKIO_RATES = list_of(mapping(path=STRING, rate=_SIZE))
_UPDATE = mapping(
    parallelism=NUMBER,
    delay=_DURATION,
    failure_action=STRING,
    monitor=_DURATION,
    max_failure_ratio=NUMBER,
    order=STRING,
)

_BUILD = Form(
    frozenset(("string",)),
    keys={
        "context": STRING,
        "dockerfile": STRING,
        "dockerfile_inline": STRING,
        "entitlements": STRINGS,
        "args": SETTINGS,
        "ssh": SETTINGS._replace(scalars=frozenset(("string",))),
        "labels": SETTINGS,
        "cache_from": STRINGS,
        "cache_to": STRINGS,
        "no_cache": SWITCH,
        "no_cache_filter": ONE_OR_MORE,
        "additional_contexts": SETTINGS,
        "network": STRING,
        "provenance": _scalar("string", "boolean"),
        "sbom": _scalar("string", "boolean"),
        "pull": SWITCH,
        "target": STRING,
        "shm_size": _SIZE,
        "extra_hosts": _HOSTS,
        "isolation": STRING,
        "privileged": SWITCH,
        "secrets": _FILES,
        "tags": STRINGS,
        "ulimits": _ULIMITS,
        "platforms": STRINGS,
    },
)
_LIMITS = {"cpus": NUMBER, "memory": _scalar("size"), "pids": NUMBER}
_DEPLOY = mapping(
    mode=STRING,
    endpoint_mode=STRING,
    replicas=NUMBER,
    labels=SETTINGS,
    rollback_config=_UPDATE,
    update_config=_UPDATE,
    resources=mapping(
        limits=Form(keys=_LIMITS),
        reservations=Form(
            keys={
                "cpus": NUMBER,
                "memory": _scalar("size"),
                "generic_resources": list_of(
                    mapping(discrete_resource_spec=mapping(kind=STRING, value=NUMBER))
                ),
                "devices": list_of(Form(keys=_DEVICE, required=("capabilities",))),
            }
        ),
    ),
    restart_policy=mapping(
        condition=STRING, delay=_DURATION, max_attempts=NUMBER, window=_DURATION
    ),
    placement=mapping(
        constraints=STRINGS,
        preferences=list_of(mapping(spread=STRING)),
        max_replicas_per_node=NUMBER,
    ),
)
_HEALTHCHECK = mapping(
    disable=SWITCH,
    interval=_DURATION,
    retries=NUMBER,
    test=ONE_OR_MORE,
    timeout=_DURATION,
    start_period=_DURATION,
    start_interval=_DURATION,
)
_VOLUMES = list_of(
    Form(
        frozenset(("string",)),
        keys={
            "type": STRING,
            "source": STRING,
            "target": STRING,
            "read_only": SWITCH,
            "consistency": STRING,
            "bind": mapping(
                propagation=STRING, create_host_path=SWITCH, recursive=STRING, selinux=STRING
            ),
            "volume": mapping(labels=SETTINGS, nocopy=SWITCH, subpath=STRING),
            "tmpfs": mapping(size=_SIZE, mode=NUMBER),
            "image": mapping(subpath=STRING),
        },
        required=("type",),
    )
)
_PORTS = list_of(
    Form(
        frozenset(("string", "number")),
        keys={
            "name": STRING,
            "mode": STRING,
            "host_ip": STRING,
            "target": NUMBER,
            "published": NUMBER,
            "protocol": STRING,
            "app_protocol": STRING,
        },
    )
)
_NETWORKS = Form(
    items=STRING,
    each=mapping(
        aliases=STRINGS,
        interface_name=STRING,
        ipv4_address=STRING,
        ipv6_address=STRING,
        link_local_ips=STRINGS,
        mac_address=STRING,
        driver_opts=OPTIONS,
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
        **dict.fromkeys(_STRING_FIELDS.split(), STRING),
        **dict.fromkeys(_SWITCHES.split(), SWITCH),
        **dict.fromkeys(_NUMBERS.split(), NUMBER),
        **dict.fromkeys(_SIZES.split(), _SIZE),
        **dict.fromkeys(_LISTS.split(), STRINGS),
        "memswap_limit": NUMBER,
        "stop_grace_period": _DURATION,
        "annotations": SETTINGS,
        "labels": SETTINGS,
        "environment": SETTINGS,
        "sysctls": SETTINGS,
        "extra_hosts": _HOSTS,
        "build": _BUILD,
        "blkio_config": mapping(
            device_read_bps=_BLKIO_RATES,
            device_read_iops=_BLKIO_RATES,
            device_write_bps=_BLKIO_RATES,
            device_write_iops=_BLKIO_RATES,
            weight=NUMBER,
            weight_device=list_of(mapping(path=STRING, weight=NUMBER)),
        ),
        "command": ONE_OR_MORE,
        "entrypoint": ONE_OR_MORE,
        "configs": _FILES,
        "secrets": _FILES,
        "credential_spec": mapping(config=STRING, file=STRING, registry=STRING),
        "depends_on": Form(
            items=STRING,
            each=mapping(("condition",), restart=SWITCH, required=SWITCH, condition=STRING),
        ),
        "deploy": _DEPLOY,
        "develop": mapping(
            watch=list_of(
                mapping(
                    ("path", "action"),
                    ignore=ONE_OR_MORE,
                    include=ONE_OR_MORE,
                    path=STRING,
                    action=STRING,
                    target=STRING,
                    exec=_HOOK_KEYS,
                    initial_sync=SWITCH,
                )
            )
        ),
        "devices": list_of(
            Form(
                frozenset(("string",)),
                keys={"source": STRING, "target": STRING, "permissions": STRING},
                required=("source",),
            )
        ),
        "dns": ONE_OR_MORE,
        "dns_opt": STRINGS,
        "dns_search": ONE_OR_MORE,
        "env_file": Form(
            frozenset(("string",)),
            items=Form(
                frozenset(("string",)),
                keys={"path": STRING, "format": STRING, "required": SWITCH},
                required=("path",),
            ),
        ),
        "label_file": ONE_OR_MORE,
        "expose": _WORDS,
        "extends": Form(
            frozenset(("string",)),
            keys={"service": STRING, "file": STRING},
            required=("service",),
        ),
        "gpus": Form(frozenset(("string",)), items=Form(keys=_DEVICE)),
        "group_add": _WORDS,
        "healthcheck": _HEALTHCHECK,
        "logging": mapping(driver=STRING, options=OPTIONS),
        "models": Form(items=STRING, each=mapping(endpoint_var=STRING, model_var=STRING)),
        "networks": _NETWORKS,
        "ports": _PORTS,
        "post_start": _HOOK,
        "pre_stop": _HOOK,
        "provider": mapping(("type",), type=STRING, options=Form(each=_OPTION)),
        "storage_opt": Form(each=ANY),
        "tmpfs": ONE_OR_MORE,
        "ulimits": _ULIMITS,
        "volumes": _VOLUMES,
    }
)
"""A service. Keys that begin with `x-` are allowed at every place with keys of its own."""
