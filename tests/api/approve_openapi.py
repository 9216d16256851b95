"""``python -m tests.api.approve_openapi`` writes the OpenAPI document as the approved one."""

from __future__ import annotations

import json
from pathlib import Path

from api.main import create_app
from api.settings import Settings
from tests.support.communities import drawn_community

if __name__ == "__main__":
    document = create_app(Settings(), drawn_community()).openapi()
    text = json.dumps(document, indent=2, ensure_ascii=False, sort_keys=True)
    Path(__file__).with_name("openapi.json").write_text(f"{text}\n", encoding="utf-8")
