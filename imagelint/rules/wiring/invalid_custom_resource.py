"""The rule `invalid-custom-resource`."""

from __future__ import annotations

from imagelint.documents.kubernetes.objects import KubernetesObject
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(KubernetesObject, Severity.HIGH, references=("kube-linter schema-validation",))
def invalid_custom_resource(obj: KubernetesObject, ctx: Context) -> Findings:
    """A custom resource does not conform to the definition that stands beside it.

    The API server refuses it, or drops the field that the definition does not know: what was meant
    by it does not hold. The schemas are those of the definitions (CRDs) that the run examines.

    Except:
        Kinds whose definition is not among what is examined, or only in another form (`v1beta1`),
        or only in a folder of tests (`test`, `e2e` …) to which the object does not belong;
        what only one of several definitions of a kind refuses; what a patch lacks, or a webhook
        among the files may fill in; patterns, formats and expressions.

    Bad (all.yaml):
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: models.example.com}
        spec:
          group: example.com
          scope: Namespaced
          names: {kind: Model, plural: models}
          versions:
            - name: v1
              served: true
              storage: true
              schema:
                openAPIV3Schema:
                  type: object
                  properties:
                    spec: {type: object, properties: {replicas: {type: integer}}}
        ---
        apiVersion: example.com/v1
        kind: Model
        metadata: {name: llm}
        spec: {replica: 2}

    Good (all.yaml):
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: models.example.com}
        spec:
          group: example.com
          scope: Namespaced
          names: {kind: Model, plural: models}
          versions:
            - name: v1
              served: true
              storage: true
              schema:
                openAPIV3Schema:
                  type: object
                  properties:
                    spec: {type: object, properties: {replicas: {type: integer}}}
        ---
        apiVersion: example.com/v1
        kind: Model
        metadata: {name: llm}
        spec: {replicas: 2}
    """
    if not obj.group or obj.incomplete or obj.is_own:
        return
    from imagelint.documents.kubernetes.conformance import refused_by_definition

    for one in refused_by_definition(obj, ctx.document, ctx.project):
        yield ctx.finding(
            one,
            one.message,
            help=one.help,
            subject=obj.name,
            confidence=Confidence.LIKELY if one.lacking else None,
        )
