"""The kinds of documents: how each is known by its path, read, limited, and what it is about."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, TypeAlias, cast

from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.subject import About

if TYPE_CHECKING:
    from collections.abc import Callable

    from imagelint.core.source import Source
    from imagelint.documents.base import Document


Beside: TypeAlias = "Callable[[str], str | None]"
"""The text of a file by its name relative to the folder of a source; None when there is none.

A name that ends in a slash is a folder's: its text is what it holds, a name a line, where who reads
can tell it; folders in it end in a slash too.
"""


class Kind(NamedTuple):
    """A kind of document.

    `parser` is `module:function` below `imagelint.documents`, imported when a text of the kind is
    read. `path` matches, whole and in lower case with `/`, the paths that are of this kind whatever
    they hold; what a path does not tell is told by `documents.detect` from the content. Texts of
    more than `most_lines` lines are not examined: people write some hundreds. `beside` are the
    names of files in the same folder whose texts the parser takes as well; one that `asks` is given
    a way to read what the document names, anywhere in its repository.

    `builds` is a word of the documents that say which images are built, and of what: empty where
    they have none in common, None where no document of the kind does. `joined_by` is what joins
    such a document with the others of its run, as `module:function` below `imagelint.deployment`.

    `merges_last` is true of YAML whose programs take what stands last, be it brought in by a merge
    key, `of_commands` of what consists of instructions and commands alone, `of_steps` of pipelines,
    whose steps run once, `builds_by_line` of what starts builds by command lines. A document of a
    kind that `is_handed` may be written into a script, which hands it to a program.
    """

    parser: str
    about: About = About.FILE
    path: re.Pattern[str] | None = None
    most_lines: int | None = None
    beside: tuple[str, ...] = ()
    asks: bool = False
    builds: str | None = None
    joined_by: str = ""
    merges_last: bool = False
    of_commands: bool = False
    of_steps: bool = False
    is_handed: bool = False
    builds_by_line: bool = False

    def parse(self, source: Source, read: Beside = lambda _name: None) -> Document:
        """Read a source as a document of this kind, with what it needs of the files beside it.

        Raises:
            DocumentError: it cannot be examined, and why.
        """
        module, _, name = self.parser.partition(":")
        found = getattr(import_module(f"imagelint.documents.{module}"), name)
        if self.asks:
            return cast("Callable[[Source, Beside], Document]", found)(source, read)
        if self.beside:
            texts = tuple(map(read, self.beside))
            return cast("Callable[[Source, tuple[str | None, ...]], Document]", found)(
                source, texts
            )
        return cast("Callable[[Source], Document]", found)(source)


_NAME = r"(?:.*/)?"
_SERVICES = "services:joined_services"

KINDS: dict[str, Kind] = {
    "policy": Kind(
        "policyfile:PolicyFile",
        About.POLICY,
        pattern(_NAME + r"(?:\.?imagelint\.ya?ml|\.imagelint(?:rc|\.json|\.toml)?)"),
    ),
    "evaluation-plan": Kind(
        "evaluation.plan:parse_plan", path=pattern(_NAME + r"\.?imagelint-eval\.ya?ml")
    ),
    "ignore": Kind(
        "dockerfile.ignorefile:parse_ignore",
        path=pattern(_NAME + r"(?:[^/]*\.)?(?:dockerignore|containerignore)"),
        most_lines=100_000,
    ),
    "requirements": Kind(
        "packages.requirements:read_requirements",
        path=pattern(
            _NAME + r"(?:(?:[^/]*[._-])?(?:requirements|constraints)(?:[._-][^/]*)?\.(?:txt|in)"
            r"|requirements/(?:.*/)?[^/]+\.(?:txt|in))"
        ),
        most_lines=100_000,
        asks=True,
    ),
    # What is read line by line costs a tenth of a millisecond a line.
    "dockerfile": Kind(
        "dockerfile.frontend:read_dockerfile",
        most_lines=20_000,
        asks=True,
        of_commands=True,
        is_handed=True,
    ),
    "kubernetes": Kind(
        "kubernetes.manifest:parse_manifest",
        joined_by="pods:joined_pods",
        merges_last=True,
        is_handed=True,
    ),
    "kustomization": Kind(
        "kubernetes.kustomize.document:parse_kustomization",
        path=pattern(_NAME + r"kustomization(?:\.ya?ml)?"),
        asks=True,
        merges_last=True,
    ),
    # Which text of these endings is one, its content tells.
    "nginx": Kind("proxies.document:read_nginx_file", most_lines=50_000),
    "haproxy": Kind("proxies.document:read_haproxy_file", most_lines=50_000),
    "caddy": Kind(
        "proxies.document:read_caddy_file",
        path=pattern(
            _NAME + r"(?:(?:[^/]+[._-])?caddyfile(?:[._-](?!md$|txt$|json$)[^/]*)?|[^/]+\.caddy)"
        ),
        most_lines=10_000,
    ),
    "traefik": Kind("proxies.document:read_traefik_file"),
    "litellm": Kind("proxies.litellm:read_litellm_file", merges_last=True),
    "chart": Kind("rendering.chart:parse_chart", path=pattern(_NAME + r"chart\.ya?ml")),
    # The suffix says that it is a template, which only some of them are.
    "helmfile": Kind(
        "gitops.helmfile:parse_helmfile",
        path=pattern(_NAME + r"(?:helmfile|helmfile\.d/(?:.*/)?[^/]+)\.ya?ml(?:\.gotmpl)?"),
    ),
    "json-patch": Kind("kubernetes.kustomize.jsonpatch:parse_json_patch"),
    "compose": Kind(
        "compose.document:parse_compose",
        asks=True,
        builds="build",
        joined_by=_SERVICES,
        is_handed=True,
    ),
    "bake": Kind(
        "bake.document:parse_bake",
        path=pattern(_NAME + r"docker-bake(?:\.override)?\.(?:hcl|json)"),
        most_lines=10_000,
        asks=True,
        builds="",
    ),
    # Examples hold what is to be filled in.
    "dotenv": Kind(
        "dotenv:parse_dotenv",
        path=pattern(
            _NAME + r"(?!.*(?:example|sample|template|tmpl|schema))"
            r"(?:\.env|[\w-][\w.-]*\.env)(?:\.(?!dist$|defaults?$|test$)[\w-]+)*"
        ),
        most_lines=100_000,
    ),
    "shell-script": Kind(
        "runlines.document:parse_script",
        most_lines=20_000,
        asks=True,
        builds="",
        joined_by=_SERVICES,
        builds_by_line=True,
        of_commands=True,
    ),
    "makefile": Kind(
        "runlines.document:parse_makefile",
        most_lines=20_000,
        asks=True,
        builds="",
        joined_by=_SERVICES,
        builds_by_line=True,
        of_commands=True,
    ),
    "systemd-unit": Kind(
        "runlines.unitfile:parse_unit",
        most_lines=20_000,
        asks=True,
        builds="",
        joined_by=_SERVICES,
        of_commands=True,
    ),
    "workflow": Kind(
        "runlines.document:parse_workflow",
        most_lines=20_000,
        asks=True,
        builds="",
        joined_by=_SERVICES,
        builds_by_line=True,
        of_steps=True,
    ),
    "devcontainer": Kind(
        "devcontainer.document:parse_devcontainer",
        path=pattern(_NAME + r"\.?devcontainer\.json"),
        asks=True,
        builds="",
        joined_by=_SERVICES,
    ),
    "skaffold": Kind("runlines.skaffold:parse_skaffold", asks=True, builds=""),
    # Only what is named: what stands there to be read is mostly no whole document.
    "markdown": Kind(
        "runlines.markdown:parse_markdown", path=pattern(_NAME + r"[^/]+\.(?:md|markdown)")
    ),
    "values": Kind("yaml.settings:parse_values", merges_last=True),
    "prometheus-rules": Kind("promql.rulefile:parse_rules"),
    "prometheus": Kind("promql.scrapes:parse_prometheus"),
    "dashboard": Kind("promql.dashboard:parse_dashboard"),
    "template": Kind("template:refuse_template", is_handed=True),
    "vulnerabilities": Kind("image.opinions.stored:parse_scans", About.IMAGE),
    "signatures": Kind("image.signatures:parse_signatures", About.IMAGE),
    "evaluation": Kind("evaluation.statement:parse_statement", About.IMAGE),
    "scorecard": Kind("metrics.card:parse_scorecard"),
    "text": Kind("plaintext:PlainText"),  # what somebody names although nothing tells what it is
    "image": Kind("image.inspected:parse_inspected", About.IMAGE),
}


_UNLISTED = Kind("")

# By the names of their files: infrastructure and languages that make manifests; platforms that run
# images; pipelines and other builders; what a host starts; proxies and collectors in languages of
# their own; the repositories of models of Triton and MLServer.
_OTHER_TOOLS = pattern(
    r"(?:.*/)?(?:.+\.(?:tf|tofu|bicep|nomad|nomad\.hcl|pkr\.hcl|tf\.json|tofu\.json|jsonnet"
    r"|libsonnet|cue|dhall|pkl)|pulumi\.ya?ml|terragrunt\.hcl|tiltfile|(?:okteto|devspace|garden)\.ya?ml"
    r"|(?:[\w-]+-)?task-?def(?:inition)?[\w.-]*\.json|dockerrun\.aws\.json|copilot/[^/]+/manifest\.ya?ml"
    r"|procfile|heroku\.ya?ml|(?:render|koyeb|apprunner)\.ya?ml|railway\.(?:json|toml)|\.do/app\.ya?ml"
    r"|fly(?:\.[\w-]+)?\.toml|project\.toml|runpod\.toml|(?:[\w.-]*\.)?(?:sky|dstack)\.ya?ml"
    r"|(?:bentofile|cog|cdk8s)\.ya?ml|cdk(?:tf)?\.json|kptfile|acornfile|[\w-]*cloudbuild[\w.-]*\.(?:ya?ml|json)|jenkinsfile(?:\.[\w-]+)?"
    r"|\.circleci/[^/]+\.ya?ml|\.?azure-pipelines[\w.-]*\.ya?ml|bitbucket-pipelines\.ya?ml"
    r"|\.(?:travis|drone|woodpecker|gitpod)\.ya?ml|\.(?:buildkite|woodpecker)/[^/]+\.ya?ml"
    r"|taskfile(?:\.dist)?\.ya?ml|\.?justfile|.+\.just|earthfile|singularity(?:\.[\w.-]+)?"
    r"|(?:cloud-init[\w.-]*|cloud-config)\.ya?ml|.+\.(?:ign|bu)"
    r"|werf\.ya?ml|.+\.(?:tiltfile|tftpl|apptainer)|(?:nomad|jobs?)/(?:.*/)?[^/]+\.hcl"
    r"|docker-bake\.[\w.-]+\.hcl|kong\.ya?ml|httpd\.conf"
    r"|supervisord?\.conf|caddy[\w.-]*\.json|.+\.(?:alloy|river)|envoy[\w.-]*\.(?:ya?ml|json)"
    r"|traefik[\w.-]*\.toml|config\.pbtxt|[0-9]{1,9}/model\.json|model-settings\.json)"
)
# By what they hold: CloudFormation, tasks of ECS, templates and deployments of Azure, Vertex AI,
# clusters of Ray, cloud-init, Truss, Ansible; lines of Apptainer, Slurm's Pyxis and `kubectl run`.
_OF_OTHERS = pattern(
    r"^[\"' \t]*AWSTemplateFormatVersion\b|\bType[\"']?[ \t]*:[ \t]*[\"']?AWS::"
    r"|\"containerDefinitions\""
    r"|schemas?\.(?:management\.azure\.com|azureedge\.net)/|\bMicrosoft\.(?:ContainerInstance|App)/"
    r"|\"containerSpec\"|^head_start_\w+_commands:|^#cloud-config\b|^base_image:"
    r"|^[ \t]+(?:- )?(?:community\.docker\.\w+|containers\.podman\.\w+"
    r"|kubernetes\.core\.(?:k8s|helm)|docker_(?:container|compose\w*|swarm_service|stack)"
    r"|podman_container|k8s)[ \t]*:"
    r"|^[^#\n]*\b(?:apptainer|singularity)[ \t]+(?:run|exec|instance[ \t]+start)[ \t]"
    r"|^[^#\n]*[ \t]--container-image[= ]|^[^#\n]*\bkubectl[ \t]+run[ \t]+[\w\"'$-]",
    re.MULTILINE,
)
# A task of SkyPilot, whatever it is called: https://docs.skypilot.co/en/latest/reference/yaml-spec.html
_TASK = (
    pattern(r"^resources[ \t]*:", re.MULTILINE),
    pattern(r"^run[ \t]*:", re.MULTILINE),
    pattern(r"^[ \t]+(?:-[ \t]+)?accelerators[ \t]*:", re.MULTILINE),
)


def kinds_to_say() -> tuple[str, ...]:
    """The kinds that somebody can say a text is: those that are read from one."""
    return tuple(name for name, kind in KINDS.items() if kind.parser and name != "template")


@lru_cache(maxsize=1)
def building_kinds() -> tuple[tuple[str, str], ...]:
    """The kinds whose documents say which images are built, and a word that each says it with."""
    return tuple((name, kind.builds) for name, kind in KINDS.items() if kind.builds is not None)


@lru_cache(maxsize=8192)  # several questions are about each path
def kind_by_path(path: str) -> str:
    """The kind that a path alone tells (in lower case, with `/`), empty when it tells none."""
    for name, kind in KINDS.items():
        if kind.path is not None and kind.path.fullmatch(path):
            return name
    return ""


def kind_named(name: str) -> Kind:
    """The kind of that name; one of which nothing is known when it is not in the table."""
    return KINDS.get(name, _UNLISTED)


def about(kind: str) -> About:
    """What documents of a kind are about; a kind that is not in the table is about files."""
    return kind_named(kind).about


def of_another_tool(path: str, text: str = "") -> bool:
    """Whether a file tells a tool which servers to run whose files are not read."""
    if _OTHER_TOOLS.fullmatch(path.lower().replace("\n", "_")) is not None:
        return True
    return bool(_OF_OTHERS.search(text)) or all(sign.search(text) for sign in _TASK)
