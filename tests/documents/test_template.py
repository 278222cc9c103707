"""What is said of templates."""

import pytest

from imagelint.core.source import Source
from imagelint.documents.base import DocumentError
from imagelint.documents.template import refuse_template


@pytest.mark.parametrize(
    ("text", "renderer"),
    [
        ("a: {{ .Values.a }}\n", "helm template"),
        ("{{- if .Values.a }}\nb: {% raw %}\n{{- end }}\n", "helm template"),
        ('{{- include "a.b" $ | nindent 4 }}\n', "helm template"),
        ("{% if a is defined %}\nb: {{ a }}\n{% endif %}\n", "jinja2"),
        ("b: {{ range(3) }}\n{% set a = 1 %}\n", "jinja2"),
        ("b: {{ app_name }}\n", "as the tool does"),
        ("b: @VERSION@\n", "as the tool does"),
    ],
)
def test_help_names_what_renders_it(text: str, renderer: str) -> None:
    with pytest.raises(DocumentError) as caught:
        refuse_template(Source("a.yaml", text))
    assert renderer in caught.value.help
