"""Draw a link as a QR code."""

import io

import segno

UNIT = 4
QUIET_ZONE = 4
"""What the standard asks for around a code, in units (ISO/IEC 18004)."""


def draw_qr(text: str, *, title: str) -> bytes:
    """Draw a text as an SVG that stands alone: paths only, no script, no style sheet, nothing from elsewhere."""
    code = segno.make_qr(text, error="m")
    drawing = io.BytesIO()
    # White beneath it, so that it can be read from a dark page too.
    code.save(drawing, kind="svg", scale=UNIT, border=QUIET_ZONE, light="white", title=title, nl=False)
    return drawing.getvalue()
