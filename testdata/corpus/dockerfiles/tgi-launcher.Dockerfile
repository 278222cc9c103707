FROM ghcr.io/huggingface/text-generation-inference:3.2.1 as base

FROM base as quantized
env QUANTIZE bitsandbytes-nf4
env MODEL_ID=mistralai/Mistral-7B-Instruct-v0.3 PORT=80
env NUM_SHARD="4" \
    HUGGINGFACE_HUB_CACHE=/data
run mkdir -p /data && \
    chown -R 1000:1000 /data

onbuild copy adapters /data/adapters
onbuild run --mount=type=cache,target=/root/.cache ["true"]
maintainer The serving team <serving@example.com>
entrypoint ["text-generation-launcher"]
cmd ["--json-output", "--max-total-tokens", "8192"]
