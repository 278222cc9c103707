"""The rule `unread-settings`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.dockerfile.model import Stage
from imagelint.documents.packages.lookup import SETTING_MARKS
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.base import Document


@rule(Stage, Severity.MEDIUM, confidence=Confidence.LIKELY, keywords=("ADD", "COPY", "RUN"))
def unread_settings(stage: Stage, ctx: Context) -> Findings:
    """A file of settings lies where no program reads it.

    A mirror, a proxy or a pinned repository then has no effect, and nobody is told: packages come
    from the public index, or the build stops far from the cause. Each program reads a few places
    alone, of the user who runs it; a secret without `target` lies in `/run/secrets`; and folders
    such as `/etc/apt/sources.list.d` pass over files whose names do not end as they should.

    Except:
        Files that a variable, an option or another command names, builds that run scripts of their
        own, and what is put there for containers or for images that are built upon this one.

    Bad:
        FROM node:22.11.0-slim
        WORKDIR /app
        COPY package.json package-lock.json ./
        RUN --mount=type=secret,id=npmrc npm ci

    Good:
        FROM node:22.11.0-slim
        WORKDIR /app
        COPY package.json package-lock.json ./
        RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci

    Bad:
        FROM python:3.13.1-slim
        WORKDIR /app
        COPY pip.conf requirements.txt ./
        RUN pip install --no-cache-dir --requirement requirements.txt

    Good:
        FROM python:3.13.1-slim
        WORKDIR /app
        COPY pip.conf /etc/pip.conf
        COPY requirements.txt ./
        RUN pip install --no-cache-dir --requirement requirements.txt
    """
    if not ctx.document.derived(_may_brings):
        return
    from imagelint.documents.queries.packages.settingfiles import unread_files

    for found in unread_files(ctx.document, stage):
        yield ctx.finding(
            found.place,
            found.message,
            help=found.help,
            notes=(ctx.note("here it installs", found.by),) if found.by else (),
            subject=found.path,
        )


def _may_brings(document: Document) -> bool:
    return any(mark in document.source.text for mark in SETTING_MARKS)
