   # comments may be indented
FROM scratch
	RUN \
    # first thing is a comment
    echo a \
# and one at the margin
    \

    && echo b \\
LABEL a=b\ c d="e \" f" "g h"='i j' k=
ENV A=1 B="$A" C='${A}' D=\$A E=${A:+yes}
ENV OLD   value with   spaces
ARG X Y=1 Z="a b"
ARG TOKEN=
EXPOSE 80   443/tcp
	
ADD [ "a" , "b\tc" ]
ADD ["a" "b", c
CMD ['single', 'quotes']
ENTRYPOINT []
VOLUME /a /b
USER "app"
CMD echo done \
