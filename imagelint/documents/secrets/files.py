"""Files that hold credentials, by their names."""

from __future__ import annotations

import re

ENVIRONMENT_FILE = "environment file"
_CREDENTIALS = {
    ".env": ENVIRONMENT_FILE,
    ".netrc": "netrc",
    "_netrc": "netrc",
    ".npmrc": "npm configuration",
    "tls.key": "private key",
    "ssl.key": "private key",
    "server.key": "private key",
    "client.key": "private key",
    "host.key": "private key",
    "ca.key": "private key",
    "rootca.key": "private key",
    "domain.key": "private key",
    "privkey.pem": "private key",
    "privatekey.pem": "private key",
    "private.pem": "private key",
    "client_secret.json": "OAuth client secret",
    "client_secrets.json": "OAuth client secret",
    "gcp-credentials.json": "service account key",
    "google-credentials.json": "service account key",
    "credentials.json": "credentials file",
    "credentials.yml": "credentials file",
    "credentials.yaml": "credentials file",
    "secrets.json": "secrets file",
    "secrets.yml": "secrets file",
    "secrets.yaml": "secrets file",
    "secrets.toml": "secrets file",
    "secrets.env": ENVIRONMENT_FILE,
    ".secrets": "secrets file",
    ".my.cnf": "MySQL passwords",
    ".s3cfg": "S3 credentials",
    ".boto": "boto credentials",
    "kubeconfig": "Kubernetes credentials",
    "id_ecdsa_sk": "SSH private key",
    "id_ed25519_sk": "SSH private key",
    ".vault-token": "Vault token",
    ".terraformrc": "Terraform configuration",
    ".yarnrc.yml": "yarn configuration",
    ".pypirc": "PyPI credentials",
    "pip.conf": "pip configuration",
    ".pgpass": "PostgreSQL passwords",
    ".git-credentials": "git credentials",
    ".dockercfg": "Docker credentials",
    ".dockerconfigjson": "Docker credentials",
    "id_rsa": "SSH private key",
    "id_dsa": "SSH private key",
    "id_ecdsa": "SSH private key",
    "id_ed25519": "SSH private key",
    "kaggle.json": "Kaggle credentials",
    "service-account.json": "service account key",
    "service_account.json": "service account key",
    "serviceaccount.json": "service account key",
    "application_default_credentials.json": "Google Cloud credentials",
    ".htpasswd": "password file",
    ".curlrc": "curl settings",
    ".wgetrc": "wget settings",
    "pip.ini": "pip configuration",
    ".condarc": "conda settings",
    ".yarnrc": "yarn settings",
    "nuget.config": "NuGet settings",
    "rclone.conf": "rclone settings",
    ".pg_service.conf": "PostgreSQL settings",
    "pgpass.conf": "PostgreSQL passwords",
    ".mylogin.cnf": "MySQL passwords",
    ".databrickscfg": "Databricks credentials",
    "credentials.tfrc.json": "Terraform credentials",
    ".passwd-s3fs": "S3 credentials",
    ".smbcredentials": "SMB credentials",
    ".vault_pass": "Ansible Vault password",
    ".vault_password": "Ansible Vault password",
    "kubeconfig.yaml": "Kubernetes credentials",
    "kubeconfig.yml": "Kubernetes credentials",
}
_CREDENTIAL_TAILS = {
    (".aws", "credentials"): "AWS credentials",
    (".aws", "config"): "AWS configuration",
    (".docker", "config.json"): "Docker credentials",
    (".kube", "config"): "Kubernetes credentials",
    (".huggingface", "token"): "Hugging Face token",
    ("huggingface", "token"): "Hugging Face token",
    (".ngc", "config"): "NGC credentials",
    (".cargo", "credentials.toml"): "cargo credentials",
    (".cargo", "credentials"): "cargo credentials",
    (".gem", "credentials"): "RubyGems credentials",
    ("gh", "hosts.yml"): "GitHub credentials",
    (".m2", "settings.xml"): "Maven settings",
    (".gradle", "gradle.properties"): "Gradle settings",
    (".bundle", "config"): "Bundler settings",
    (".composer", "auth.json"): "Composer credentials",
    ("containers", "auth.json"): "registry credentials",
    ("pypoetry", "auth.toml"): "poetry credentials",
    ("huggingface", "stored_tokens"): "Hugging Face token",
    (".config", "gcloud"): "Google Cloud credentials",
    ("gcloud", "credentials.db"): "Google Cloud credentials",
    (".oci", "config"): "Oracle Cloud credentials",
    ("apt", "auth.conf"): "apt credentials",
}
_CONFIGURATIONS = frozenset(
    {".npmrc", ".netrc", "_netrc", "pip.conf", ".yarnrc.yml", ".pypirc", ".terraformrc"}
    | {".curlrc", ".wgetrc", "pip.ini", ".condarc", ".yarnrc", "nuget.config", "rclone.conf"}
    | {".pg_service.conf", "settings.xml", "gradle.properties", ".my.cnf"}
)
_FOLDERS = {
    ".aws": "AWS credentials",
    ".azure": "Azure credentials",
    ".ssh": "SSH keys",
    ".gnupg": "GnuPG keys",
    ".kube": "Kubernetes credentials",
}
# Not the ending alone: `nodesource.key` and `docker.gpg.key` are public keys of repositories.
_OF_PRIVATE_KEY = re.compile(
    r"(?:^|[-_.])(?:priv(?:ate)?|key|privkey|privatekey|tls|ssl|server|client)(?:[-_.]?key)?$"
    r"|(?:^|[-_.])private\b"
)
# As people save what Google Cloud gives them: `gcp-service-account.json`, `prod-sa-key.json`.
_OF_SERVICE_ACCOUNT = re.compile(
    r"(?:.*[-_.])?(?:service[-_]?account(?:[-_.]?(?:key|credentials?))?|(?:gcp|gcs|sa|gcloud)[-_.]key"
    r"|(?:gcp|gcs|gcloud|google|bigquery|vertex|firebase)[-_.](?:sa|credentials?|creds))"
)
_HARMLESS_ENVIRONMENTS = frozenset(
    {"example", "sample", "template", "dist", "defaults", "default", "tmpl", "schema", "test"}
)


def credential_file(path: str) -> str:
    """What kind of credential file a path names (`AWS credentials`), or empty.

    Whole names only: `settings.py` and `.env.example` are none.
    """
    parts = [part for part in path.replace("\\", "/").split("/") if part not in ("", ".")]
    if not parts or "site-packages" in parts:
        return ""
    name = parts[-1]
    known = _CREDENTIALS.get(name, "") or _CREDENTIALS.get(name.lower(), "")
    tail = _CREDENTIAL_TAILS.get((parts[-2], name), "") if len(parts) > 1 else ""
    return tail or known or _FOLDERS.get(name, "") or _by_form(name)


def is_configuration(path: str) -> bool:
    """Whether a path names a file of settings, which may hold a credential and may not."""
    folder, _, name = path.replace("\\", "/").rpartition("/")
    # Docker's names a helper for the credentials in their place.
    docker = name == "config.json" and folder.endswith(".docker")
    return docker or name.lower() in _CONFIGURATIONS


def seldom_secret(kind: str) -> bool:
    """Whether in files of a kind no secret need be, and seldom is."""
    return kind.endswith(("configuration", "settings", "environment file"))


def copied_as(source: str, target: str) -> str:
    """The path that a file or folder has which is copied to a target.

    Empty for whole folders, and for here-documents, whose text stands in the Dockerfile. What is
    called otherwise than a folder of credentials is put into it: `COPY config /root/.aws`.
    """
    name = source.rstrip("/").rpartition("/")[2]
    if not name.strip(".*") or source.startswith("<<"):
        return ""
    last = target.rpartition("/")[2]
    if last in _FOLDERS and name.strip(".") != last.strip("."):
        return f"{target}/{name}"
    return f"{target}{name}" if target.endswith("/") else target


def is_example(path: str) -> bool:
    """Whether a file's name says that no secrets are in it yet: `.npmrc.template`, `env.sample`."""
    name = path.replace("\\", "/").rpartition("/")[2].lower()
    return not _HARMLESS_ENVIRONMENTS.isdisjoint(re.split(r"[-._]", name))


def _by_form(name: str) -> str:
    if name.startswith(".env.") and not _HARMLESS_ENVIRONMENTS.intersection(name.split(".")):
        return ENVIRONMENT_FILE
    stem, _, ending = name.lower().rpartition(".")
    if ending in ("ppk", "p12", "pfx", "jks", "keystore"):
        return "private key"
    public = "pub" in stem or "gpg" in stem
    if ending in ("pem", "key", "der") and not public and _OF_PRIVATE_KEY.search(stem):
        return "private key"
    if ending == "json" and _OF_SERVICE_ACCOUNT.fullmatch(stem):
        return "service account key"
    return ""
