"""Options with a value of their own, of the programs that fetch files, repositories and models."""

from __future__ import annotations

_CURL = """
-o --output -d --data --data-raw --data-binary --data-urlencode -H --header -x --proxy -u --user
-A --user-agent -e --referer -b --cookie -c --cookie-jar -X --request -m --max-time
--connect-timeout --retry --retry-delay --retry-max-time --cacert --cert -E --key -T
--upload-file -w --write-out -K --config -r --range -F --form -C --continue-at -D --dump-header
--limit-rate -y -Y --resolve --url --output-dir --ciphers --tls-max --netrc-file --proto
--proto-redir --interface --max-filesize --max-redirs -z --time-cond --capath --noproxy
--create-file-mode --oauth2-bearer --connect-to --dns-servers --variable --stderr
"""
_WGET = """
-O --output-document -o --output-file -a --append-output -P --directory-prefix -t --tries -T
--timeout -w --wait -U --user-agent --header --user --password --http-user --http-password -e
--execute -i --input-file -Q --quota -A --accept -R --reject -D --domains -X -I -l --level
--ca-certificate --certificate --private-key --connect-timeout --read-timeout --dns-timeout
--limit-rate --post-data --post-file --referer --save-cookies --load-cookies --waitretry
--retry-on-http-error --progress -B -Y --base --cut-dirs --secure-protocol --method --body-data
--retry-connrefused=
"""
_ARIA = """
-o --out -d --dir -i --input-file -s --split -x --max-connection-per-server -k --min-split-size
-j --max-concurrent-downloads -t --timeout -m --max-tries --header --checksum --retry-wait -U
--user-agent --referer --http-user --http-passwd --log -l --console-log-level
"""
_GIT = """
-b --branch --depth -o --origin -c --config -C -u --upload-pack --reference --template --jobs -j
--filter --separate-git-dir --shallow-since --shallow-exclude --revision --server-option --git-dir
--work-tree --bundle-uri
"""
_HUB = """
--revision --repo-type --include --exclude --local-dir --cache-dir --token --max-workers
--local-dir-use-symlinks --format --model --dataset --local_dir --cache_dir
"""
CURL_VALUES = frozenset(_CURL.split())
WGET_VALUES = frozenset(_WGET.split())
ARIA_VALUES = frozenset(_ARIA.split())
GIT_VALUES = frozenset(_GIT.split())
RPM_VALUES = frozenset(
    ("--root", "--dbpath", "--prefix", "--relocate", "--define", "--eval", "--rcfile")
)
HUB_VALUES = frozenset(_HUB.split())
