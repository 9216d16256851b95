"""Which layer a file, sheet or inner layer is meant for, and what the source is called."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from geo.errors import ReadError, UnknownLayerError
from geo.layers import LAYERS, find_layer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from geo.schema import Layer

_TITLES: Mapping[str, tuple[str, ...]] = {
    "areas": ("area", "区域", "行政区划", "社区", "网格", "社区网格"),
    "buildings": ("building", "楼栋", "楼房", "房屋", "建筑", "建筑物", "楼栋信息", "楼栋表"),
    "entrances": ("entrance", "入口", "单元门", "单元入口"),
    "streets": ("street", "roads", "road", "道路", "路网", "街巷"),
    "barriers": ("barrier", "围挡", "围墙", "围栏"),
    "gates": ("gate", "门", "大门", "小区门", "出入口"),
    "checkpoints": ("checkpoint", "卡点", "检查点", "卡口", "防疫卡点"),
    "sampling_sites": ("sampling_site", "sites", "采样点", "核酸采样点", "核酸检测点", "检测点"),
    "zones": ("zone", "control_zones", "管控区域", "封控区", "管控区", "防范区", "封控区域"),
    "premises": ("premise", "单位", "企业", "商户", "店铺", "经营场所", "企业名单", "复工单位"),
    "blocks": ("block", "片区", "包片"),
    "needs": ("need", "需求", "居民需求"),
    "offices": ("office", "办公点", "居委会", "社区办公点"),
    "reports": ("report", "复工报表", "复工日报", "复工情况", "复工表", "日报"),
}
_KNOWN_SUFFIXES = (
    ".osm.pbf",
    ".osm.gz",
    ".osm.bz2",
    ".csv.gz",
    ".geojson",
    ".json",
    ".gpkg",
    ".zip",
    ".csv",
    ".xlsx",
    ".osm",
    ".pbf",
)
_DAY_AT_END = re.compile(r"[\s_-]*\d[\d\s_.-]*$")


def source_name(path: Path) -> str:
    """
    Name a file without its endings.

    Examples
    --------
    >>> from pathlib import Path
    >>> source_name(Path("a/sites.csv.gz"))
    'sites'
    """
    suffix = known_suffix(path)
    return path.name[: -len(suffix)] if suffix else path.stem


def known_suffix(path: Path) -> str:
    """
    Give the ending that says the format, in lower case; empty if it says none.

    Examples
    --------
    >>> from pathlib import Path
    >>> known_suffix(Path("Map.OSM.PBF"))
    '.osm.pbf'
    """
    name = path.name.lower()
    return next((suffix for suffix in _KNOWN_SUFFIXES if name.endswith(suffix)), "")


def layer_titled(title: str) -> Layer | None:
    """
    Give the layer that a title names, with or without a day at its end.

    Examples
    --------
    >>> layer_titled("楼栋").name, layer_titled("Reports-2020-03-25").name
    ('buildings', 'reports')
    >>> layer_titled("misc") is None
    True
    """
    plain = _plain(title)
    by_title = {_plain(known): name for name, titles in _TITLES.items() for known in titles}
    by_title |= {name: name for name in LAYERS}
    for candidate in (plain, _DAY_AT_END.sub("", plain)):
        if candidate in by_title:
            return LAYERS[by_title[candidate]]
    return None


def choose_layers(
    inner_names: Sequence[str], *, path: Path, wanted: str | None
) -> tuple[tuple[str, Layer], ...]:
    """
    Say which inner layer of a file goes to which layer.

    Parameters
    ----------
    inner_names
        Layers or sheets of the file that hold anything; at least one.
    path
        The file; its stem decides where it holds one inner layer.
    wanted
        Layer that the caller names, if any.

    Returns
    -------
    chosen
        Inner name and layer, in the order of the file.

    Raises
    ------
    ReadError
        If nothing can be told, or two inner layers go to one layer; the message lists them.
    """
    chosen = _wanted(inner_names, path, wanted) if wanted else _titled(inner_names, path)
    names = [layer.name for _, layer in chosen]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        told = ", ".join(inner for inner, layer in chosen if layer.name in twice)
        msg = f"{path.name}: expected one part for each layer, got {told} for {', '.join(twice)}."
        raise ReadError(msg)
    return chosen


def _wanted(inner_names: Sequence[str], path: Path, wanted: str) -> tuple[tuple[str, Layer], ...]:
    try:
        layer = find_layer(wanted)
    except UnknownLayerError as error:
        raise ReadError(str(error)) from None
    if len(inner_names) == 1:
        return ((inner_names[0], layer),)
    fitting = tuple((name, layer) for name in inner_names if layer_titled(name) is layer)
    if not fitting:
        inside = ", ".join(inner_names)
        msg = f"{path.name}: expected a part named {wanted}, got {inside}."
        raise ReadError(msg)
    return fitting


def _titled(inner_names: Sequence[str], path: Path) -> tuple[tuple[str, Layer], ...]:
    chosen: tuple[tuple[str, Layer | None], ...]
    if len(inner_names) == 1:
        layer = layer_titled(source_name(path)) or layer_titled(inner_names[0])
        chosen = ((inner_names[0], layer),)
    else:
        chosen = tuple((name, layer_titled(name)) for name in inner_names)
    known = tuple((name, layer) for name, layer in chosen if layer is not None)
    if not known:
        inside = ", ".join(inner_names)
        layers = ", ".join(LAYERS)
        msg = f"{path.name}: expected a name that says the layer ({layers}), got {inside}."
        raise ReadError(msg)
    return known


def _plain(title: str) -> str:
    text = unicodedata.normalize("NFKC", title).strip().casefold()
    return re.sub(r"[\s-]+", "_", text)
