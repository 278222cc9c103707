"""Words that are written where a duration is asked for."""

# projectcontour/contour@31c4bb38: internal/timeout/timeout.go: no limit
ENDLESS = ("infinity", "infinite")

KONG_TIMEOUT = "konghq.com/read-timeout"
"""The annotation of a Service telling Kong how many milliseconds to wait between two parts.

Source: Kong/kubernetes-ingress-controller@1fa68f86: internal/dataplane/kongstate/service.go.
"""
