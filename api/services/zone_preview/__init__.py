"""What changes of control zones would do, told before anything is saved."""

from api.services.zone_preview.comparing import PreviewRules, preview
from api.services.zone_preview.effects import (
    Change,
    HalfInside,
    Moved,
    Named,
    OpeningsChange,
    Preview,
    TouchedBlock,
    TouchedTeam,
)
from api.services.zone_preview.telling import preview_document

__all__ = [
    "Change",
    "HalfInside",
    "Moved",
    "Named",
    "OpeningsChange",
    "Preview",
    "PreviewRules",
    "TouchedBlock",
    "TouchedTeam",
    "preview",
    "preview_document",
]
