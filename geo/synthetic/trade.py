"""Firms and shops of the made-up community: where they are and whom they employ."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import shapely

from geo.layers import PREMISES
from geo.synthetic.ground import MADE_UP, as_layer, numbered
from geo.synthetic.houses import HOUSES
from geo.synthetic.housing import outline
from geo.synthetic.people import apportioned

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray


class Trade(NamedTuple):
    """
    One category of premises, as of the last day.

    Parameters
    ----------
    premises, reopened, staff_back
        On the books; open again; people back at work in those.
    stayed_away_share
        Employees of a firm who are not back, at most, as a share of those who are.
    sectors
        What they trade in, set apart by blanks.
    """

    category: str
    premises: int
    reopened: int
    staff_back: int
    stayed_away_share: float
    sectors: str


TRADES = (
    Trade("enterprise", 118, 107, 1300, 0.3, "科技 商贸 建材 物流 咨询 装饰 机电 广告"),
    Trade("catering", 104, 92, 212, 0.8, "面馆 小吃店 米粉店 饭店 茶餐厅 烧烤店 早点铺"),
    Trade("retail", 140, 131, 268, 0.6, "超市 服装店 水果店 文具店 五金店 鞋店 粮油店 手机店"),
    Trade("services", 61, 47, 114, 0.8, "理发店 洗衣店 打印店 家政部 修理部"),
)
WORDS = """
东升 南湖 西苑 北辰 金秋 银杏 青松 翠竹 红梅 兰亭 晨光 晚晴
春风 秋实 和顺 永兴 长乐 安康 吉祥 如意 德胜 广源 同心 友谊
"""
ATTRACTIONS = {
    "enterprise": {"office": 10.0, "commercial": 1.0, "mixed": 0.6, "industrial": 8.0},
    "catering": {"commercial": 5.0, "mixed": 6.0, "transport": 4.0, "dormitory": 1.0},
    "retail": {"commercial": 8.0, "mixed": 6.0, "transport": 2.0},
    "services": {"commercial": 3.0, "mixed": 5.0, "office": 1.0, "dormitory": 1.0},
}
"""How strongly a use draws a category, for each square metre of ground."""
STOREYS_COUNTED = {"office": 12, "commercial": 2, "mixed": 1}
LEAST_FROM_WALL_M = 2.0


def premises(buildings: gpd.GeoDataFrame, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """
    Draw the premises, in WGS 84.

    Parameters
    ----------
    buildings
        Of `geo.synthetic.housing`, in the order of `HOUSES`.

    Returns
    -------
    premises
        The declared columns, and `staff_back_last`: people back at work on the last day, 0 for
        those still closed.
    """
    rows = pd.concat([_of_trade(trade, rng) for trade in TRADES], ignore_index=True)
    house = rows.pop("house").to_numpy(dtype=np.int64)
    rows["premises_id"] = numbered("P", len(rows), digits=3)
    rows["building_id"] = buildings["building_id"].to_numpy()[house]
    rows["area_code"] = buildings["area_code"].to_numpy()[house]
    places = as_layer(PREMISES, rows, _places(house, rng))
    return places.assign(staff_back_last=rows["staff_back_last"])


def _of_trade(trade: Trade, rng: np.random.Generator) -> pd.DataFrame:
    staff = _staff(trade, rng)
    away = np.floor(staff * trade.stayed_away_share * rng.random(len(staff)) + 0.5)
    is_open = rng.permutation(trade.premises) < trade.reopened
    still_closed = np.maximum(1, np.rint(staff * 0.7)).astype(np.int64)
    back = np.zeros(trade.premises, dtype=np.int64)
    back[is_open] = staff
    employees = np.resize(still_closed, trade.premises)
    employees[is_open] = staff + away.astype(np.int64)
    names, sectors = _names(trade)
    return pd.DataFrame(
        {
            "name": names,
            "category": trade.category,
            "sector": sectors,
            "employees": employees,
            "staff_back_last": back,
            "house": rng.permutation(np.repeat(np.arange(len(HOUSES)), _counts(trade))),
        }
    )


def _staff(trade: Trade, rng: np.random.Generator) -> NDArray[np.int64]:
    """Draw the people back at each open premises: one at least, a few with many, the sum exact."""
    size = rng.random(trade.reopened) ** -0.6
    return 1 + apportioned(size, trade.staff_back - trade.reopened)


def _counts(trade: Trade) -> NDArray[np.int64]:
    """Share the premises of a trade out over the houses."""
    draws = ATTRACTIONS[trade.category]
    pull = [
        draws.get(house.use, 0) * outline(house).area * STOREYS_COUNTED.get(house.use, 1)
        for house in HOUSES
    ]
    return apportioned(np.asarray(pull), trade.premises)


def _names(trade: Trade) -> tuple[list[str], list[str]]:
    """Make up names, each once: the words run through, then the next sector."""
    kinds = trade.sectors.split()
    end = "公司" if trade.category == "enterprise" else ""
    words = WORDS.split()
    rounds = [divmod(turn, len(words)) for turn in range(trade.premises)]
    sectors = [kinds[(number + word) % len(kinds)] for number, word in rounds]
    names = [
        f"{MADE_UP}{words[word]}{sector}{end}"
        for (_, word), sector in zip(rounds, sectors, strict=True)
    ]
    return names, sectors


def _places(house: NDArray[np.int64], rng: np.random.Generator) -> list[shapely.Point]:
    """Draw places inside the houses, off the walls."""
    rooms = [outline(drawn).buffer(-LEAST_FROM_WALL_M) for drawn in HOUSES]
    return [_place_in(rooms[position], rng) for position in house]


def _place_in(room: shapely.Polygon, rng: np.random.Generator) -> shapely.Point:
    west, south, east, north = room.bounds
    while True:
        x, y = rng.random(2) * (east - west, north - south) + (west, south)
        if shapely.contains_xy(room, x, y):
            return shapely.Point(x, y)
