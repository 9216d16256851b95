"""Columns of a source under their declared names."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

import pandas as pd

from geo.io.values import typed
from geo.kinds import wanted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geo.checks import Findings
    from geo.schema import Layer

LON_NAMES = ("lon", "lng", "longitude", "经度", "x")
LAT_NAMES = ("lat", "latitude", "纬度", "y")
WKT_NAMES = ("wkt", "geometry", "geom", "the_geom", "shape")
ID_NAMES = ("id", "@id", "编号", "唯一编号")
BUILDING_NAMES = (
    "building_id",
    "building",
    "building_name",
    "building_number",
    "楼栋编号",
    "楼栋",
    "楼栋名称",
    "所在楼栋",
    "楼号",
    "门牌号",
)

_UNIT = re.compile(r"\s*[(\[（【][^)\]）】]*[)\]）】]\s*$")


def plain_name(name: str) -> str:
    """
    Reduce a heading to what is compared: no case, no unit, no mark of a required column.

    Examples
    --------
    >>> plain_name(" Building ID*"), plain_name("户数（户）")
    ('building_id', '户数')
    """
    text = unicodedata.normalize("NFKC", name).strip().strip("*").casefold()
    return re.sub(r"[\s-]+", "_", _UNIT.sub("", text).strip())


def find_column(names: Sequence[str], candidates: Sequence[str]) -> str | None:
    """Give the name in the source of the first candidate that it has."""
    by_plain = {plain_name(name): name for name in reversed(names)}
    return next((by_plain[name] for name in candidates if name in by_plain), None)


def match_columns(names: Sequence[str], layer: Layer, *, name_length: int = 0) -> dict[str, str]:
    """
    Say under which name the source has each declared column.

    Parameters
    ----------
    names
        Columns of the source.
    layer
        Its declared names win over their aliases, earlier aliases over later ones.
    name_length
        How long names can be in the format: a cut one counts if only one column starts so.

    Returns
    -------
    matched
        Names in the source by declared name, only those that the source has.

    Examples
    --------
    >>> from geo.layers import BUILDINGS
    >>> match_columns(["楼栋", "层数", "备注"], BUILDINGS)
    {'name': '楼栋', 'floors': '层数'}
    """
    free = list(names)
    matched: dict[str, str] = {}
    for column in layer.columns:
        candidates = (column.name, *(plain_name(alias) for alias in column.aliases))
        found = find_column(free, candidates)
        if found is None and name_length and len(column.name) > name_length:
            found = _cut_name(free, column.name, layer, name_length)
        if found is not None:
            matched[column.name] = found
            free.remove(found)
    return matched


def recognised(names: Sequence[str | None], layer: Layer) -> int:
    """Count the headings that mean something for the layer."""
    known = {
        plain_name(name) for column in layer.columns for name in (column.name, *column.aliases)
    }
    known |= {*LON_NAMES, *LAT_NAMES, *WKT_NAMES, *ID_NAMES, *BUILDING_NAMES}
    return sum(name is not None and plain_name(name) in known for name in names)


def typed_columns(
    values: pd.DataFrame, layer: Layer, matched: Mapping[str, str], findings: Findings
) -> pd.DataFrame:
    """
    Give the declared columns that the source has, typed.

    Parameters
    ----------
    values
        As read.
    layer
        The declaration.
    matched
        Names in the source by declared name.
    findings
        Takes the values that cannot be typed.
    """
    columns: dict[str, pd.Series] = {}
    for name, source in matched.items():
        column = layer.column(name)
        columns[name], is_bad = typed(values[source], column.kind)
        if is_bad.any():
            findings.add(name, is_bad, wanted(column), values[source].tolist())
    return pd.DataFrame(columns, index=values.index)


def _cut_name(names: Sequence[str], wanted_name: str, layer: Layer, length: int) -> str | None:
    cut = wanted_name[:length]
    rivals = [name for name in layer.column_names if name.startswith(cut)]
    return find_column(names, (cut,)) if len(rivals) == 1 else None
