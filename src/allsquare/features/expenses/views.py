"""Show expenses as the API does."""

from collections.abc import Sequence
from uuid import UUID

from allsquare.core.entry import Entry, ExpenseChange, ExpenseContent, change_of
from allsquare.core.event import Expense, expense_after
from allsquare.core.money import format_amount
from allsquare.core.split import Adjustment, Equal, Exact, Itemized, Part, Percentage, SplitRule
from allsquare.features.wire.decimals import show_decimal
from allsquare.features.wire.json import JsonObject


def show_expense(event_id: UUID, expense: Expense, created_by: str) -> JsonObject:
    """Show one expense; `created_by` is the name of whoever recorded it."""
    content = expense.content
    return {
        "id": expense.expense_id,
        "event_id": event_id,
        "version": expense.version,
        "seq": expense.seq,
        **show_content(content),
        "inferred": content.inferred,
        "import_id": content.import_id,
        "created_at": expense.created_at,
        "updated_at": expense.updated_at,
        "created_by": {"user_id": expense.created_by, "name": created_by},
        "deleted": expense.deleted,
    }


def show_content(content: ExpenseContent) -> JsonObject:
    """Show what an expense is about, the same in every place."""
    currency = content.currency
    return {
        "description": content.description,
        "amount": format_amount(content.amount_minor, currency),
        "currency": currency,
        "date": content.on,
        "category": content.category,
        "notes": content.notes,
        "paid_by": show_parts(content.paid, currency),
        "split": show_rule(content.split, currency),
        "shares": show_parts(content.shares, currency),
    }


def show_parts(parts: Sequence[Part], currency: str) -> list[JsonObject]:
    """Show members with amounts."""
    return [{"member": member, "amount": format_amount(amount, currency)} for member, amount in parts]


def show_rule(rule: SplitRule, currency: str) -> JsonObject:
    """Show a split rule in the shape it is given in."""
    match rule:
        case Equal():
            return {"type": "equal", "among": rule.among}
        case Exact():
            return {"type": "exact", "shares": show_parts(rule.shares, currency)}
        case Percentage():
            shares = [{"member": part.member, "percent": show_decimal(part.hundredths, 2)} for part in rule.shares]
            return {"type": "percentage", "shares": shares}
        case Adjustment():
            adjustments = show_parts(rule.adjustments, currency)
            return {"type": "adjustment", "among": rule.among, "adjustments": adjustments}
        case Itemized():
            items = [
                {"name": item.name, "amount": format_amount(item.amount_minor, currency), "among": item.among}
                for item in rule.items
            ]
            return {
                "type": "itemized",
                "items": items,
                "tax": format_amount(rule.tax_minor, currency),
                "tip": format_amount(rule.tip_minor, currency),
                "discount": format_amount(rule.discount_minor, currency),
            }
        case _:
            weights = [{"member": part.member, "weight": show_decimal(part.ten_thousandths, 4)} for part in rule.shares]
            return {"type": "shares", "shares": weights}


def expense_of(entry: Entry) -> Expense:
    """Give the expense as an entry left it."""
    return expense_after(entry, change_of(entry, ExpenseChange))


def show_difference(was: ExpenseContent | None, now: ExpenseContent | None) -> list[JsonObject]:
    """List the fields in which two versions differ, as the API shows them."""
    before, after = ({} if content is None else show_content(content) for content in (was, now))
    return [
        {"field": field, "from": before.get(field), "to": after.get(field)}
        for field in before | after
        if before.get(field) != after.get(field)
    ]
