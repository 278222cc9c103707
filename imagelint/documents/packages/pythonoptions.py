"""The options of pip, uv, pipx, poetry and pdm that take a value."""

from __future__ import annotations

# https://pip.pypa.io/en/stable/cli/pip_install/ and https://docs.astral.sh/uv/reference/cli/
_WITH_VALUE = """
-r --requirement --requirements -c --constraint --constraints -e --editable -t --target
--platform --python-version --implementation --abi --root --prefix --src -C --config-settings
--config-setting --global-option --install-option --no-binary --only-binary --progress-bar
--root-user-action --report -i --index-url --extra-index-url -f --find-links --python --log
--keyring-provider --proxy --retries --timeout --exists-action --trusted-host --cert
--client-cert --cache-dir --use-feature --use-deprecated --upgrade-strategy -d --dest --dest-dir
-w --wheel-dir --build-option --resume-retries --index --default-index --torch-backend
--override --overrides -b --build-constraint --build-constraints -p --python-platform --extra
--group --only-group --no-group --no-extra --index-strategy --resolution --prerelease
--exclude-newer --link-mode --no-build-package --no-binary-package -P --upgrade-package
--refresh-package --reinstall-package --project --directory --config-file --allow-insecure-host
--package --no-install-package --with --with-requirements --with-editable --branch --rev --tag
--optional --no-build-isolation-package --color --fork-strategy --marker -m --pip-args --suffix
--spec --preinstall --source -E --extras --without --only
"""
VALUED = frozenset(_WITH_VALUE.split())
# Of uv alone: what its `--help` lists, and `--python-preference`, which it does not.
OF_UV = """
--bounds --config-settings-package --env-file --from --exclude-newer-package --excludes
--no-editable-package --no-sources-package --output-format --prerelease-package --python-fetch
--python-preference --script --upgrade-group --with-executables-from
"""
OF_PIPX = "--app --backend --cooldown --fetch-python --include-resources-from --lock --output"
OTHERWISE_IN_PDM = frozenset(["-d", "--prerelease", "-P", "-w", "-m", "-b", "-f", "-t", "-i", "-r"])
OF_PDM = "-G -L --lockfile -S --strategy -k --skip --venv"
