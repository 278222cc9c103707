# Trains adapters on a node with eight accelerators.
FROM nvcr.io/nvidia/pytorch:24.10-py3

# imagelint: allow unpinned-requirement -- the lock file of the base image decides
RUN pip install --no-cache-dir transformers accelerate \
      'datasets>=2.20,<3' \
      "peft[quantization]==0.13.2" deepspeed

# hadolint ignore=DL3003,DL4006
RUN cd /opt && \
    curl -sSL https://example.com/flash.tar.gz | tar xz && \
    cd flash && \
    python setup.py install

WORKDIR workspace
COPY train.py configs/ ./
ENV NCCL_DEBUG=INFO WANDB_MODE=offline OMP_NUM_THREADS=1
CMD torchrun --nproc-per-node=8 train.py \
    --config configs/lora.yaml
