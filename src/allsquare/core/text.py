"""Check the few free texts people give: names, descriptions, notes."""

import unicodedata

from allsquare.core.errors import InvalidInput

MAX_NAME = 100
MAX_DESCRIPTION = 200
MAX_CATEGORY = 60
MAX_NOTES = 4_000


class TextEmpty(InvalidInput):
    """A text that must say something is empty or blank."""

    code = "text.empty"
    title = "The text is empty"


class TextTooLong(InvalidInput):
    """A text is longer than its field takes."""

    code = "text.too_long"
    title = "The text is too long"


class TextUnprintable(InvalidInput):
    """A text holds control characters or half a character."""

    code = "text.unprintable"
    title = "The text holds characters that cannot be shown"


def check_text(text: str, *, field: str, limit: int, multiline: bool = False) -> str:
    """Return the text without surrounding blanks, or refuse it.

    Units: `limit` in characters (Unicode code points).
    Raises: TextEmpty, TextTooLong, TextUnprintable.
    """
    cleaned = text.strip()
    if not cleaned:
        detail = f"{field} must not be empty."
        raise TextEmpty(detail, field=field)
    if len(cleaned) > limit:
        detail = f"{field} has {len(cleaned)} characters, at most {limit} are allowed."
        raise TextTooLong(detail, field=field, expected=f"at most {limit}", actual=str(len(cleaned)))
    if not cleaned.isprintable():
        _refuse_control_characters(cleaned, field=field, multiline=multiline)
    return cleaned


def _refuse_control_characters(text: str, *, field: str, multiline: bool) -> None:
    # isprintable() also refuses unusual blanks and formatting marks that real names hold (the zero-width joiner of
    # Indic scripts and emoji), so only control characters (Cc) and lone surrogates (Cs) are refused here.
    for position, character in enumerate(text):
        if unicodedata.category(character) in {"Cc", "Cs"} and not (multiline and character in "\n\t\r"):
            detail = f"{field} holds the character U+{ord(character):04X} at position {position + 1}."
            raise TextUnprintable(detail, field=field, actual=f"U+{ord(character):04X}")


def check_optional_text(text: str | None, *, field: str, limit: int, multiline: bool = False) -> str | None:
    """Check a text that may be missing; a blank one counts as missing."""
    if text is None or not text.strip():
        return None
    return check_text(text, field=field, limit=limit, multiline=multiline)
