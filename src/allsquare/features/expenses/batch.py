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
from allsquare.features.wire.errors import MalformedJson
from allsquare.features.wire.json import parse_json
from allsquare.features.wire.problems import problem_of, validation_failed
from allsquare.features.wire.route import require_json

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
    # The plain request gives the body whatever it says it is; lines of JSON are not JSON.
    body = await Request(request.scope, request.receive).body()
    lines = _lines(body, request.headers.get("content-type", ""))
    if len(lines) > MAX_LINES:
        detail = f"The batch has {len(lines)} lines, at most {MAX_LINES} are allowed."
        raise ValidationFailed(detail, field="body", expected=f"at most {MAX_LINES}", actual=str(len(lines)))
    async with call.reading() as connection:
        event = await get_event(connection, event_id)
    # With the currency known, nothing makes a line wait before it is queued: they are recorded in their order.
    call.services.remember_currency(event_id, event.currency)
    request_id = request.scope.get("state", {}).get("request_id", "")
    recorded = await asyncio.gather(
        *[_record_line(call, event_id, index, line, request_id) for index, line in enumerate(lines)]
    )
    replays = [replayed for _, replayed in recorded if replayed is not None]
    again = call.idempotency_key is not None and bool(replays) and all(replays)
    headers = {"Idempotency-Replayed": "true"} if again else None
    return json_response({"results": [result for result, _ in recorded]}, headers=headers)


def _lines(body: bytes, content_type: str) -> list[object]:
    if content_type.partition(";")[0].strip().lower() == "application/x-ndjson":
        return [_parse_line(line) for line in body.splitlines() if line.strip()]
    require_json(content_type)
    parsed = parse_json(body)
    if not isinstance(parsed, list):
        detail = "A JSON array of expenses is expected."
        broken = {"field": "", "code": "validation.list_type", "message": detail}
        raise ValidationFailed(detail, field="body", broken=[broken])
    return parsed


def _parse_line(line: bytes) -> object:
    try:
        return parse_json(line)
    except MalformedJson as error:
        return error


async def _record_line(
    call: Call, event_id: UUID, index: int, line: object, request_id: str
) -> tuple[JsonObject, bool | None]:
    """Record one line; tells also whether it was answered before, or None where it never came so far."""
    replayed = None
    try:
        if isinstance(line, MalformedJson):
            raise line
        body = BatchLine.model_validate(line)
        named = Call(call.services, call.caller, call.sight, idempotency_key=body.idempotency_key)
        command_id, keyed = named.command_id(natural=body.id)
        if not keyed and call.idempotency_key is not None:
            # The key of the whole request names each line without a name of its own, by its place.
            command_id, keyed = call.command_id_of_line(index), True
        command = await new_expense_command(named, event_id, body, command_id=command_id, keyed=keyed)
        posted = await named.submit(event_id, command, named=(command_id, keyed))
    except ValidationError as error:
        problem = problem_of(validation_failed(error.errors()), request_id)
    except AllsquareError as error:
        problem = problem_of(error, request_id)
        replayed = error.replayed or None
    else:
        expense = expense_of(posted.entry)
        shown = show_expense(event_id, expense, await call.name_of(expense.created_by, event_id))
        result = {"status": 201, "expense": shown}
        if call.idempotency_key is None:
            result["replayed"] = posted.replayed
        return result, posted.replayed
    return {"status": problem["status"], "problem": problem}, replayed
