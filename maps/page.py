"""
The page of one community.

`community_page(view, *, nonce, assets) -> str` draws a `CommunityView`.
"""

from __future__ import annotations

from maps.view import CommunityView

__all__ = ["CommunityView"]
