"""The texts from which mutations begin, and for which parsers: by the beginning of their names."""

from __future__ import annotations

_DIGEST = "sha256:" + "ab" * 32
NUMBERS = (
    *("0", "8", "-1", "1.5", "80", "65535", "8000-8010", "8Gi", "500m", "16384k", "1e3", "2.5GB"),
    *("30s", "1h30m", "1m30.5s", "100ms", "1d", "2w", "10m", "512m", "1024", "0x10", "0755"),
    *("u+rwx,g-w", "100%", "0.9", "32k", "1_000", "true", "yes", "on", "off", "~", "null", ".inf"),
)
NAMES = (
    *("web", "my-app.example.com", "nvidia.com/gpu", "nvidia.com/mig-1g.10gb", "app.io/name"),
    *("NVIDIA-A100-SXM4-80GB", "H100", "Tesla-T4-SHARED", "L40S", "gfx942", "all", "0,1,2"),
    *("Deployment", "serving.kserve.io", "linux/amd64", "linux/arm64/v8", "MIT OR Apache-2.0"),
    *("vllm", "torch", "meta-llama/Llama-3.1-8B-Instruct", "Qwen/Qwen3-30B-A3B-FP8", "gguf"),
    *("API_KEY", "HF_TOKEN", "hf_abcdefghijklmnopqrstuvwxyzABCDEFGH", "nvidia.com/gpu=all"),
    *("vllm:num_requests_running", "vllm_num_requests_running", "DCGM_FI_DEV_GPU_UTIL"),
    *("*/5 * * * 1-5", "@hourly", "TZ=Europe/Berlin 0 3 * * *", "10.0.0.0/8", "fe80::1/64"),
)
REFERENCES = (
    *("alpine", "alpine:3.20", f"alpine@{_DIGEST}", f"r.example:5000/a/b:1.0@{_DIGEST}", _DIGEST),
    *("docker.io/library/python:3.12-slim-bookworm", "nvcr.io/nvidia/tritonserver:24.08-py3"),
    *("oci-layout:/srv/images:x", "docker://a/b", "ghcr.io/x/y:latest", "localhost/x", "sha512:00"),
    *("nvidia/cuda:12.4.1-cudnn-devel-ubuntu22.04", "pytorch/pytorch:2.4.0-cuda12.4-cudnn9-devel"),
    *("vllm/vllm-openai:v0.6.3.post1", "1.2.3-rc.1+build5", "0.5.10.post1", "b9060", "525.60.13"),
)
URLS = (
    *("https://user:secret@h.example:8443/a/b;p?x=1&y=%20#frag", "http://[::1]:80/", "s3://b/k/"),
    *("git+https://github.com/a/b@v1#subdirectory=c", "git@github.com:a/b.git", "unix:///a.sock"),
    *("http://web.default.svc.cluster.local:8000/v1", "postgresql://u:p@db/x?sslmode=require"),
    *("pkg:pypi/torch@2.4.0", "pkg:deb/debian/openssl@3.0.11?arch=amd64#x", "hf://a/b@main"),
    '<https://r.example/v2/_catalog?last=b&n=1>; rel="next", <x>; title="a, b"; rel=prev',
    'Bearer realm="https://auth.example/token",service="r",scope="repository:a:pull"',
    *("application/vnd.oci.image.index.v1+json;q=0.9, */*;q=0.1", "k8s://a/b", "awskms:///x"),
)
DATES = (
    *("2026-01-31", "2026-01-31T12:00:00Z", "2026-01-31T12:00:00.123456789+02:00", "1970-01-01"),
    *("Wed, 21 Oct 2026 07:28:00 GMT", "120", "2026-W05-6", "20260131T120000", "31.01.2026"),
)
REQUIREMENTS = (
    "torch==2.4.0+cu124",
    'vllm[audio, video]>=0.6,!=0.6.2,<1; python_version < "3.12" and extra == "gpu"',
    "x @ https://h.example/x-1.0-py3-none-any.whl ; sys_platform == 'linux'",
    *("-r other.txt", "--extra-index-url https://download.pytorch.org/whl/cu121", "-e ./here[dev]"),
    f"requests==2.32.0 --hash={_DIGEST} \\\n    --hash={_DIGEST}",
    *("conda-forge::numpy>=1.26,<2=py311_0", "openssl=3.0.11-1~deb12u2", "curl~=8.5", "a @ file:."),
    *("flask>=2 # why", "@scope/pkg@^1.2.3", "github.com/a/b@v1.2.3", "serde:1.0", "gem:3.1"),
)
SCRIPTS = (
    "apt-get update && apt-get install -y --no-install-recommends curl=8.5.0 && rm -rf /var/x/*",
    "set -euo pipefail; curl -fsSL https://x.example/i.sh | tee a.log | bash -s -- --yes || true",
    "for i in 1 2 3; do pip install \"torch==$V\" 'a b' >/dev/null 2>&1 & done; wait $!",
    "cat <<'EOF' > /a.sh\nexport A=${B:-c d} # why\nEOF\nif [ -f x ]; then exec \"$@\"; fi",
    'f() { local a=(1 "2 3"); case $1 in a|b) echo $((1 + 2));; *) return 1;; esac; }; f `id -u`',
    "sudo env -u A B=c nohup python3 -m vllm.entrypoints.openai.api_server --port=8000 <<< x",
    'exec vllm serve "${MODEL:?no model}" --tensor-parallel-size ${TP##*/} ${X//a/b}',
)
EXPANSIONS = (
    *("$A", "${A}", "${A:-x}", "${A:+y z}", "${A:?why}", "${A#a*}", "${A##*/}", "${A%.x}"),
    *("${A/a?/b}", "${A//\\*/b}", "'$A' \"$B\" \\$C", "a\\ b ${A:-${B:-${C}}}", "$$(X) $(A) $(B"),
    *("{{ .Values.image }}", "${{ github.sha }}", "$${A}", "%i-%n", "a*[!b-c]?\\d", "[[:alpha:]]"),
)
PATHS = (
    *("/usr/local/bin/x", "../a/./b//c/", "**/node_modules/*.js", "!/a/[b-d]?/**", "a\\ b", "~/x"),
    *("C:\\a\\b", "/root/.ssh/id_rsa", "models/*.safetensors", "{a,b}.txt", "# comment", ".git"),
    *("/proc/self/fd/1", "charts/x/templates/_helpers.tpl", "k8s/prod/deployment.yaml", "Makefile"),
)
LINES = (
    "A=1\nexport B='x y' # c\nC=\"a\\n$A\"\nD\n",
    "# imagelint: allow root-user -- it is needed\n",
    "# hadolint ignore=DL3008,SC2086 # why",
    "# trivy:ignore:AVD-DS-0002:exp:2026-01-31",
    '[Service]\nExecStart=/usr/bin/podman run --rm \\\n  -p 80:80 x:1\nEnvironment=A=1 "B=2 3"\n',
    "MemTotal:       65536000 kB\nMemFree: 1 kB\n",
    *(
        (
            "version = 2\n[plugins.'io.containerd.cri'.containerd.runtimes.nvidia.options]\n"
            "BinaryName = '/usr/bin/nvidia-container-runtime'\n[engine]\nruntime = 'crun'\n"
        ),
        '{"runtimes": {"nvidia": {"path": "nvidia-container-runtime"}}, "default-shm-size": "64M"}',
        "cdiVersion: 0.5.0\nkind: nvidia.com/gpu\ndevices:\n- name: all\n- name: 0\n",
        (
            "[project]\nname = 'x'\ndependencies = ['torch==2.4', 'x[a]>1']\n[tool.uv]\nindex = 1\n"
            "[[package]]\nname = 'torch'\nversion = '2.4.0'\nsource = {registry = 'https://x'}\n"
            "[tool.poetry.dependencies]\ntorch = {version = '^2', source = 'x'}\n"
        ),
        (
            "<nvidia_smi_log><driver_version>550.54</driver_version><cuda_version>12.4</cuda_version>"
            "<gpu><product_name>H100</product_name><fb_memory_usage><total>81559 MiB</total>"
            "</fb_memory_usage></gpu></nvidia_smi_log>"
        ),
    ),
    "overlay / overlay rw,lowerdir=/a:/b 0 0\n",
    "all: build\n\tdocker build -t $(NAME):$(TAG) . \\\n\t  --push\nNAME := x\n",
    "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----\n",
)
QUERIES = (
    'sum by (model) (rate(vllm:e2e_request_latency_seconds_sum{job=~"a|b"}[5m])) > 0.5',
    "histogram_quantile(0.99, sum(rate(x_bucket[$__rate_interval])) by (le)) and on (a) y",
    "avg_over_time(DCGM_FI_DEV_GPU_UTIL[30m:1m] @ end()) < bool 10 # why",
    'label_values(up{namespace="$ns"}, pod)',
    *('{job="x"} |= "error" | json', "SELECT mean(x) FROM y WHERE $timeFilter"),
)
CONDITIONS = (
    "stage.user == 'root' && !has(image.labels['team'])",
    "pod.containers.all(c, c.image.startsWith('r.example/') || size(c.args) > 3)",
    "container.env.exists(e, e.name.matches('^A.*B$')) ? 'x' in ['x', 'y'] : 1 + 2 * 3 >= 4",
    "{'a': [1, 2.5, b'c', null, true]}.a[0] == -1",
    *("the image {{ image.name }} of {{stage.name}}", "[*].spec.containers[?(@.name=='x')].image"),
)
PATTERNS = (
    *("https://github.com/acme/.+", "^repo:acme/(a|b)(-c)?:ref:refs/heads/main$", "[a-z0-9]{2,5}"),
    *("(?i)x\\.y\\d+", "a*b+?c{0,3}", "acme/*/release-?"),
)
STRUCTURES = (
    '{"a": [1, 2.5e3, "x\\u0041", null, true], "b": {"c": "d"}}',
    "a: &x [1, 'b']\nb: {<<: *x, c: |\n  text\n}\n---\n- !!str 1\n",
    '["CMD", "a b", "c"]',
    "a = 1\n[b]\nc = ['x', \"y\"]\n",
    "server { listen 80 default_server; location ~ ^/v1 { proxy_pass http://up; } } # c\n",
    "frontend a\n  bind :80\n  use_backend b if { path_beg /v1 }\nbackend b\n  server s h:8000\n",
    '<a href="x">`b` **c**</a>\n\n| a | b |\n|---|---|\n',
)
BILLS = (
    (
        '{"@context":"https://openvex.dev/ns/v0.2.0","@id":"x","author":"a","timestamp":"2026-01-31T12:'
        '00:00Z","version":1,"statements":[{"vulnerability":{"name":"CVE-2026-1","aliases":["GHSA-x"]},'
        '"products":[{"@id":"pkg:oci/app@sha256%3Aab","subcomponents":[{"@id":"pkg:pypi/torch@2.4"}]}],'
        '"status":"not_affected","justification":"component_not_present","impact_statement":"why"}]}'
    ),
    (
        '{"bomFormat":"CycloneDX","specVersion":"1.5","vulnerabilities":[{"id":"CVE-2026-1","analysis":'
        '{"state":"not_affected","detail":"d"},"affects":[{"ref":"pkg:deb/debian/x@1"}]}],"components":'
        '[{"bom-ref":"r","type":"library","name":"x","version":"1","purl":"pkg:deb/debian/x@1"}]}'
    ),
    (
        '{"document":{"csaf_version":"2.0","category":"csaf_vex","tracking":{"id":"x"}},"product_tree":'
        '{"branches":[{"category":"product_version","name":"1","product":{"product_id":"P","name":"n"}'
        '}]},"vulnerabilities":[{"cve":"CVE-2026-1","product_status":{"known_not_affected":["P"]}}]}'
    ),
    (
        '{"descriptor":{"name":"grype","version":"0.80.0","db":{"built":"2026-01-31T12:00:00Z"}},'
        '"source":{"type":"image","target":{"imageID":"sha256:ab"}},"distro":{"name":"debian","version":'
        '"12"},"matches":[{"vulnerability":{"id":"CVE-2026-1","severity":"High","fix":{"state":"fixed",'
        '"versions":["2"]}},"artifact":{"name":"x","version":"1","type":"deb","purl":"pkg:deb/x@1"}}]}'
    ),
    (
        '{"results":[{"source":{"path":"x","type":"lockfile"},"packages":[{"package":{"name":"x","version'
        '":"1","ecosystem":"PyPI"},"vulnerabilities":[{"id":"GHSA-x","aliases":["CVE-2026-1"],"severity"'
        ':[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}]}]}]}]}'
    ),
    (
        '{"SchemaVersion":2,"ArtifactName":"x","ArtifactType":"container_image","Metadata":{"ImageID":'
        '"sha256:ab","OS":{"Family":"debian","Name":"12"}},"Results":[{"Target":"t","Class":"os-pkgs",'
        '"Type":"debian","Vulnerabilities":[{"VulnerabilityID":"CVE-2026-1","PkgName":"x","Severity":'
        '"HIGH","InstalledVersion":"1","FixedVersion":"2"}]}]}'
    ),
    (
        '{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x","rules":[{"id":"r"}]}},"results":[{'
        '"ruleId":"r","level":"error","message":{"text":"m"},"locations":[{"physicalLocation":{'
        '"artifactLocation":{"uri":"a"},"region":{"startLine":1}}}]}]}]}'
    ),
)
EVERY = (
    *(*NUMBERS, *NAMES, *REFERENCES, *URLS, *DATES, *REQUIREMENTS, *SCRIPTS, *EXPANSIONS, *PATHS),
    *(*LINES, *QUERIES, *CONDITIONS, *PATTERNS, *STRUCTURES),
)
_BY_NAME: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("collect.registry", URLS),
    ("collect.images", REFERENCES),
    ("core.reference", REFERENCES),
    ("core.key_reference", URLS),
    ("custom", CONDITIONS),
    ("documents.compose.dotenv", LINES),
    ("documents.compose", EXPANSIONS),
    ("documents.dockerfile.expansion", EXPANSIONS),
    ("documents.dockerfile.validation", (*NUMBERS, *NAMES)),
    ("documents.host", LINES),
    ("documents.image.jsonview", (*STRUCTURES, *BILLS)),
    ("documents.image.manifest", (*STRUCTURES, *BILLS)),
    ("documents.image.opinions", BILLS),
    ("documents.image.sarif", BILLS),
    ("documents.image.tags", REFERENCES),
    ("documents.image.verdict", BILLS),
    ("documents.image.vex", BILLS),
    ("documents.image.vulnerabilities", BILLS),
    ("documents.image.moments", DATES),
    ("documents.packages", REQUIREMENTS),
    ("documents.promql", QUERIES),
    ("documents.proxies", (*STRUCTURES, *URLS)),
    ("documents.quantity", NUMBERS),
    ("documents.runlines", LINES),
    ("documents.shell", SCRIPTS),
    ("documents.yaml", STRUCTURES),
    ("fleet", DATES),
    ("knowledge.cuda", REFERENCES),
    ("knowledge.versions", REFERENCES),
    ("knowledge", NAMES),
    ("policy.adopt", STRUCTURES),
    ("policy.glob", PATHS),
    ("policy.identitypattern", PATTERNS),
)


def seeds_for(name: str) -> tuple[str, ...]:
    """The texts for a parser of that name: of its kind, or all where nothing tells its kind."""
    kinds = (seeds for start, seeds in _BY_NAME if name.startswith(start))
    return next(kinds, EVERY)
