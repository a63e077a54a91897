"""Check who paid an expense: the amounts add up, and nobody stands there twice."""

from allsquare.core.errors import InvalidInput
from allsquare.core.money import format_amount
from allsquare.core.split import Part


class PayersMismatch(InvalidInput):
    """What the payers paid does not sum to the total."""

    code = "payers.sum_mismatch"
    title = "The payers' amounts do not add up"


class PayersMissing(InvalidInput):
    """Nobody paid."""

    code = "payers.nobody"
    title = "Nobody paid"


class PayerDuplicate(InvalidInput):
    """A payer is listed twice."""

    code = "payers.duplicate_member"
    title = "A payer is listed twice"


class PayerWrongSign(InvalidInput):
    """A payer's amount points the other way than the total."""

    code = "payers.wrong_sign"
    title = "A payer's amount has the wrong sign"


def check_payers(total: int, currency: str, paid: tuple[Part, ...]) -> None:
    """Refuse payers that do not add up to the total, point the other way, or stand there twice."""
    if not paid:
        detail = "Somebody must have paid."
        raise PayersMissing(detail, field="paid_by")
    if len(paid) == 1:
        summed = paid[0][1]
    else:
        if len({part[0] for part in paid}) != len(paid):
            detail = "A payer is listed more than once."
            raise PayerDuplicate(detail, field="paid_by")
        for member, amount in paid:
            if (amount < 0) != (total < 0) and amount != 0:
                given = format_amount(amount, currency)
                detail = f"Member {member} paid {given}, which points the other way than the total."
                raise PayerWrongSign(detail, field="paid_by", actual=given)
        summed = sum([part[1] for part in paid])
    if summed != total:
        expected, actual = format_amount(total, currency), format_amount(summed, currency)
        detail = f"The payers' amounts sum to {actual}, the total is {expected}."
        raise PayersMismatch(detail, field="paid_by", expected=expected, actual=actual)
