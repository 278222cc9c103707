"""The rule `unnamed-serving-port`."""

from __future__ import annotations

from imagelint.deployment.groups.podgroups import unserved_ports
from imagelint.documents.kubernetes.objects import Pod
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(Pod, Severity.HIGH)
def unnamed_serving_port(pod: Pod, ctx: Context) -> Findings:
    """No port of the head has the name by which the operator finds the one for requests.

    KubeRay makes the Service of a RayService of the head's ports that are called `serve`, or begin
    so. Where there are ports and none is called so, it makes no Service, and says that in its log.

    Except:
        Services that the object describes itself (`serveService`), and heads without ports: they
        have those of Ray.

    Bad (service.yaml):
        apiVersion: ray.io/v1
        kind: RayService
        metadata: {name: llm}
        spec:
          rayClusterConfig:
            headGroupSpec:
              rayStartParams: {}
              template:
                spec:
                  containers:
                    - name: head
                      image: rayproject/ray-llm:2.52.0-py311-cu128
                      ports:
                        - {containerPort: 8000, name: http}

    Good (service.yaml):
        apiVersion: ray.io/v1
        kind: RayService
        metadata: {name: llm}
        spec:
          rayClusterConfig:
            headGroupSpec:
              rayStartParams: {}
              template:
                spec:
                  containers:
                    - name: head
                      image: rayproject/ray-llm:2.52.0-py311-cu128
                      ports:
                        - {containerPort: 8000, name: serve}
    """
    place = unserved_ports(pod)
    if place is not None:
        yield ctx.finding(
            place,
            "none of the head's ports is called `serve`: no Service is made for the requests",
            help="write `name: serve` for the port that the models are served on",
            subject=pod.owner.name,
        )
