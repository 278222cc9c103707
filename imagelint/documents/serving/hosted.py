"""Engines that another server starts, by what stands in its own settings: those of Ray Serve.

https://docs.ray.io/en/latest/serve/llm/user-guides/configuration.html (`LLMConfig`: what is in
`engine_kwargs` becomes the arguments of vLLM's engine), read in November 2026.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.documents.serving.command import ServingCommand
from imagelint.documents.serving.configfiles import setting_switches
from imagelint.documents.serving.switches import settled
from imagelint.documents.shared import EnvOrigin, EnvVar
from imagelint.documents.yaml.cursor import Cursor
from imagelint.documents.yaml.nodes import Mapping, Scalar
from imagelint.knowledge.engines import engine
from imagelint.knowledge.serving.rayserve import ENGINE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.source import Span
    from imagelint.documents.serving.launch import Launch

_MOST_MODELS = 100


def hosted_servers(launch: Launch) -> Iterator[ServingCommand]:
    """The engines that applications of Ray Serve start, in the place of the container."""
    roots = (launch.applications, *launch.files.values())
    for root in (one for one in roots if isinstance(one, Mapping)):
        for application in Cursor(root)["applications"].items():
            variables = application.at("runtime_env", "env_vars")
            for config in _llm_configs(application["args"])[:_MOST_MODELS]:
                if config["llm_engine"].word().lower() in ("", ENGINE):
                    yield _hosted(config, variables, launch)


def _llm_configs(arguments: Cursor) -> list[Cursor]:
    """The models of an application that is built by Ray's own builders, as far as they are here.

    What stands in a file, or is made by the code of an application, is not known.
    """
    listed = [one for one in arguments["llm_configs"].items() if isinstance(one.node, Mapping)]
    single = arguments["llm_config"]
    return [*listed, single] if isinstance(single.node, Mapping) else listed


def _hosted(config: Cursor, variables: Cursor, launch: Launch) -> ServingCommand:
    known = engine(ENGINE)
    settings = config["engine_kwargs"]
    readable = isinstance(settings.node, Mapping) or not settings.exists or settings.null
    switches = setting_switches(settings.node, known) if readable else ()
    env = (*launch.env, *_variables(variables), *_variables(config.at("runtime_env", "env_vars")))
    model = _model(config["model_loading_config"])
    place = model.span if isinstance(model, Known) else None
    # Its processes may be placed on any machine of the cluster.
    runtime = launch.runtime._replace(group=UNKNOWN)
    return ServingCommand(
        span=place or config.span,
        launch=launch._replace(env=env, argv=(), scripts={}, told=(), runtime=runtime),
        engine=ENGINE,
        model=model,
        switches=switches,
        complete=readable,
        path=launch.path,
        worker=True,
        keyed=True,
    )


def _model(place: Cursor) -> Fact[str]:
    """The weights: a source, else what the model is called, which is then a name on the hub."""
    source = place["model_source"]
    named = source if source.exists and not source.null else place["model_id"]
    if not isinstance(named.node, Scalar):
        return UNKNOWN
    fact = named.text()
    return UNKNOWN if fact is ABSENT else settled(fact, named.span)


def _variables(place: Cursor) -> Iterator[EnvVar]:
    for name, value in place.entries():
        yield _variable(name, value.key_span, value.span, value.text())


def _variable(name: str, key: Span, span: Span, value: Fact[str]) -> EnvVar:
    return EnvVar(
        span=key,
        name=name,
        value=UNKNOWN if value is ABSENT else value,
        origin=EnvOrigin.POD,
        name_span=key,
        value_span=span,
    )
