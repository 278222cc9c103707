"""What Argo CD, Flux and helmfile deploy, and with which values."""
