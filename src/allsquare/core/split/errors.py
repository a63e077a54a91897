"""Name everything that can be wrong with a split."""

from allsquare.core.errors import InvalidInput


class SumMismatch(InvalidInput):
    """The shares of an exact split do not sum to the total."""

    code = "split.sum_mismatch"
    title = "The shares do not add up"


class PercentMismatch(InvalidInput):
    """The percentages do not sum to 100."""

    code = "split.percent_mismatch"
    title = "The percentages do not add up"


class ItemsMismatch(InvalidInput):
    """Items, tax and tip less the discount do not sum to the total."""

    code = "split.items_mismatch"
    title = "The items do not add up"


class NobodyShares(InvalidInput):
    """A split, or an item of one, has no participants."""

    code = "split.nobody"
    title = "Nobody takes part"


class NoItems(InvalidInput):
    """An itemized split has no items, or none that costs anything for tax, tip and discount to follow."""

    code = "split.no_items"
    title = "There are no items"


class DuplicateMember(InvalidInput):
    """A member is listed twice where once is meant."""

    code = "split.duplicate_member"
    title = "A member is listed twice"


class TooManyParticipants(InvalidInput):
    """More participants than an expense may have."""

    code = "split.too_many_participants"
    title = "There are too many participants"


class NegativeShare(InvalidInput):
    """An adjustment leaves somebody with less than nothing."""

    code = "split.negative_share"
    title = "A share would be negative"


class NegativeWeight(InvalidInput):
    """A weight or a percentage is below zero."""

    code = "split.negative_weight"
    title = "A weight is negative"


class WeightsAllZero(InvalidInput):
    """No participant has any weight, so nobody would bear the total."""

    code = "split.weights_all_zero"
    title = "All weights are zero"


class AdjustmentStranger(InvalidInput):
    """Somebody is adjusted who does not take part."""

    code = "split.adjustment_stranger"
    title = "The adjusted member does not take part"


class WrongSign(InvalidInput):
    """An amount in the split points the other way than the total."""

    code = "split.wrong_sign"
    title = "An amount has the wrong sign"


class SplitTooLarge(InvalidInput):
    """A number in the split, or how many items it has, is beyond what is allowed."""

    code = "split.too_large"
    title = "The split is too large"
