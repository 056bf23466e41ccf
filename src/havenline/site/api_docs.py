"""The API's readable page: our own template over its OpenAPI document. No JavaScript, nothing from elsewhere."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from havenline.site.api import api


@require_safe
def show(request: HttpRequest) -> HttpResponseBase:
    """Every operation with its fields, answers and errors."""
    document: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(), default=str))
    schemas = document["components"]["schemas"]
    operations = [
        _operation(method, path, operation, schemas) for path, methods in document["paths"].items() for method, operation in methods.items()
    ]
    context = {"info": document["info"], "operations": operations, "server": request.build_absolute_uri("/").rstrip("/")}
    response: HttpResponse = render(request, "api_docs.html", context)
    return response


def _operation(method: str, path: str, operation: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    schema = _resolved(body, schemas) if body else None
    examples = schema.get("examples", []) if schema else []
    return {
        "id": operation["operationId"],
        "method": method.upper(),
        "path": path,
        "summary": operation["summary"],
        "description": operation.get("description", ""),
        "parameters": [_field(p["name"], {**p["schema"], **p}, p.get("required", False), schemas) for p in operation["parameters"]],
        "fields": _fields(schema, schemas) if schema else [],
        "example": json.dumps(examples[0], indent=2, ensure_ascii=False) if examples else "",
        "answers": [_answer(status, answer, schemas) for status, answer in sorted(operation["responses"].items(), key=lambda a: str(a[0]))],
    }


def _answer(status: str, answer: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    nothing: tuple[str, dict[str, Any]] = ("", {})
    media, content = next(iter(answer.get("content", {}).items()), nothing)
    schema = _resolved(content.get("schema", {}), schemas)
    return {"status": status, "media": media, "means": answer.get("description", ""), "fields": _fields(schema, schemas)}


def _fields(schema: dict[str, Any], schemas: dict[str, Any], before: str = "") -> list[dict[str, Any]]:
    found = []
    for name, about in schema.get("properties", {}).items():
        found.append(_field(before + name, about, name in schema.get("required", []), schemas))
        inner = _inner(about, schemas)
        if inner.get("properties"):
            found += _fields(inner, schemas, f"{before}{name}{'[]' if _plain(about).get('type') == 'array' else ''}.")
    return found


def _field(name: str, about: dict[str, Any], required: bool, schemas: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "type": _type(about, schemas), "required": required, "about": about.get("description", "")}


def _plain(about: dict[str, Any]) -> dict[str, Any]:
    """Without the null of an optional field."""
    options = [option for option in about.get("anyOf", []) if option.get("type") != "null"]
    return {**about, **options[0]} if len(options) == 1 else about


def _inner(about: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    plain = _plain(about)
    items = plain.get("items", plain)
    return _resolved(next((option for option in items.get("oneOf", []) if "$ref" in option), items), schemas)


def _resolved(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = schemas[name] if name else schema
    return found


def _type(about: dict[str, Any], schemas: dict[str, Any]) -> str:
    plain = _plain(about)
    if "enum" in plain:
        return ", ".join(str(value) for value in plain["enum"])
    if "const" in plain:
        return str(plain["const"]).lower()
    if "anyOf" in plain:
        return " / ".join(_type(option, schemas) for option in plain["anyOf"] if option.get("type") != "null")
    if "oneOf" in plain:
        return " / ".join(_type(option, schemas) for option in plain["oneOf"])
    if plain.get("type") == "array":
        return f"list of {_type(plain.get('items', {}), schemas)}"
    if "$ref" in plain:
        return "object"
    words = {"string": "text", "integer": "whole number", "boolean": "true or false"}.get(plain.get("type", ""), plain.get("type", ""))
    words = {"date-time": "time with zone (RFC 3339)", "ipv4": "IPv4 address", "ipv6": "IPv6 address"}.get(plain.get("format", ""), words)
    most = plain.get("maxLength") or plain.get("maximum")
    return f"{words}, at most {most:,}" if most and words in {"text", "whole number"} else words
