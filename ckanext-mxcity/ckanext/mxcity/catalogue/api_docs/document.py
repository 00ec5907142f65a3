"""The operations as an OpenAPI 3.1 document. No CKAN import."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ckanext.mxcity.catalogue.api_docs.operations import Group, Operation, Parameter, Text

#: Gives the text in the language of who asks.
Translate = Callable[[Text], str]

_ANSWER = {
    "type": "object",
    "required": ["help", "success", "result"],
    "properties": {
        "help": {"type": "string"},
        "success": {"const": True},
        "result": {},
    },
}
_FAILURE = {
    "type": "object",
    "required": ["success", "error"],
    "properties": {
        "help": {"type": "string"},
        "success": {"const": False},
        "error": {
            "type": "object",
            "properties": {"__type": {"type": "string"}, "message": {"type": "string"}},
        },
    },
}
_SECURED = ("staff", "admin")


def openapi(
    groups: tuple[Group, ...],
    operations: tuple[Operation, ...],
    text: Translate,
    *,
    title: str,
    description: str,
    server: str,
    version: str,
) -> dict[str, Any]:
    """Return the document; ``server`` is the portal's address without a slash at the end."""
    paths: dict[str, Any] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method] = _operation(operation, text)
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "description": description, "version": version},
        "servers": [{"url": server}],
        "tags": [{"name": group.id, "description": text(group.title)} for group in groups],
        "paths": paths,
        "components": {
            "schemas": {"Answer": _ANSWER, "Failure": _FAILURE},
            "securitySchemes": {
                "token": {"type": "apiKey", "in": "header", "name": "Authorization"}
            },
        },
    }


def _operation(operation: Operation, text: Translate) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.name,
        "tags": [operation.group],
        "summary": text(operation.summary),
        "parameters": [
            _parameter(parameter, text)
            for parameter in operation.parameters
            if parameter.where != "body"
        ],
        "responses": _responses(operation),
    }
    if operation.about:
        described["description"] = text(operation.about)
    body = [parameter for parameter in operation.parameters if parameter.where == "body"]
    if body:
        described["requestBody"] = _body(operation, body, text)
    if operation.who in _SECURED:
        described["security"] = [{"token": []}]
    return described


def _parameter(parameter: Parameter, text: Translate) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": parameter.name,
        "in": parameter.where,
        "required": parameter.required,
        "description": text(parameter.about),
        "schema": parameter.schema,
    }
    if parameter.example is not None:
        described["example"] = parameter.example
    return described


def _body(operation: Operation, body: list[Parameter], text: Translate) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "type": "object",
        "required": [parameter.name for parameter in body if parameter.required],
        "properties": {
            parameter.name: {**parameter.schema, "description": text(parameter.about)}
            for parameter in body
        },
    }
    content = {"schema": schema, "example": operation.examples("body")}
    return {"required": True, "content": {"application/json": content}}


def _responses(operation: Operation) -> dict[str, Any]:
    if operation.answer == "file":
        texts = {"200": "OK", "400": "Bad Request", "404": "Not Found"}
        return {code: {"description": description} for code, description in texts.items()}

    def answer(description: str, schema: str) -> dict[str, Any]:
        reference = {"$ref": f"#/components/schemas/{schema}"}
        return {"description": description, "content": {"application/json": {"schema": reference}}}

    failures = {"409": "ValidationError", "404": "NotFound", "403": "NotAuthorized"}
    return {
        "200": answer("OK", "Answer"),
        **{code: answer(name, "Failure") for code, name in failures.items()},
    }
