"""What the Compose Specification takes beside services: see `schema`."""

from __future__ import annotations

from imagelint.documents.compose.specification.schema import (
    ANY,
    NUMBER,
    ONE_OR_MORE,
    OPTIONS,
    SETTINGS,
    STRING,
    STRINGS,
    SWITCH,
    Form,
    list_of,
    mapping,
)

_EXTERNAL = SWITCH._replace(keys={"name": STRING}, each=ANY)
_SUBNET = mapping(subnet=STRING, ip_range=STRING, gateway=STRING, aux_addresses=OPTIONS)

SECTIONS = Form(
    keys={
        "version": STRING,
        "name": STRING,
        "include": Form(
            items=Form(
                frozenset(("string",)),
                keys={
                    "path": ONE_OR_MORE,
                    "env_file": ONE_OR_MORE,
                    "project_directory": STRING,
                },
            )
        ),
        "services": ANY,
        "models": Form(
            each=mapping(
                ("model",),
                name=STRING,
                model=STRING,
                context_size=NUMBER,
                runtime_flags=STRINGS,
            )
        ),
        "networks": Form(
            each=mapping(
                name=STRING,
                driver=STRING,
                driver_opts=OPTIONS,
                ipam=mapping(
                    driver=STRING,
                    config=list_of(_SUBNET),
                    options=OPTIONS,
                ),
                external=_EXTERNAL,
                internal=SWITCH,
                enable_ipv4=SWITCH,
                enable_ipv6=SWITCH,
                attachable=SWITCH,
                labels=SETTINGS,
            )
        ),
        "volumes": Form(
            each=mapping(
                name=STRING,
                driver=STRING,
                driver_opts=OPTIONS,
                external=_EXTERNAL,
                labels=SETTINGS,
            )
        ),
        "secrets": Form(
            each=mapping(
                name=STRING,
                environment=STRING,
                file=STRING,
                content=ANY,
                external=_EXTERNAL,
                labels=SETTINGS,
                driver=STRING,
                driver_opts=OPTIONS,
                template_driver=STRING,
            )
        ),
        "configs": Form(
            each=mapping(
                name=STRING,
                content=STRING,
                environment=STRING,
                file=STRING,
                external=_EXTERNAL,
                labels=SETTINGS,
                template_driver=STRING,
            )
        ),
    }
)
"""The file itself; each service is a part of its own: see `schema`."""
