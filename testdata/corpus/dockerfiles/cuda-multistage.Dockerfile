#syntax=docker/dockerfile:1
ARG CUDA=12.4.1
ARG UBUNTU=22.04
ARG BASE=nvidia/cuda:${CUDA}-runtime-ubuntu${UBUNTU}

FROM --platform=$BUILDPLATFORM nvidia/cuda:${CUDA}-devel-ubuntu${UBUNTU} AS build
ARG TARGETARCH
ARG MAX_JOBS=8
ENV TORCH_CUDA_ARCH_LIST="8.0;8.6;9.0+PTX" MAX_JOBS=${MAX_JOBS}
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked \
    --mount=type=cache,target=/var/lib/apt,sharing=locked \
    rm -f /etc/apt/apt.conf.d/docker-clean; \
    apt-get update && apt-get install -y --no-install-recommends \
        build-essential \
        # needed by the kernels

        cmake \
        git \
        ninja-build \
        python3-dev python3-venv
WORKDIR /src
COPY --link pyproject.toml uv.lock ./
RUN --mount=type=bind,from=ghcr.io/astral-sh/uv:0.5.11,source=/uv,target=/bin/uv \
    --mount=type=secret,id=pip,target=/root/.netrc,required=true \
    uv sync --frozen --no-dev
COPY csrc csrc
COPY . .
RUN if [ "$TARGETARCH" = "arm64" ]; then export EXTRA=-DUSE_NEON=1; fi; \
    cmake -G Ninja -B build ${EXTRA:-} && ninja -C build -j "${MAX_JOBS}"

FROM build AS test
RUN --network=none pytest -q tests

FROM ${BASE} AS runtime
LABEL org.opencontainers.image.source="https://git.example.com/serving/kernels" \
      org.opencontainers.image.title='paged attention kernels' \
      maintainer=serving@example.com
ENV PATH=/opt/venv/bin:$PATH LD_LIBRARY_PATH="/opt/lib:${LD_LIBRARY_PATH:-}"
COPY --from=build --chown=1000:1000 /src/.venv /opt/venv
COPY --from=build /src/build/*.so /opt/lib/
COPY --from=0 ["/src/LICENSE", "/src/NOTICE", "/licenses/"]
VOLUME ["/cache", "/tmp"]
STOPSIGNAL SIGINT
USER 1000
CMD exec python -m server --port ${PORT:-8080}
