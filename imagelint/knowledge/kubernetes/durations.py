"""Words that are written where a duration is asked for."""

# projectcontour/contour:internal/timeout/timeout.go: no limit
ENDLESS = "infinity"

KONG_TIMEOUT = "konghq.com/read-timeout"
"""The annotation of a Service telling Kong how many milliseconds to wait between two parts.

Source: docs.konghq.com, kubernetes-ingress-controller, reference of annotations.
"""
