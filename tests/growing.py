"""Inputs of any size, and how the work for them grows: counted in steps, not in seconds."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import imagelint

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from _typeshed import TraceFunction

OURS = str(Path(imagelint.__file__).parent)


def steps(work: Callable[[], object], folder: str = OURS) -> int:
    """How many lines below a folder are executed by some work, each as often as it is.

    A generator on one line counts with each step: it is called again for it.
    """
    count = 0

    def line(_frame: FrameType, event: str, _argument: object) -> TraceFunction | None:
        nonlocal count
        count += event == "line"
        return line

    def call(frame: FrameType, _event: str, _argument: object) -> TraceFunction | None:
        nonlocal count
        if not frame.f_code.co_filename.startswith(folder):
            return None
        count += 1
        return line

    before = sys.gettrace()
    sys.settrace(call)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def growth(work: Callable[[int], object], size: int, folder: str = OURS) -> float:
    """By what further work grows when the input doubles: 2 is linear, 4 quadratic.

    What does not depend on the size falls out, because differences are compared.
    """
    work(size)  # imports and tables
    small, middle, large = (
        steps(lambda factor=factor: work(factor * size), folder)  # type: ignore[misc]
        for factor in (1, 2, 4)
    )
    return (large - middle) / max(middle - small, 1)


class Input(NamedTuple):
    """A file of so many parts; `#-` in a part stands for its number, `#+` for the next one."""

    origin: str
    part: str
    head: str = ""
    tail: str = ""

    def text(self, size: int) -> str:
        """The file with so many parts."""
        parts = (
            self.part.replace("#-", str(number)).replace("#+", str(number + 1))
            for number in range(size)
        )
        return self.head + "".join(parts) + self.tail


_ALPINE = "FROM debian:bookworm\n"
_VLLM = "vllm/vllm-openai:v0.11.0"
_POD_HEAD = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  hostIPC: true\n"
_CONTAINER = f"  containers:\n  - name: c\n    image: {_VLLM}\n    args: [--model, Qwen/Qwen3-8B]\n"
_SERVICE = f"services:\n  s:\n    image: {_VLLM}\n    command: --model Qwen/Qwen3-8B\n"
_SERVER = f"""\
      containers:
      - name: c
        image: {_VLLM}
        args: [--model, Qwen/Qwen3-8B]
        resources: {{limits: {{nvidia.com/gpu: 1}}}}
---
"""
_DEPLOYMENT = (
    """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: d#-, namespace: n}
spec:
  selector: {matchLabels: {app: d#-}}
  template:
    metadata: {labels: {app: d#-}}
    spec:
"""
    + _SERVER
)
_ROUTED = """\
apiVersion: v1
kind: Service
metadata: {name: s#-, namespace: n}
spec: {selector: {app: d#-}, ports: [{port: 80, targetPort: 8000}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: i#-
  namespace: n
  annotations: {nginx.ingress.kubernetes.io/proxy-read-timeout: "30"}
spec:
  ingressClassName: nginx
  defaultBackend: {service: {name: s#-, port: {number: 80}}}
---
"""
_POLICIES = """\
apiVersion: v1
kind: Service
metadata: {name: s#-, namespace: n}
spec: {selector: {app: d#-}, ports: [{port: 80, targetPort: 8000}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: r#-, namespace: n}
spec: {parentRefs: [{name: public}], rules: [{backendRefs: [{name: s#-, port: 80}]}]}
---
apiVersion: gateway.envoyproxy.io/v1alpha1
kind: BackendTrafficPolicy
metadata: {name: p#-, namespace: n}
spec:
  targetRefs: [{group: gateway.networking.k8s.io, kind: HTTPRoute, name: r#-}]
  timeout: {http: {requestTimeout: 30s}}
---
apiVersion: gateway.envoyproxy.io/v1alpha1
kind: ClientTrafficPolicy
metadata: {name: c#-, namespace: n}
spec:
  targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: public}]
  timeout: {http: {streamIdleTimeout: 30s}}
---
"""
_SCALED = """\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: h#-, namespace: n}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: d#-}
  minReplicas: 1
  maxReplicas: 4
  metrics:
  - {type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 60}}}
---
"""
_BROKEN = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: b#-, namespace: n}
spec:
  selector: {matchLabels: {app: b#-}}
  template:
    metadata: {labels: {app: b#-}}
    spec:
      containers:
      - name: c
        image: nginx:1.29.1
        ports: [{name: http, containerPort: 80}]
        env:
        - {name: A, valueFrom: {configMapKeyRef: {name: m#-, key: model-naem}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: m#-, namespace: n}
data: {model-name: x}
---
apiVersion: v1
kind: Service
metadata: {name: s#-, namespace: n}
spec: {selector: {app: b#-}, ports: [{port: 80, targetPort: web}]}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: p#-, namespace: n}
spec: {maxUnavailable: 0, selector: {matchLabels: {app: b#-}}}
---
"""
_GPUS = """\
        env:
        - {name: CUDA_VISIBLE_DEVICES, value: "#-"}
        - {name: NVIDIA_DISABLE_REQUIRE, value: "1"}
        volumeMounts: [{name: shm, mountPath: /dev/shm}]
      volumes: [{name: shm, emptyDir: {medium: Memory}}]
---
"""
_POD = """\
apiVersion: v1
kind: Pod
metadata: {name: p#-, labels: {app: a#-}}
spec:
  hostIPC: true
  containers:
  - {name: c, image: "nginx:1.#-"}
---
"""

_RUN_LINE = (
    f"docker run -d --privileged -p 80#-:80 -e A_TOKEN=xsecret#- {_VLLM} --model m#- \\\n -tp 2\n"
)
DOCKERFILES = {
    "stages with installations": (
        "FROM debian:bookworm AS s#-\nRUN apt-get update && apt-get install -y c && pip install t\n"
    ),
    "RUN": (
        "RUN apt-get install -y c#- && pip install x && curl -o a.tgz https://x.example/a#-.tgz\n"
    ),
    "ARG, ENV and RUN": (
        "ARG A#-_TOKEN\nENV E#-_TOKEN=$A#-_TOKEN PIP_NO_CACHE_DIR=0\nRUN pip install x $A#-_TOKEN\n"
    ),
    "COPY, ADD and WORKDIR": (
        "COPY . /a#-\nADD https://x.example/#-.tgz /b\nWORKDIR a#-\nCOPY --from=image#- /a /b\n"
    ),
    "other instructions": (
        "USER root\nLABEL a#-=1\nEXPOSE #-\nVOLUME /a\nHEALTHCHECK CMD curl x\nCMD python#-\n"
        "ENTRYPOINT vllm serve x#-\nONBUILD RUN pip install x#-\nNONSENSE\n"
    ),
    "steps for GPUs": (
        "ENV NVIDIA_DISABLE_REQUIRE=1 CUDA_VISIBLE_DEVICES=#-\nRUN nvidia-smi && nvcc a#-.cu\n"
    ),
    "secrets": "ENV E#-_PASSWORD=sEcretvalue#-\n",
    "allowances": (
        "# imagelint: allow apt-recommends -- small\nRUN apt-get install -y c#-\n"
        "# hadolint ignore=DL3008\nRUN apt-get install -y d#-\n"
        "# imagelint: allow nonsense#- -- small\nRUN true\n"
    ),
}
SAME_PODS = Input(
    "pods.yaml",
    """\
apiVersion: v1
kind: Service
metadata: {name: s#-, namespace: n}
spec: {selector: {app: a}, ports: [{port: 80, targetPort: 8000}]}
---
apiVersion: v1
kind: Pod
metadata: {name: p#-, namespace: n, labels: {app: a}}
spec: {containers: [{name: c, image: "vllm/vllm-openai:v0.30.0", args: [--model, /m]}]}
---
""",
)
"""Services that all lead to the same pods: beyond some, these are variants of one another."""
INPUTS: dict[str, Input] = {
    **{name: Input("Dockerfile", part, _ALPINE) for name, part in DOCKERFILES.items()},
    "stages upon stages": Input(
        "Dockerfile",
        "FROM s#- AS s#+\nRUN apt-get install -y c && pip install x\nENV A#-=1\nWORKDIR x\n",
        "FROM debian:bookworm AS s0\n",
    ),
    "clients that look within themselves": Input(
        "compose.yaml",
        "  s#-: {image: 'team/chat:1.0', environment: {OPENAI_API_BASE_URL: 'http://localhost:8#-'}}\n",
        "services:\n",
    ),
    "files that later steps remove": Input(
        "Dockerfile",
        "RUN curl -fsSL -o /srv/f#-.tgz https://x.example/f#-.tgz\nRUN rm /srv/g#-.tgz\n",
        "FROM debian:12.8-slim\n",
    ),
    "archives that later steps remove": Input(
        "Dockerfile",
        "COPY a#-.tar.gz /srv/\nRUN rm /srv/b#-.tar.gz\n",
        "FROM debian:12.8-slim\n",
    ),
    "here-documents of steps": Input(
        "Dockerfile",
        "RUN cat <<EOF > /etc/c#-\nserver $host#-\nEOF\n",
        "FROM debian:12.8-slim\n",
    ),
    "commands of one RUN": Input(
        "Dockerfile",
        " \\\n && apt-get install -y c#- && curl -o a#-.tgz https://x.example/a#-.tgz"
        " && pip install x#- && hf download m#- && wget -O- https://x.example/#- | bash",
        f"{_ALPINE}RUN true",
        " && rm -rf /root/.cache/pip\n",
    ),
    "commands of a health check": Input(
        "Dockerfile", " || exit 1; curl -f x", f"{_ALPINE}HEALTHCHECK CMD a", "\n"
    ),
    "lines of a script": Input(
        "Dockerfile",
        "export A#-=1\nif true; then curl -o a#-.tgz https://x.example/a#-.tgz; fi\n",
        f"{_ALPINE}RUN <<EOF\n",
    ),
    "variables of one ENV": Input("Dockerfile", " A#-_TOKEN=vaLue#-", f"{_ALPINE}ENV A=1"),
    "jobs of a pipeline": Input(
        ".github/workflows/release.yaml",
        "  j#-:\n    steps:\n      - run: docker build -t a#- . && curl x | sh\n"
        "      - run: trivy image a#- && docker push a#-\n",
        "on: push\njobs:\n",
    ),
    "pods": Input("pods.yaml", _POD),
    "model servers": Input("servers.yaml", _DEPLOYMENT),
    "blocks of Markdown": Input("guide.md", f"- a\n  ```Dockerfile\n  {_ALPINE}  RUN a#-\n  ```\n"),
    "dimensions of an evaluation": Input(
        "imagelint-eval.yaml",
        "  d#-: {threshold: 0.9, judge: true}\n",
        "judge: {model: j}\nserving: {max-model-len: 8192}\ndimensions:\n",
    ),
    "results of an evaluation": Input(
        "evaluation.json",
        ',\n{"name": "d#-", "metric": "m", "value": 0.8, "cases": 9, "minimum": 10,'
        ' "threshold": 0.9}',
        '{"_type": "https://in-toto.io/Statement/v1", "subject": [{"name": "a", "digest":'
        f' {{"sha256": "{"a" * 64}"}}}}],\n'
        '"predicateType": "https://in-toto.io/attestation/test-result/v0.1",\n'
        '"predicate": {"result": "PASSED", "imagelint.dev/evaluation": {"dimensions": ['
        '{"name": "a", "metric": "m", "value": 1, "cases": 100}',
        "\n]}}}\n",
    ),
    "signals of a scorecard": Input(
        "scorecard.json",
        ',\n{"name": "s#-", "title": "a signal", "score": 0}',
        '{"schema": "imagelint.scorecard/1", "fail_under": 0.5, "signals": [{"score": 1}',
        "\n]}\n",
    ),
    "models of Ray Serve": Input(
        "ray.yaml",
        "          - model_loading_config: {model_id: org/m#-}\n"
        "            engine_kwargs: {tensor_parallel_size: 2}\n",
        "apiVersion: ray.io/v1\nkind: RayService\nmetadata: {name: a}\nspec:\n"
        "  serveConfigV2: |\n    applications:\n      - args:\n          llm_configs:\n",
        "  rayClusterConfig:\n    headGroupSpec:\n      template:\n        spec:\n"
        "          containers: [{name: head, image: 'rayproject/ray-llm:2.52.0'}]\n",
    ),
    "servers on GPUs": Input("gpus.yaml", _DEPLOYMENT.removesuffix("---\n") + _GPUS),
    "links that lead nowhere": Input("links.yaml", _BROKEN),
    "linked objects": Input("linked.yaml", _DEPLOYMENT + _ROUTED + _SCALED),
    "quotas and autoscalers": Input(
        "scalers.yaml",
        _DEPLOYMENT + _SCALED + "---\napiVersion: v1\nkind: ResourceQuota\nmetadata: {name: q#-}\n"
        'spec: {hard: {requests.nvidia.com/gpu: "2#-"}}\n',
    ),
    "monitors of one server": Input(
        "monitors.yaml",
        "---\napiVersion: monitoring.coreos.com/v1\nkind: PodMonitor\nmetadata: {name: m#-}\n"
        "spec: {selector: {matchLabels: {app: d}}, podMetricsEndpoints: [{port: p#-, path: /x}]}\n",
        _DEPLOYMENT.replace("d#-", "d"),
    ),
    "copied files beside installations": Input(
        "Dockerfile", "COPY a#-.txt /x/\nRUN pip install a#-==1\n", _ALPINE
    ),
    "lines of a script that steps write": Input(
        "Dockerfile",
        'RUN echo "export A#-=1" >> /start.sh\n',
        f"FROM {_VLLM}\n",
        'CMD ["/start.sh"]\n',
    ),
    "network policies": Input(
        "policies.yaml",
        "---\napiVersion: v1\nkind: Pod\nmetadata: {name: p#-, labels: {app: a#-}}\nspec:\n"
        + _CONTAINER
        + "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: n#-}\n"
        "spec: {podSelector: {matchLabels: {app: a#-}}, egress: [{ports: [{port: 443}]}]}\n",
    ),
    "groups of workers": Input(
        "cluster.yaml",
        "    - groupName: g#-\n      template: {spec: {containers: [{name: w, image:"
        " rayproject/ray:2.9.0}]}}\n",
        "apiVersion: ray.io/v1\nkind: RayCluster\nmetadata: {name: c}\nspec:\n  headGroupSpec:\n"
        "    template: {spec: {containers: [{name: h, image: rayproject/ray:2.40.0}]}}\n"
        "  workerGroupSpecs:\n",
    ),
    "custom resources": Input(
        "models.yaml",
        "---\napiVersion: example.com/v1\nkind: Model\nmetadata: {name: m#-}\nspec: {b#-: 1}\n",
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n"
        "metadata: {name: models.example.com}\nspec:\n  names: {kind: Model}\n  versions:\n"
        "  - name: v1\n    schema: {openAPIV3Schema: {type: object, properties:"
        " {spec: {type: object, properties: {a: {type: string}}}}}}\n",
    ),
    "ways through nginx": Input(
        "nginx.conf",
        " location /#- { proxy_pass http://s#-:80; proxy_buffering on; }\n",
        "http { server { set $a b;\n",
        "} }\n",
    ),
    "ways through Caddy": Input(
        "Caddyfile",
        "a#-.test {\n import s\n reverse_proxy s#-:80 {\n  response_buffers 4k\n }\n}\n",
        "(s) {\n request_body {\n  max_size 1MB\n }\n}\n",
    ),
    "ways through HAProxy": Input(
        "haproxy.cfg", "backend b#-\n timeout server 1s\n retry-on 502 504\n server a llm#-:80\n"
    ),
    "labels for Traefik": Input(
        "compose.yaml",
        "  s#-:\n    image: a:1\n    labels:\n      - traefik.http.routers.r#-.middlewares=m#-\n"
        "      - traefik.http.middlewares.m#-.buffering.maxRequestBodyBytes=1\n",
        "services:\n",
    ),
    "middlewares of Traefik": Input(
        "dynamic.yaml",
        "    m#-: {buffering: {maxRequestBodyBytes: 1}}\n",
        "http:\n  services: {a: {loadBalancer: {servers: [{url: 'http://a'}]}}}\n"
        "  routers: {r: {service: a, middlewares: [m1]}}\n  middlewares:\n",
    ),
    "policies of routes": Input("policies.yaml", _DEPLOYMENT + _POLICIES),
    "pods that no network policy selects": Input(
        "pods.yaml",
        "---\napiVersion: v1\nkind: Pod\nmetadata: {name: p#-, namespace: n, labels: {app: p#-}}\n"
        "spec: {containers: [{name: c, image: a}]}\n"
        "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n"
        "metadata: {name: n#-, namespace: n}\nspec: {podSelector: {matchLabels: {app: o#-}}}\n",
    ),
    "budgets of the same pods": Input(
        "pods.yaml",
        "---\napiVersion: v1\nkind: Pod\nmetadata: {name: p#-, labels: {app: a, part: p#-}}\n"
        "spec: {containers: [{name: c, image: a, ports: [{containerPort: #+}]}]}\n"
        "---\napiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: b#-}\n"
        "spec: {maxUnavailable: 1, selector: {matchLabels: {app: a}}}\n",
    ),
    "objects linked to one": Input(
        "linked.yaml",
        (_ROUTED + _SCALED).replace("{app: d#-}", "{app: d}").replace("name: d#-", "name: d"),
        _DEPLOYMENT.replace("d#-", "d"),
    ),
    "containers": Input(
        "pod.yaml",
        f"  - name: c#-\n    image: {_VLLM}\n    args: [--model, m#-]\n    ports:"
        " [{containerPort: #-}]\n    resources: {limits: {nvidia.com/gpu: 1}}\n",
        f"{_POD_HEAD}  containers:\n",
    ),
    "servers of a pod that listen on loopback": Input(
        "pod.yaml",
        "  - name: c#-\n    image: lmsysorg/sglang:v0.5.10\n"
        "    command: [python3, -m, sglang.launch_server, --model-path, m, --port, '#-']\n"
        "    ports: [{containerPort: #-}]\n",
        f"{_POD_HEAD.replace('  hostIPC: true', '  restartPolicy: Always')}  containers:\n",
    ),
    "init containers": Input(
        "pod.yaml",
        "  - {name: i#-, image: 'busybox:#-', command: [sh, -c, 'curl https://x.example | sh']}\n",
        f"{_POD_HEAD}{_CONTAINER}  initContainers:\n",
    ),
    "variables of a container": Input(
        "pod.yaml",
        "    - {name: A#-_TOKEN, value: vaLue#-xx}\n    - {name: B#-, value: $(B#-)}\n",
        f"{_POD_HEAD}{_CONTAINER}    env:\n",
    ),
    "arguments of a container": Input(
        "pod.yaml",
        "    - --flag#-\n    - v#-\n",
        f"{_POD_HEAD}{_CONTAINER}".replace("args: [--model, Qwen/Qwen3-8B]", "args:"),
    ),
    "volumes": Input(
        "pod.yaml",
        "  - {name: v#-, hostPath: {path: /var}}\n",
        f"{_POD_HEAD}{_CONTAINER}  volumes:\n",
    ),
    "claims of a group": Input(
        "group.yaml",
        "        - {name: v#-, persistentVolumeClaim: {claimName: c#-}}\n",
        "apiVersion: leaderworkerset.x-k8s.io/v1\nkind: LeaderWorkerSet\nmetadata: {name: g}\n"
        "spec:\n  replicas: 2\n  leaderWorkerTemplate:\n    size: 2\n    workerTemplate:\n"
        "      spec:\n        containers: [{name: c, image: 'example.com/a:1'}]\n"
        "        volumes:\n",
    ),
    "comments in YAML": Input(
        "pods.yaml",
        _POD.replace("  host", "  # imagelint: allow host-namespaces -- they share it\n  host"),
    ),
    "annotations": Input(
        "pods.yaml",
        _POD.replace("labels:", "annotations: {imagelint.dev/allow.host-namespaces: ok}, labels:"),
    ),
    "secret data": Input(
        "secret.yaml",
        "  k#-: somevalue#-\n",
        "apiVersion: v1\nkind: Secret\nmetadata: {name: p}\nstringData:\n",
    ),
    "services": Input(
        "compose.yaml",
        f"  s#-:\n    image: {_VLLM}\n    command: --model m#-\n    privileged: true\n"
        "    ports: ['80#-:80']\n    environment: {A_TOKEN: xsecret#-}\n",
        "services:\n",
    ),
    "services with an anchor": Input(
        "compose.yaml",
        "  s#-:\n    <<: *a\n    container_name: c#-\n",
        "x-a: &a\n  image: nginx\n  privileged: true\nservices:\n",
    ),
    "variables of a service": Input(
        "compose.yaml", "      A#-_TOKEN: xsecret#-\n", f"{_SERVICE}    environment:\n"
    ),
    "ports of a service": Input("compose.yaml", "      - '#-:#-'\n", f"{_SERVICE}    ports:\n"),
    "run lines": Input("run.sh", _RUN_LINE),
    "flags of a run line": Input(
        "run.sh", " -e A#-_TOKEN=vaLue#- -v /v#-:/v#- -p #-:#- --cap-add c#-", "docker run", " a\n"
    ),
    "arguments of a run line": Input("run.sh", " --flag#- v#-", f"docker run --gpus 1 {_VLLM}"),
    "variables of a script": Input("run.sh", "A#-=${A#-:-x}\nB=$A#-\n", "", "docker run $B\n"),
    "recipes": Input("Makefile", "V#- = $(V#+) x\nt#-:\n\t@docker run -e A=$(V#-) i:#-\n"),
    "variables in recipes": Input("Makefile", "V#- = $(V#+)$(V#+) x\n", "a:\n\tdocker run $(V0)\n"),
    "commands of a unit": Input(
        "a.service", "Environment=A#-=1\nExecStart=docker run i:%i$A#- \\\n # c\n", "[Service]\n"
    ),
    "containers of units": Input(
        "a.container", "Environment=A#-=1\nVolume=/v#-:/v\n", "[Container]\nImage=a\n"
    ),
    "steps of a workflow": Input(
        ".github/workflows/a.yml",
        "      - run: |\n          docker run i#- ${{ a#- }}\n",
        "jobs:\n  a:\n    steps:\n",
    ),
    "rules for Prometheus": Input(
        "alerts.yml",
        "  - {alert: A#-, expr: 'sum(rate(vllm:gpu_cache_usage_perc{a=\"#-\"}[5m])) > 95'}\n",
        "groups:\n- name: a\n  rules:\n",
    ),
    "operands of a query": Input(
        "alerts.yml",
        " or vllm:kv_cache_usage_perc > 9#-",
        "groups: [{name: a, rules: [{alert: A, expr: 'up",
        "'}]}]\n",
    ),
    "panels of a dashboard": Input(
        "board.json",
        '{"title": "a#-", "targets": [{"expr": "rate(sglang:num_queue_reqs[1#-m])"}]},\n',
        '{"panels": [',
        '{"expr": "up"}]}',
    ),
    "requirements": Input("requirements.txt", "pkg#-==1.#-\nvllm\n"),
    "ignored paths": Input(".dockerignore", "a#-\n!b#-\n"),
    "layers of an image": Input(
        "image.json",
        ',{"files": [{"path": "usr/bin/p#-", "mode": "4755", "size": 9},'
        ' {"path": "app/.git/p#-", "content": "x"}]}',
        '{"inspected": "registry.example.com/llm:1", "config": {}, "layers": [{"files": []}',
        "]}",
    ),
    "vulnerabilities": Input(
        "scan.json",
        ',{"Vulnerabilities": [{"VulnerabilityID": "CVE-2024-#-", "PkgName": "p#-",'
        ' "InstalledVersion": "1", "FixedVersion": "2", "Severity": "HIGH"}]}',
        '{"SchemaVersion": 2, "ArtifactType": "container_image", "ArtifactName": "a",'
        ' "Results": [{}',
        "]}",
    ),
}
