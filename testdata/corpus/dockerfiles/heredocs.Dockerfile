# syntax=docker/dockerfile:1

FROM python:3.12-slim-bookworm@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa

RUN <<EOF
set -eux
apt-get update
apt-get install -y --no-install-recommends tini
rm -rf /var/lib/apt/lists/*
EOF

RUN <<-"SETUP" bash -euo pipefail
	mkdir -p /srv
	# a comment of the script, not of the file
	echo "FROM is no instruction here" > /srv/note
	SETUP

RUN python3 <<PY
import json
print(json.dumps({"a": 1}))
PY

COPY <<server.yaml <<'start.sh' /etc/app/
host: 0.0.0.0
port: ${PORT:-8000}
server.yaml
#!/bin/sh
exec "$@" \
start.sh

ADD --chmod=0644 <<"a b" /srv/README
ENTRYPOINT in a body
a b

COPY <<EMPTY /srv/empty
EMPTY
RUN 3<<FD cat <&3
three
FD
ENTRYPOINT ["tini", "--", "/bin/sh", "/etc/app/start.sh"]
CMD ["python3", "-m", "http.server"]
