"""Files of which a manifest or a compose file is made, and those of tools that are not read."""

from __future__ import annotations

import pytest

from imagelint.documents.detect import candidate, detect
from imagelint.documents.kinds import of_another_tool

POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: llm}\n"
SERVICES = "services:\n  llm: {image: 'nginx:1.29.1'}\n"


@pytest.mark.parametrize(
    "name",
    [
        *("pod.yaml.j2", "pod.yml.jinja2", "deploy/pod.json.tpl", "pod.yaml.erb", "pod.yaml.tmpl"),
        *("pod.yaml.template", "pod.yaml.mustache", "Pod.YAML.J2", "pod.yaml.gotmpl"),
    ],
)
def test_a_template_by_its_name_is_one_whatever_stands_in_it(name: str) -> None:
    assert candidate(name)
    assert detect(name, POD) == "template"


@pytest.mark.parametrize("name", ["compose.yml.j2", "docker-compose.yaml.tpl", "stack.yml.j2"])
def test_so_is_one_of_services(name: str) -> None:
    assert detect(name, SERVICES) == "template"


def test_a_compose_file_is_one_by_its_name_too() -> None:
    assert detect("compose.yml.j2", "services: {{ services }}\n") == "template"


@pytest.mark.parametrize("ending", ["in", "dist"])
def test_some_are_what_they_hold(ending: str) -> None:
    assert detect(f"pod.yaml.{ending}", POD) == "kubernetes"
    assert detect(f"compose.yml.{ending}", SERVICES) == "compose"


@pytest.mark.parametrize("sign", ["{{ a }}", "{% if a %}", "<%= a %>", "@TAG@", "${TAG}", "$TAG"])
@pytest.mark.parametrize("ending", ["in", "dist"])
def test_unless_something_in_them_stands_for_something_else(sign: str, ending: str) -> None:
    assert detect(f"pod.yaml.{ending}", f"{POD}spec: '{sign}'\n") == "template"


@pytest.mark.parametrize("name", ["values.yaml.j2", "data.json.in", "notes.yml.dist"])
def test_other_templates_are_none_of_ours(name: str) -> None:
    assert detect(name, "a: {{ b }}\n") == ""


def test_a_packed_manifest_is_met() -> None:
    assert candidate("deploy/pod.yaml.gz")
    assert not candidate("data.json.gz")


@pytest.mark.parametrize(
    "path",
    [
        *(
            "main.tf",
            "a/b.tf.json",
            "job.nomad",
            "job.nomad.hcl",
            "Earthfile",
            "a/main.bicep",
            "Kptfile",
            "cdk.json",
            "cdktf.json",
        ),
        *("Pulumi.yaml", "cloudbuild.yaml", "ci/cloudbuild-release.json", "task-definition.json"),
        "llm-taskdef.json",
        *("sky.yaml", "serve.sky.yml", ".dstack.yml", "a/cog.yaml", "fly.toml", "fly.gpu.toml"),
        *("models/llama/config.pbtxt", "models/llama/1/model.json", "bentofile.yaml"),
        *("llm.jsonnet", "k8s/llm.cue", "terragrunt.hcl", "gpu.pkr.hcl", "Tiltfile", "llm.bu"),
        *(
            "Dockerrun.aws.json",
            "copilot/llm/manifest.yml",
            "Procfile",
            "render.yaml",
            "railway.json",
        ),
        *(
            "Jenkinsfile",
            "Jenkinsfile.gpu",
            ".circleci/config.yml",
            "azure-pipelines.yml",
            "justfile",
        ),
        *(
            ".buildkite/gpu.yml",
            ".woodpecker.yml",
            "Taskfile.dist.yml",
            "ci/gpu.just",
            "Singularity",
        ),
        *("cloud-init.yaml", "supervisord.conf", "envoy-gpu.yaml", "agent.river"),
        *("traefik.toml", ".do/app.yaml", "a/config.alloy", "heroku.yml", "kong.yml"),
        *("jobs/llm.hcl", "nomad/gpu/llm.hcl", "docker-bake.gpu.hcl", "pod.yaml.tftpl"),
        *("werf.yaml", "ci/gpu.tiltfile", "llm.apptainer", "conf/httpd.conf", "caddy.json"),
    ],
)
def test_files_of_other_tools_are_known(path: str) -> None:
    assert of_another_tool(path)


def test_a_task_is_known_by_what_it_says() -> None:
    task = "resources:\n  accelerators: L4:1\nrun: |\n  vllm serve Qwen/Qwen3-8B\n"
    assert of_another_tool("serving.yaml", task)
    assert not of_another_tool("serving.yaml", task.replace("  accelerators", "  cpus"))


@pytest.mark.parametrize(
    "text",
    [
        'AWSTemplateFormatVersion: "2010-09-09"\n',
        "Resources:\n  T:\n    Type: AWS::ECS::TaskDefinition\n",
        '{"containerDefinitions": []}',
        '{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/a.json#"}',
        "type: Microsoft.ContainerInstance/containerGroups\n",
        '{"containerSpec": {"imageUri": "example.com/llm:1"}}',
        "cluster_name: a\nhead_start_ray_commands: [ray start --head]\n",
        "#cloud-config\nruncmd: [docker run llm]\n",
        "model_name: a\nbase_image: {image: example.com/llm:1}\n",
        "- hosts: all\n  tasks:\n    - community.docker.docker_container: {image: a}\n",
        "#!/bin/sh\napptainer run --nv docker://team/llm:1.4.0\n",
        "#!/bin/bash\n#SBATCH --gres=gpu:4\nsrun --container-image=team/llm:1.4.0 serve\n",
        "set -e\nsudo kubectl run llm --image=team/llm:1.4.0\n",
        "- tasks:\n    - name: a\n      k8s: {definition: {kind: Pod}}\n",
    ],
)
def test_some_are_known_by_what_they_hold(text: str) -> None:
    assert of_another_tool("serving.yaml", text)


@pytest.mark.parametrize(
    "text",
    [
        "image: example.com/llm:1\n",
        "Type: kubernetes\nk8s: true\n",
        "a: containerDefinitions\n",
        "# cloud-config\n",
    ],
)
def test_others_hold_nothing_of_that(text: str) -> None:
    assert not of_another_tool("serving.yaml", text)


@pytest.mark.parametrize(
    "path", ["a.tfvars", "Dockerfile", "build.yaml", "x/task.json", "a.hcl", "src/model.json"]
)
def test_others_are_not_taken_for_them(path: str) -> None:
    assert not of_another_tool(path)
