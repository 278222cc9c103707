"""Variables of a Dockerfile: what is set where, and what BuildKit makes of `${…}`."""
