"""Give operations that the story does not tell of an example each, put together from those of their fields.

`tests/features/test_contract.py` holds every example to its schema.
"""

from typing import Any

Json = Any
Document = dict[str, Any]

_BY_FORMAT = {
    "uuid": "019302a1-7c00-7000-8000-0000000077aa",
    "date-time": "2026-11-20T12:00:00Z",
    "date": "2026-11-20",
}
_SVG = '<svg xmlns="http://www.w3.org/2000/svg"></svg>'


def add_derived_examples(document: Document) -> None:
    """Add what is missing, to request bodies and to answers of success."""
    for methods in document["paths"].values():
        for operation in methods.values():
            bodies = [operation["requestBody"]] if "requestBody" in operation else []
            bodies += [answer for status, answer in operation["responses"].items() if status.startswith("2")]
            for body in bodies:
                for media_type, content in body.get("content", {}).items():
                    if "examples" not in content and media_type in {"application/json", "image/svg+xml"}:
                        value = _SVG if media_type == "image/svg+xml" else example_of(content["schema"], document)
                        content["examples"] = {"one": {"summary": "One of its kind", "value": value}}


def example_of(schema: Document, document: Document) -> Json:
    """Put an example together: the schema's own first, else from its parts."""
    if "$ref" in schema:
        return example_of(document["components"]["schemas"][schema["$ref"].rpartition("/")[2]], document)
    for name in ("examples", "enum"):
        if schema.get(name):
            return schema[name][0]
    for name in ("const", "default"):
        if name in schema:
            return schema[name]
    if "anyOf" in schema or "oneOf" in schema:
        return example_of((schema.get("anyOf") or schema["oneOf"])[0], document)
    return _by_type(schema, document)


def _by_type(schema: Document, document: Document) -> Json:
    match schema.get("type"):
        case "object":
            needed = set(schema.get("required", ()))
            return {
                name: example_of(field, document)
                for name, field in schema.get("properties", {}).items()
                if name in needed or field.get("examples")
            }
        case "array":
            return [example_of(schema["items"], document)]
        case "integer":
            return max(1, schema.get("minimum", 1))
        case "boolean":
            return True
        case "string":
            return _BY_FORMAT.get(schema.get("format", ""), "text")
        case _:
            return None
