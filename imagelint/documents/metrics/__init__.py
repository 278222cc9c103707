"""What a metrics page, saved samples or a Prometheus server say."""
