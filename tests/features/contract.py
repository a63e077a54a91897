"""Hold every answer that a test gets to the OpenAPI document: its status, its media type, its shape."""

import re
from dataclasses import dataclass
from typing import Any

import httpx2
import jsonschema_rs


@dataclass(frozen=True, slots=True)
class Operation:
    """One method on one path, as documented."""

    path: re.Pattern[str]
    method: str
    answers: dict[str, Any]


class Contract:
    """What the document promises."""

    def __init__(self, document: dict[str, Any], *, passed_over: tuple[str, ...] = ()) -> None:
        """Hold answers to a document; headers `passed_over` are not asked for."""
        self.document = document
        self._passed_over = passed_over
        self._operations = [
            Operation(re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), method.upper(), operation["responses"])
            for path, methods in self.document["paths"].items()
            for method, operation in methods.items()
        ]
        # Names before places: …/expenses/batch is not the expense called "batch".
        self._operations.sort(key=lambda operation: operation.path.pattern.count("[^/]+"))
        self._validators: dict[str, jsonschema_rs.Validator] = {}

    def validator(self, schema: dict[str, Any]) -> jsonschema_rs.Validator:
        """Give what checks a value by a schema of the document."""
        key = repr(schema)
        if key not in self._validators:
            whole = {**schema, "components": self.document["components"]}
            self._validators[key] = jsonschema_rs.validator_for(whole, validate_formats=True)
        return self._validators[key]

    def check(self, response: httpx2.Response) -> None:
        """Refuse an answer that the document does not tell of; one to a path or method it does not know is let pass."""
        path, method = response.request.url.path, response.request.method
        operation = next(
            (each for each in self._operations if each.method == method and each.path.fullmatch(path)), None
        )
        if operation is None:
            assert response.status_code in {307, 404, 405} or not path.startswith("/v1"), response.text
            return
        place = f"{method} {path} {response.status_code}"
        assert str(response.status_code) in operation.answers, f"{place} is not documented: {response.text}"
        answer = operation.answers[str(response.status_code)]
        for name, header in answer.get("headers", {}).items():
            needed = header["required"] and name not in self._passed_over
            assert name in response.headers or not needed, f"{place} has no {name}"
        if "content" not in answer:
            assert response.content == b"", place
            return
        media_type = response.headers["content-type"].partition(";")[0]
        assert media_type in answer["content"], f"{place}: {media_type} is not documented"
        if media_type.endswith("json"):
            for error in self.validator(answer["content"][media_type]["schema"]).iter_errors(response.json()):
                message = f"{place}: {error.message} at {error.instance_path} of {response.text}"
                raise AssertionError(message)
