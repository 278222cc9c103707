# imagelint with Trivy, cosign, ShellCheck (amd64) and what renders charts and kustomizations:
#
#     docker run --rm -v "$PWD:/work:ro" ghcr.io/imagelint/imagelint check
#
# Every base is named by the digest of its index, every package by its hash. Nothing is written
# outside of /tmp: it runs with a read-only root and under any user.

FROM ghcr.io/aquasecurity/trivy:0.74.0@sha256:62b1e65e8869bc4b4c6aa4fa2b21595256c7c2f6018a9d9ad61caf87187c1969 AS trivy

FROM ghcr.io/sigstore/cosign/cosign:v3.1.3@sha256:9e5c2f2edc34351160407ca3416c61855bdf9403c3c5936e0f0be7fc261611b8 AS cosign

FROM python:3.14.8-slim-trixie@sha256:89fb7d3da20043c370643435258bdd7ab755d326d359001d02988ed15ae5219e AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /build
COPY .github/action/requirements.txt .github/release/image.txt ./
RUN python -m venv /opt/build \
    && /opt/build/bin/python -m pip install --require-hashes --only-binary=:all: -r requirements.txt
RUN python -m venv --without-pip /opt/imagelint \
    && python -m pip --python /opt/imagelint/bin/python install \
       --require-hashes --only-binary=:all: -r image.txt
COPY pyproject.toml README.md LICENSE ./
COPY policies/ policies/
COPY imagelint/ imagelint/
RUN /opt/build/bin/python -m hatchling build --target wheel --directory dist \
    && python -m pip --python /opt/imagelint/bin/python install --no-deps --no-index dist/*.whl

FROM python:3.14.8-slim-trixie@sha256:89fb7d3da20043c370643435258bdd7ab755d326d359001d02988ed15ae5219e
LABEL org.opencontainers.image.title="imagelint" \
      org.opencontainers.image.description="Says, with evidence, whether a GPU serving image may be pushed." \
      org.opencontainers.image.source="https://github.com/imagelint/imagelint" \
      org.opencontainers.image.documentation="https://imagelint.dev" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=trivy /usr/local/bin/trivy /usr/local/bin/trivy
COPY --from=cosign /ko-app/cosign /usr/local/bin/cosign
COPY --from=build /opt/imagelint /opt/imagelint
ENV PATH=/opt/imagelint/bin:$PATH \
    HOME=/tmp \
    PYTHONDONTWRITEBYTECODE=1
WORKDIR /work
USER 65532:65532
ENTRYPOINT ["imagelint"]
CMD ["check"]
