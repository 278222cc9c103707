# syntax=docker/dockerfile:1
FROM lmsysorg/sglang:v0.4.1.post7-cu124
ENV SGLANG_PORT 30000
ENV GREETING grüß dich, Welt
RUN echo "naïve" && \
    pip list
CMD python3 -m sglang.launch_server --model-path Qwen/Qwen2.5-7B-Instruct --host 0.0.0.0 --port $SGLANG_PORT --tp 2