"""Words that are written where a duration is asked for."""

# projectcontour/contour:internal/timeout/timeout.go: no limit
ENDLESS = "infinity"
