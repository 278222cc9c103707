FROM ollama/ollama:0.5.7 AS bake
ENV OLLAMA_MODELS=/models
RUN ollama serve & pid=$! ; \
    until ollama list >/dev/null 2>&1; do sleep 1; done ; \
    ollama pull qwen2.5:0.5b ; \
    kill "$pid"

FROM ollama/ollama:0.5.7
ENV OLLAMA_MODELS=/models OLLAMA_HOST=0.0.0.0:11434 \
OLLAMA_KEEP_ALIVE=-1
COPY --from=bake /models /models
EXPOSE 11434
HEALTHCHECK NONE
