"""The rule `user-without-home`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.documents.execution import names_root
from imagelint.documents.queries.serving import title, variable
from imagelint.documents.queries.stages import enclosing_stage, stage_scripts
from imagelint.documents.queries.weights.modelcache import closed_folder, homeless_folder
from imagelint.documents.runtime.field import Place
from imagelint.documents.serving.command import ServingCommand
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(ServingCommand, Severity.MEDIUM, confidence=Confidence.LIKELY)
def user_without_home(server: ServingCommand, ctx: Context) -> Findings:
    """The server runs as a user that cannot write where its caches are.

    An engine writes models, compiled kernels and settings below its home folder. A user without
    an entry in the image's `/etc/passwd` has the home `/`, and `/root` belongs to root: the server
    ends with "permission denied" after the image was pulled, or compiles anew at every start.

    Except:
        Folders on volumes, images of others (nobody knows their users), homes that the engine's
        image has for that user. In a Dockerfile only folders below `/root` count, where no script
        changes rights.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.32.0
              args: [--model, Qwen/Qwen3-8B]
              securityContext: {runAsUser: 1001}

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.32.0
              args: [--model, Qwen/Qwen3-8B]
              env: [{name: HOME, value: /home/vllm}]
              securityContext: {runAsUser: 1001}
              volumeMounts: [{name: home, mountPath: /home/vllm}]
          volumes: [{name: home, emptyDir: {sizeLimit: 20Gi}}]
    """
    user = server.launch.runtime.user
    if not isinstance(user, Known) or names_root(user.value):
        return
    number = user.value.partition(":")[0]
    stage = enclosing_stage(ctx.document, server.span)
    if stage is not None:
        found = closed_folder(server, stage_scripts(ctx.document, stage))
    else:
        found = homeless_folder(server, number)
    if found is None:
        return
    told = variable(server, found.variable) if found.variable else None
    place = Place(told.span, told.path) if told else Place(user.span or server.span, server.path)
    yield ctx.finding(
        place,
        f"user {number} cannot write {found.folder}, where {title(server)} keeps its caches",
        help="set `HOME` to a folder on a volume that this user may write",
        subject=server.launch.runtime.name,
    )
