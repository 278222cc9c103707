ARG BASE_CUDA_DEV_CONTAINER=nvidia/cuda:12.6.2-devel-ubuntu24.04
ARG BASE_CUDA_RUN_CONTAINER=nvidia/cuda:12.6.2-runtime-ubuntu24.04
FROM ${BASE_CUDA_DEV_CONTAINER} AS build
ARG CUDA_DOCKER_ARCH=default
RUN apt-get update && \
    apt-get install -y build-essential cmake git libcurl4-openssl-dev
ADD https://example.com/llama.cpp/b4500.tar.gz /tmp/source.tar.gz
ADD --checksum=sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d \
    https://example.com/models/tiny.gguf /models/tiny.gguf
WORKDIR /app
RUN tar -xzf /tmp/source.tar.gz --strip-components=1 && \
    if [ "${CUDA_DOCKER_ARCH}" != "default" ]; then \
    export CMAKE_ARGS="-DCMAKE_CUDA_ARCHITECTURES=${CUDA_DOCKER_ARCH}"; \
    fi && \
    cmake -B build -DGGML_CUDA=ON ${CMAKE_ARGS} . && \
    cmake --build build --config Release -j$(nproc)

FROM ${BASE_CUDA_RUN_CONTAINER} AS server
ENV LLAMA_ARG_HOST=0.0.0.0
COPY --from=build /app/build/bin/llama-server /app/llama-server
COPY --from=build /models /models
WORKDIR /app
HEALTHCHECK CMD [ "curl", "-f", "http://localhost:8080/health" ]
ENTRYPOINT [ "/app/llama-server" ]
CMD [ "-m", "/models/tiny.gguf", "-ngl", "99" ]
