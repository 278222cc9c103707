# syntax=docker/dockerfile:1.7
# Serves an instruction-tuned model behind an OpenAI-compatible API.
ARG VLLM_VERSION=0.8.5
ARG PYTHON_VERSION=3.12

FROM vllm/vllm-openai:v${VLLM_VERSION} AS serve

ARG MODEL_ID=meta-llama/Llama-3.1-8B-Instruct
ARG MODEL_REVISION

ENV HF_HOME=/models/hub \
    HF_HUB_ENABLE_HF_TRANSFER=1 \
    # keep the logs readable in a collector
    VLLM_LOGGING_LEVEL=INFO \
    VLLM_NO_USAGE_STATS="1"

RUN --mount=type=cache,target=/root/.cache/pip \
    pip install --require-hashes -r /dev/stdin <<'REQUIREMENTS'
hf-transfer==0.1.9 --hash=sha256:0000000000000000000000000000000000000000000000000000000000000000
REQUIREMENTS

RUN groupadd --gid 10001 serve \
 && useradd --uid 10001 --gid serve --create-home serve \
 && install --directory --owner=serve --group=serve /models/hub

USER 10001:10001
EXPOSE 8000/tcp
HEALTHCHECK --interval=30s --timeout=5s --start-period=10m --retries=3 \
  CMD curl --fail --silent http://127.0.0.1:8000/health || exit 1

ENTRYPOINT ["python3", "-m", "vllm.entrypoints.openai.api_server"]
CMD ["--model", "meta-llama/Llama-3.1-8B-Instruct", \
     "--tensor-parallel-size", "2", \
     "--gpu-memory-utilization", "0.90", \
     "--max-model-len", "16384"]
