# A fragment that is put behind another file.
LABEL part=tools
RUN apt-get update \
 && apt-get install -y jq
