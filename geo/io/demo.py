"""
The made-up community as files: where they are, and how they are written anew.

``python -m geo.io.demo`` writes `data/geojson` of a source tree again, byte for byte.
"""

from __future__ import annotations

import csv
import json
import sys
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.layers import LAYERS
from geo.synthetic.community import make_community

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[2]
SOURCE_FOLDER = ROOT / "data" / "geojson"
FOLDERS = (SOURCE_FOLDER, ROOT / "geo" / "demo_data")
"""In a source tree, and in the installed package."""
ATTRIBUTION = "Synthetic data 合成数据"
"""Shown on every map of the demo; by its first word the page knows what it shows."""
NOTICE = (
    "Synthetic: drawn from a seed. No place, firm, person or figure in this file is real. "
    "合成数据：地点、单位、人员与数字均为虚构。"
)


def demo_folder(folders: Sequence[Path] = FOLDERS) -> Path:
    """
    Find the folder of the made-up community.

    Parameters
    ----------
    folders
        Where it may be; the first that holds it counts.

    Raises
    ------
    FileNotFoundError
        If none of them holds it.
    """
    for folder in folders:
        if (folder / "buildings.geojson").is_file():
            return folder
    msg = f"Expected the demo's layers in {' or '.join(map(str, folders))}, found none."
    raise FileNotFoundError(msg)


def write_demo(folder: Path) -> None:
    """Write every layer of the made-up community to a folder, which is made if missing."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in make_community().items():
        if isinstance(frame, gpd.GeoDataFrame):
            text = geojson_text(name, frame)
            (folder / f"{name}.geojson").write_text(text, encoding="utf-8", newline="\n")
        else:
            _write_table(folder / f"{name}.csv", frame)


def geojson_text(name: str, features: gpd.GeoDataFrame) -> str:
    """
    Write a layer as GeoJSON, a feature a line, marked as synthetic.

    Parameters
    ----------
    features
        WGS 84, with the columns declared for the layer `name`.
    """
    columns = list(LAYERS[name].column_names)
    values = [_plain_row(row) for row in features[columns].itertuples(index=False, name=None)]
    shapes = shapely.to_geojson(features.geometry.to_numpy())
    lines = [
        _compact(
            {
                "type": "Feature",
                "properties": dict(zip(columns, row, strict=True)),
                "geometry": json.loads(shape),
            }
        )
        for row, shape in zip(values, shapes, strict=True)
    ]
    head = {
        "type": "FeatureCollection",
        "name": name,
        "synthetic": True,
        "attribution": ATTRIBUTION,
        "description": NOTICE,
    }
    return f'{_compact(head)[:-1]},"features":[\n' + ",\n".join(lines) + "\n]}\n"


def main(arguments: Sequence[str]) -> None:
    """Write the demo to the folder that is named, or else to that of the source tree."""
    write_demo(Path(arguments[0]) if arguments else SOURCE_FOLDER)


def _write_table(path: Path, rows: pd.DataFrame) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(rows.columns)
        for row in rows.itertuples(index=False, name=None):
            writer.writerow([_cell(value) for value in _plain_row(row)])


def _cell(value: object) -> object:
    return str(value).lower() if isinstance(value, bool) else value


def _plain_row(row: tuple[Any, ...]) -> list[Any]:
    return [_plain(value) for value in row]


def _plain(value: Any) -> Any:  # noqa: ANN401 - a cell of a frame, into JSON
    """Give a cell as JSON knows it."""
    if pd.isna(value):
        return None
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, date):
        return value.isoformat()
    return value.item() if isinstance(value, np.generic) else value


def _compact(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    main(sys.argv[1:])
