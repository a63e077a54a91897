"""Record many expenses in one request: each line gets its own answer, and a bad one never stops the others."""

import asyncio
from uuid import UUID

from fastapi import Request
from pydantic import ValidationError

from allsquare.core.errors import AllsquareError
from allsquare.features.events.reads import get_event
from allsquare.features.expenses.schemas import BatchLine, BatchOut
from allsquare.features.expenses.views import expense_of, show_expense
from allsquare.features.expenses.writes import new_expense_command
from allsquare.features.identity.call import Call, CallContext
from allsquare.features.wire.api import WRITE, JsonObject, Response, ValidationFailed, json_response, routes
from allsquare.features.wire.json import parse_json
from allsquare.features.wire.problems import problem_of, validation_failed

MAX_LINES = 1_000

router = routes("/events/{event_id}", "expenses")

_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "array",
                    "maxItems": MAX_LINES,
                    "items": {"$ref": "#/components/schemas/BatchLine"},
                }
            },
            "application/x-ndjson": {"schema": {"type": "string"}},
        },
    }
}


@router.post("/expenses/batch", response_model=BatchOut, responses=WRITE, openapi_extra=_BODY)
async def record_batch(event_id: UUID, request: Request, call: CallContext) -> Response:
    """Record up to 1,000 expenses: a JSON array, or one JSON object a line (application/x-ndjson)."""
    lines = _lines(await request.body(), request.headers.get("content-type", ""))
    if len(lines) > MAX_LINES:
        detail = f"The batch has {len(lines)} lines, at most {MAX_LINES} are allowed."
        raise ValidationFailed(detail, field="body", expected=f"at most {MAX_LINES}", actual=str(len(lines)))
    async with call.reading() as connection:
        await get_event(connection, event_id)
    request_id = request.scope.get("state", {}).get("request_id", "")
    results = await asyncio.gather(*[_record_line(call, event_id, line, request_id) for line in lines])
    return json_response({"results": results})


def _lines(body: bytes, content_type: str) -> list[object]:
    if content_type.startswith("application/x-ndjson"):
        return [parse_json(line) for line in body.splitlines() if line.strip()]
    parsed = parse_json(body)
    if not isinstance(parsed, list):
        detail = "A JSON array of expenses is expected."
        broken = {"field": "", "code": "validation.list_type", "message": detail}
        raise ValidationFailed(detail, field="body", broken=[broken])
    return parsed


async def _record_line(call: Call, event_id: UUID, line: object, request_id: str) -> JsonObject:
    try:
        body = BatchLine.model_validate(line)
        named = Call(call.services, call.user, idempotency_key=body.idempotency_key)
        command_id, keyed = named.command_id(natural=body.id)
        command = await new_expense_command(named, event_id, body, command_id=command_id, keyed=keyed)
        posted = await named.submit(event_id, command, named=(command_id, keyed))
    except ValidationError as error:
        problem = problem_of(validation_failed(error.errors()), request_id)
    except AllsquareError as error:
        problem = problem_of(error, request_id)
    else:
        expense = expense_of(posted.entry)
        shown = show_expense(event_id, expense, await call.services.name_of(expense.created_by))
        return {"status": 201, "replayed": posted.replayed, "expense": shown}
    return {"status": problem["status"], "problem": problem}
