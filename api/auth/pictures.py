"""Tokens as QR codes, to be handed over from screen to phone."""

from __future__ import annotations

from io import StringIO

import segno

SCALE = 4


def qr_svg(text: str) -> str:
    """Draw a QR code as an SVG element."""
    return segno.make(text, micro=False).svg_inline(scale=SCALE)


def qr_text(text: str) -> str:
    """Draw a QR code for a terminal, two rows of it in one line of text."""
    drawn = StringIO()
    segno.make(text, micro=False).terminal(out=drawn, compact=True)
    return drawn.getvalue()
