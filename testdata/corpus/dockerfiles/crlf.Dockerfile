FROM nvcr.io/nvidia/tritonserver:24.12-trtllm-python-py3 AS triton

# written on another system
RUN pip install \
    tritonclient[grpc]==2.53.0 \

    numpy==1.26.4
COPY model_repository /models
RUN <<EOF
test -f /models/ensemble/config.pbtxt
EOF
ENV LD_PRELOAD="" TRITON_HOME=C:\triton
CMD ["tritonserver", "--model-repository=/models", "--http-port", "8000"]
