"""What kind of document a text is, by its name and its content."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.documents.base import DocumentError
from imagelint.documents.kinds import KINDS, kind_by_path
from imagelint.documents.template import TEMPLATE_BLOCK, fills_instructions_in

if TYPE_CHECKING:
    from imagelint.core.source import Source
    from imagelint.documents.base import Document
    from imagelint.documents.kinds import Beside

__all__ = ["DocumentError", "candidate", "detect", "parse", "same_by_name"]

_DOCKERFILE = pattern(r"(?:.+[._-]|\.)?(?:dockerfile|containerfile)(?P<variant>[._-].+)?")
_OTHER_LANGUAGE = pattern(
    r".+\.(?:c|cc|cpp|css|csv|go|h|html|java|js|jsx|lock|lua|md|mod|patch|png|properties|ps1|py|rb"
    r"|rs|rst|scss|sh|sql|sum|svg|tf|toml|ts|tsx|txt|vim|xml|diff|ya?ml|json)"
)
# Dockerfiles that are called as what they build are: the content tells whether one is.
_OF_DOCKERFILES = pattern(r"(?:.*/)?(?:docker|container)files/(?:.*/)?(?!readme$|license$)[\w-]+")
_COMPOSE = pattern(r"(?:docker-|podman-)?compose(?:[._-].+)?\.ya?ml|.+[._-]compose\.ya?ml")
# Files whose lines may run containers: of ours where one does.
_RUNNING = {
    "shell-script": pattern(r".+\.(?:sh|bash|ksh|zsh|sbatch|slurm)"),
    "makefile": pattern(r"(?:gnu)?makefile(?:\.(?!am$|in$)[\w-]+)?|.+\.mk"),
    "systemd-unit": pattern(r".+\.(?:service|container|kube|pod|build|image)"),
}
_WORKFLOW = pattern(
    r"(?:.*/)?(?:\.(?:github|gitea|forgejo)/workflows/[^/]+|action|(?:[^/]*\.)?gitlab-ci[^/]*"
    r"|\.gitlab/(?:.*/)?[^/]+)\.ya?ml"
)
_STEPS = pattern(
    r"^[\"']?(?:jobs|runs)[\"']?[ \t]*:|(?:^[ \t]+|[{,][ \t]*)(?:before_|after_)?script[ \t]*:",
    re.MULTILINE,
)
_SKAFFOLD = pattern(r"(?:[ \t]*+(?:#.*+|---)?\r?\n)*+apiVersion[ \t]*:[ \t]*[\"']?skaffold/")
_NEXT_DOCUMENT = pattern(r"\n---[^\n]*\n\s*\S(?![\s\S]{0,200}skaffold/)")
# What jobs, services and steps run in, and what builds, scans or pushes an image.
_PIPELINE_IMAGE = pattern(
    r"^[ \t]*(?:-[ \t]+)?[\"']?(?:container|image|services)[\"']?[ \t]*:[ \t]*\S"
    r"|[{,][ \t]*[\"']?(?:container|image|services)[\"']?[ \t]*:[ \t]*\S|[\"' ]docker://"
    r"|docker/(?:build-push|bake|scout)-action|aquasecurity/trivy-action|anchore/scan-action"
    r"|snyk/actions|kaniko/executor|\b(?:trivy image|grype |crane push|skopeo copy)\b",
    re.MULTILINE,
)
_QUADLET = pattern(r"^\[(?:Container|Kube|Pod|Build|Image)\]", re.MULTILINE)
_QUADLET_NAME = pattern(r".+\.(?:container|kube|pod|build|image)(?:\.d/[^/]+)?")
# https://www.freedesktop.org/software/systemd/man/latest/systemd.unit.html#Description
_DROP_IN = pattern(r".+\.(?:service|container|kube|pod|build|image)\.d/[^/]+\.conf")
_VARIABLES = pattern(r"^[ \t]*Environment[ \t]*=", re.MULTILINE)
# The programs of `knowledge.containers.run_flags`, and what stands in documents that scripts write.
_PROGRAMS = ("docker", "podman", "nerdctl", "buildah", "cosign sign", "apiVersion", "services:")
_DATA = pattern(r".+\.(?:ya?ml|json)")
_PROXY = pattern(r".+\.(?:conf|cfg)(?:\.(?:j2|jinja2?|template|tmpl|tpl|gotmpl|erb|mustache))?")
# Files of charts and of other tools, which only look like documents of ours.
_VALUES = pattern(r"(?P<before>.+[-_.])?values.*\.ya?ml")
_NONE_OF_OURS = pattern(
    r"package(?:-lock)?\.json|tsconfig.*\.json|composer\.json"
    r"|.*\.schema\.json|pnpm-lock\.ya?ml|\.gitlab-ci.*\.ya?ml|\.pre-commit-config\.ya?ml"
)

# Of a group with a dot, as those of all custom resources, of Kubernetes, of kustomize (`builtin`),
# or filled in. What has another word may be meant for one of these: its structure tells.
_API = (
    r"(?:(?:apps|autoscaling|batch|extensions|openslo|policy)/v|(?:v1|builtin)\b|[\w-]+\.[\w.-]+/"
    r"|[^\s\w\"'])"
)
_API_VERSION = pattern(r"^(?:- )?[\"']?apiVersion[\"']?[ \t]*:[ \t]*[\"']?" + _API, re.MULTILINE)
_KIND = pattern(r"^(?:- |  )?[\"']?kind[\"']?[ \t]*:", re.MULTILINE)
# Objects in a list of the document, or of a List; under other keys, values of charts hold them.
_LISTED = pattern(
    r"(?:\A|^---[^\n]*\n)(?:[ \t]*+(?:#.*+)?\r?\n)*+- "
    r"|^[\"']?(?:apiVersion|kind|items)[\"']?[ \t]*:",
    re.MULTILINE,
)
_JSON_API_VERSION = pattern(r'"apiVersion"\s*:\s*"' + _API)
_SERVICES = pattern(
    r"^[\"']?services[\"']?:[ \t]*(?:#.*+)?\r?\n(?:[ \t]*+(?:#.*+)?\r?\n)*+[ \t]+[\w.\"'-]+:",
    re.MULTILINE,
)
# Files that only their names make look like compose files; those that need no more than a name.
_COMPOSE_SECTION = pattern(
    r"^[\"']?(?:services?|include|networks|volumes|configs|secrets|models|x-[\w-]+)[\"']?[ \t]*:",
    re.MULTILINE,
)
_SURELY_COMPOSE = pattern(r"(?:docker-)?compose(?:\.override)?\.ya?ml")
# Workflows of GitHub, pipelines, checks that have services of their own.
_PIPELINE = pattern(r"^[\"']?(?:jobs|steps|stages|pipeline)[\"']?[ \t]*:", re.MULTILINE)
# What makes a build hand the text to another frontend.
_SYNTAX = pattern(
    r"\ufeff?(?:#!.*\n)?"
    r"(?:(?:(?:#|//)[ \t]*(?:check|escape)[ \t]*=.*\n)*+(?:#|//)[ \t]*syntax[ \t]*="
    r"|\s*\{[\s\S]{0,9999}\"syntax\"\s*:)",
    re.IGNORECASE,
)
_INSTRUCTION = pattern(
    r"(?im)^[ \t]*(?:FROM|ARG|RUN|COPY|ADD|ENV|CMD|ENTRYPOINT|LABEL|USER|WORKDIR)[ \t]+\S"
)
_COMMENT_LINE = pattern(r"^[ \t]*#.*\n", re.MULTILINE)
_CONTINUATION = pattern(r"[\\`][ \t]*\r?\n")
# People who send a Dockerfile around give it the ending of a text.
_SENT = pattern(r"(?:dockerfile|containerfile)(?:[._-].+)?\.txt")
_FROM = pattern(r"^[ \t]*FROM[ \t]+\S", re.MULTILINE | re.IGNORECASE)
_FIRST_LINE = pattern(r"(?:[ \t]*+(?:#.*+)?\r?\n)*+[ \t]*(?:FROM|ARG)[ \t]+\S", re.IGNORECASE)
_TEMPLATE_NAME = pattern(r".+\.(?:j2|jinja2?|template|tmpl|tpl|in|erb|mustache)")
# Manifests and compose files that are made of it: `pod.yaml.j2`, `compose.yml.dist`.
_MADE = pattern(
    r"(?P<inner>.+\.(?:ya?ml|json))"
    r"\.(?P<engine>j2|jinja2?|template|tmpl|tpl|gotmpl|in|dist|erb|mustache)"
)
# What `configure`, the preprocessor of C and CMake (help: `configure_file`) fill in.
_AUTOCONF = pattern(
    r"(?m)^(?:[ \t]*(?:FROM|ARG|COPY|ADD|ENV|RUN)\b[^#\n]*@[A-Z][A-Z0-9_]*@"
    r"|#(?:include[ \t]+[\"<]|define[ \t]+\w|ifn?def[ \t]+\w))"
)
_AS_IT_IS = ("in", "dist")
_FILLED_IN = pattern(r"\{[{%]|<%|@[A-Za-z_]\w*@|\$\{?[A-Z_]")
# Pods that a kubelet finds in its folder are called `….manifest`, as much else is.
_MANIFEST = pattern(r".+\.(?:ya?ml\.gz|manifest)")
_TASKS = pattern(r"(?:^|/)(?:tasks|handlers|playbooks)/")
_TEMPLATE_FOLDER = pattern(r"(?:^|.*/)templates/.*")
# RFC 6902, as JSON or as YAML: a list of operations, each with a path.
_OPERATION = pattern(
    r"(?:^-[ \t]+|^[ \t]+|[{,][ \t\r\n]*)[\"']?op[\"']?[ \t]*:[ \t]*"
    r"[\"']?(?:add|replace|remove|test|move|copy)\b",
    re.MULTILINE,
)
_OPERATIONS = pattern(r"(?:[ \t]*+(?:#.*+|---)?\r?\n)*+[ \t]*(?:-[ \t\r\n]|\[)")
_POINTER = pattern(r"[\"']?path[\"']?[ \t]*:[ \t]*[\"']?/")
# What stands in texts that hold queries.
_QUERIES = pattern(r"expr|scrape_configs|seriesQuery|prometheus/v[0-9]")
_HEAD = 200_000


def candidate(path: str) -> bool:
    """Whether a file may be one of ours by its path or base name: a cheap filter for walks.

    What it lets through is decided by `detect`, which sees the content.
    """
    low = _plain(path)
    name = low.rpartition("/")[2]
    told = any(names.fullmatch(name) for names in (_DATA, _SENT, _MADE, _MANIFEST, _PROXY))
    if told or _running_kind(name) or _is_dockerfile_name(name):
        return True
    return bool(_OF_DOCKERFILES.fullmatch(low)) or kind_by_path(low) not in ("", "markdown")


def same_by_name(path: str, other: str) -> bool:
    """Whether two names are taken for the same before anybody looks at the content."""
    first, second = (_class_of(_plain(each)) for each in (path, other))
    return first == second


def _class_of(low: str) -> str:
    name = low.rpartition("/")[2]
    named = kind_by_path(low)
    if named:
        return named
    if _is_dockerfile_name(name):
        return "template" if _TEMPLATE_NAME.fullmatch(name) else "dockerfile"
    if _PROXY.fullmatch(name):
        return "nginx"  # or of HAProxy: the content tells
    return _running_kind(name) or (name if _DATA.fullmatch(name) else "")


def may_be(path: str, kind: str) -> bool:
    """Whether a path leaves it open that its text is of a kind: some are told by it alone."""
    return KINDS[kind].path is None or kind_by_path(_plain(path)) == kind


def detect(origin: str, text: str) -> str:
    """The kind of a text, of those in `documents.kinds`; empty when it is none of ours.

    A `template` is what becomes one of them only when it is rendered.
    """
    low = _plain(origin)
    name = low.rpartition("/")[2]
    named = kind_by_path(low)
    text = text.removeprefix("\ufeff")
    head = text[:_HEAD]
    if named:
        hides = _DATA.fullmatch(name) and named != "kustomization"
        return "kubernetes" if hides and _data(low, name, text, head) == "kubernetes" else named
    if "\0" in text:
        return ""
    if _is_dockerfile_name(name):
        return _named_dockerfile(name, text, head)
    if running := _running_kind(name):
        return _running(name, text, running)
    if _DROP_IN.fullmatch(low):
        return "systemd-unit" if _VARIABLES.search(text) else _running(low, text, "systemd-unit")
    if _PROXY.fullmatch(name):
        return _proxy(name, text)
    if _DATA.fullmatch(name):
        return _unless_named(name, _data(low, name, text, head))
    return _by_content(name, text)


def _unless_named(name: str, kind: str) -> str:
    """The kind of a file of YAML or JSON by what it holds, unless its name tells another."""
    if (found := _VALUES.fullmatch(name)) and not (found["before"] and kind):
        return kind if kind == "kubernetes" else "values"
    # `kubectl apply -f folder` takes whatever ends so: no name hides an object.
    return "" if kind not in ("kubernetes", "workflow") and _NONE_OF_OURS.fullmatch(name) else kind


def _proxy(name: str, text: str) -> str:
    """The kind of a file of nginx, HAProxy, Traefik or LiteLLM; empty where it is none."""
    if not any(word in text for word in ("_pass", "http", "server", "litellm")):
        return ""
    from imagelint.documents.proxies.recognition import proxy_language

    return proxy_language(name, text)


def _made(made: re.Match[str], text: str) -> str:
    """The kind of a text of which a file is made, by its name; `.in` may be one itself."""
    name = made["inner"]
    kind = _manifest_kind(text)
    if not kind and _COMPOSE.fullmatch(name) and _may_be_compose(name, text):
        kind = "compose"
    whole = made["engine"] in _AS_IT_IS and not _FILLED_IN.search(text[:_HEAD])
    return "template" if kind and not whole else kind


def _running_kind(name: str) -> str:
    """What kind a file is by its name if one of its lines runs a container."""
    found = (kind for kind, names in _RUNNING.items() if names.fullmatch(name))
    return next(found, "")


def _running(name: str, text: str, kind: str) -> str:
    """The kind of a text whose lines are of ours where one runs a container."""
    if _QUADLET_NAME.fullmatch(name):
        return kind if _QUADLET.search(text) else ""
    if not any(program in text for program in _PROGRAMS):
        return ""
    from imagelint.documents.runlines.fragments import concerns_containers

    return kind if concerns_containers(text) else ""


def _plain(path: str) -> str:
    # A line feed in a name must not hide its end. A backslash is a part of a name everywhere.
    return path.lower().replace("\n", "_")


def _is_dockerfile_name(name: str) -> bool:
    return _DOCKERFILE.fullmatch(name) is not None and _OTHER_LANGUAGE.fullmatch(name) is None


def _named_dockerfile(name: str, text: str, head: str) -> str:
    """A file that is named like a Dockerfile, unless its content is clearly something else."""
    if _TEMPLATE_NAME.fullmatch(name) and _INSTRUCTION.search(text):
        # `.in` may be anything, as long as nothing in it stands for something else.
        filled = not name.endswith(".in") or "{{" in head or _AUTOCONF.search(head)
        return "template" if filled else "dockerfile"
    if _FROM.search(text):
        # Not even its instructions are certain.
        return "template" if fills_instructions_in(head) else "dockerfile"
    if _SYNTAX.match(head):
        return "dockerfile"  # in whatever language: its reader says that it cannot read it
    start = head.lstrip()
    if other := _manifest_kind(text):
        return other
    if start.startswith(("{", "[", "#!", "<")) and not _FIRST_LINE.match(head):
        return ""
    match = _DOCKERFILE.fullmatch(name)
    if match is None or not match["variant"] or not start or _INSTRUCTION.search(text):
        return "dockerfile"
    # A keyword may be split by continuations, and is one keyword to the builder.
    joined = _CONTINUATION.sub("", _COMMENT_LINE.sub("", text))
    return "dockerfile" if _INSTRUCTION.search(joined) else ""


def _data(path: str, name: str, text: str, head: str) -> str:
    if "skaffold/" in head and _SKAFFOLD.match(head) and not _NEXT_DOCUMENT.search(text):
        return "skaffold"
    kind = _manifest_kind(text) or (_report(head) if name.endswith(".json") else "")
    kind = kind or _monitoring(name, text)
    if kind:
        return kind
    if _WORKFLOW.fullmatch(path) and _STEPS.search(text):
        told = _PIPELINE_IMAGE.search(text)
        return "workflow" if told else _running(name, text, "workflow")
    tasks = _TASKS.search(path) and _OPERATIONS.match(head)  # of Ansible
    if _COMPOSE.fullmatch(name) and _may_be_compose(name, text) and not tasks:
        return _odd_kind(text) or "compose"
    if ("loadBalancer" in text or "litellm_params" in text) and (proxy := _proxy(name, text)):
        return proxy
    if _OPERATIONS.match(head) and _OPERATION.search(head) and _POINTER.search(head):
        return "json-patch"
    if _TEMPLATE_FOLDER.fullmatch(path) and TEMPLATE_BLOCK.search(text):
        return "template"
    return _odd_kind(text)


def _monitoring(name: str, text: str) -> str:
    """A dashboard, rules for Prometheus, or whom that asks."""
    if not _QUERIES.search(text):
        return ""
    from imagelint.documents.promql.recognition import monitoring_kind

    return monitoring_kind(name, text)


def _may_be_compose(name: str, text: str) -> bool:
    """Whether a file that is named like a compose file may be one by what stands in it."""
    if _SURELY_COMPOSE.fullmatch(name) or not text.strip():
        return True
    return _COMPOSE_SECTION.search(text) is not None and _PIPELINE.search(text) is None


def _odd_kind(text: str) -> str:
    from imagelint.documents.yaml.oddform import odd_kind

    return odd_kind(text)


def _report(head: str) -> str:
    from imagelint.documents.yaml.reports import report_kind

    return report_kind(head)


def _by_content(name: str, text: str) -> str:
    """Standard input, and files that somebody named although their names say nothing."""
    if made := _MADE.fullmatch(name):
        return _made(made, text)
    kind = _manifest_kind(text)
    if kind or (_OTHER_LANGUAGE.fullmatch(name) and not _SENT.fullmatch(name)):
        return kind
    if _FIRST_LINE.match(text):
        return "dockerfile"
    return _odd_kind(text) if "kind" in text else ""


def _manifest_kind(text: str) -> str:
    if _is_kubernetes(text):
        return "template" if _is_template(text) else "kubernetes"
    if "services" not in text or not _SERVICES.search(text):
        return ""
    from imagelint.documents.compose.specification.recognition import has_service

    return "compose" if not _PIPELINE.search(text) and has_service(text) else ""


def _is_kubernetes(text: str) -> bool:
    if "apiVersion" not in text:
        return False
    if text.lstrip("\ufeff \t\r\n").startswith(("{", "[", "//", "/*")) and _JSON_API_VERSION.search(
        text
    ):
        from imagelint.documents.yaml.jsonform import holds_objects

        return holds_objects(text)
    return all(part.search(text) for part in (_API_VERSION, _KIND, _LISTED))


def _is_template(text: str) -> bool:
    """Whether control blocks keep it from being YAML; inside strings they do not."""
    if not TEMPLATE_BLOCK.search(text):
        return False
    from imagelint.documents.yaml.load import YamlError, load_yaml

    try:
        load_yaml(text)
    except YamlError as error:
        return error.template
    return False


def parse(source: Source, kind: str, read: Beside = lambda _name: None) -> Document:
    """Read a source as a document of a kind that `detect` told.

    `read` gives the texts of files beside it, which some kinds look at.

    Raises:
        DocumentError: it cannot be examined, and why.
    """
    most = KINDS[kind].most_lines
    lines = source.text.count("\n")
    if most is not None and lines > most:
        from imagelint.core.report import ProblemKind

        message = f"has {lines:,} lines; more than {most:,} are not examined"
        raise DocumentError(ProblemKind.TOO_LARGE, message)
    return KINDS[kind].parse(source, read)
