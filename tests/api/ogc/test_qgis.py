"""QGIS, without its window, opens the collections of the real service."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from api.store.project import Project
from tests.support.people import token_for
from tests.support.projects import small_project
from tests.support.running import running

if TYPE_CHECKING:
    from pathlib import Path

PYTHON = "/usr/bin/python3"
"""QGIS comes with the distribution, for its own Python."""
LAYERS_READ = ("buildings", "streets", "zones", "checkpoints")
BY_QGIS = """
import json, sys
from qgis.core import QgsApplication, QgsAuthMethodConfig, QgsVectorLayer

address, token, *names = sys.argv[1:]
application = QgsApplication([], False)
application.initQgis()
manager = QgsApplication.authManager()
manager.setMasterPassword("for this run", True)
known = QgsAuthMethodConfig("Basic")
known.setName("service")
known.setConfig("username", "qgis")
known.setConfig("password", token)
manager.storeAuthenticationConfig(known)
told = {}
for name in names:
    uri = f"typename='{name}' url='{address}' authcfg={known.id()} restrictToRequestBBOX='1'"
    layer = QgsVectorLayer(uri, name, "OAPIF")
    told[name] = {
        "is_valid": layer.isValid(),
        "count": layer.featureCount(),
        "read": sum(1 for feature in layer.getFeatures() if feature.hasGeometry()),
        "fields": [field.name() for field in layer.fields()],
    }
print(json.dumps(told))
"""


@pytest.fixture
def qgis(tmp_path: Path) -> dict[str, str]:
    """Give the environment in which QGIS runs; skip where it is not installed."""
    environment = {
        "HOME": str(tmp_path),
        "PATH": os.environ["PATH"],
        "QT_QPA_PLATFORM": "offscreen",
        "XDG_RUNTIME_DIR": str(tmp_path),
    }
    asked = [PYTHON, "-c", "import qgis.core"]
    is_there = shutil.which(PYTHON) and subprocess.run(
        asked, env=environment, check=False, capture_output=True, cwd=tmp_path
    )
    if is_there and is_there.returncode == 0:
        return environment
    if os.environ.get("PREVENTION_QGIS") == "required":
        pytest.fail("QGIS is not installed.")
    pytest.skip("QGIS is not installed (python3-qgis and qgis-providers).")


def test_qgis_opens_the_collections(tmp_path: Path, qgis: dict[str, str]) -> None:
    path = small_project(tmp_path / "small.gpkg")
    with Project.open(path) as project:
        counts = {name: project.count(name) for name in LAYERS_READ}

    with running(path) as service:
        given = (f"{service.base}/ogc", token_for(service.app), *LAYERS_READ)
        asked = [PYTHON, "-c", BY_QGIS, *given]
        ran = subprocess.run(
            asked, env=qgis, check=True, capture_output=True, text=True, cwd=tmp_path, timeout=120
        )

    told: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    for name, count in counts.items():
        assert told[name]["is_valid"], name
        assert (told[name]["count"], told[name]["read"]) == (count, count), name
    assert {"building_id", "residents"} <= set(told["buildings"]["fields"])
