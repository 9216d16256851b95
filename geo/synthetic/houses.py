"""The 59 buildings of the made-up community, as a plan of it would list them."""

from __future__ import annotations

from typing import NamedTuple


class House(NamedTuple):
    """
    One building as drawn.

    Parameters
    ----------
    x_m, y_m
        Its middle, in metres of the drawing.
    width_m, depth_m
        Along and across its front.
    turn_deg
        Counter-clockwise.
    outline
        A key of `geo.synthetic.housing.OUTLINES`.
    staircases
        With a door each, on the side `doors`; 0 where nobody counts staircases.
    flats
        Flats that the building has; 0 where nobody lives.
    doors
        Side of the doors, `N`, `E`, `S` or `W`; empty where no door is mapped.
    """

    name: str
    street_name: str
    use: str
    x_m: float
    y_m: float
    width_m: float
    depth_m: float
    floors: int
    turn_deg: float = 0.0
    outline: str = "slab"
    staircases: int = 0
    flats: int = 0
    doors: str = "S"
    is_managed: bool = False
    has_lift: bool = False


HOUSES = (
    # First compound: slabs of seven storeys without lift or management.
    House("示例新村1栋", "示例大道", "residential", 74, 56, 50, 11, 7, staircases=3, flats=42, doors="N"),
    House("示例新村2栋", "示例大道", "residential", 140, 56, 50, 11, 7, staircases=3, flats=42, doors="N"),
    House("示例新村3栋", "示例大道", "residential", 74, 98, 50, 11, 7, staircases=3, flats=42, doors="N"),
    House("示例新村4栋", "示例大道", "residential", 140, 98, 50, 11, 7, staircases=3, flats=42, doors="N"),
    House("示例新村5栋", "示例大道", "residential", 74, 140, 50, 11, 7, staircases=3, flats=42, doors="N"),
    House("示例新村6栋", "示例大道", "residential", 140, 140, 50, 11, 7, staircases=3, flats=42, doors="N"),
    # Second compound: two towers and a slab with lifts.
    House("示例花园1栋", "示例二路", "mixed", 594, 60, 62, 13, 11, -2, staircases=2, flats=44, doors="N", is_managed=True, has_lift=True),
    House("示例花园2栋", "示例二路", "residential", 556, 129, 27, 25, 18, -1, "tower", 1, 54, "N", is_managed=True, has_lift=True),
    House("示例花园3栋", "示例二路", "residential", 632, 129, 27, 25, 24, -1, "tower", 1, 72, "N", is_managed=True, has_lift=True),
    # Third compound.
    House("示例家园1栋", "示例一路", "residential", 70, 213, 40, 11, 7, 1, staircases=2, flats=28, doors="N", is_managed=True),
    House("示例家园2栋", "示例一路", "residential", 132, 214, 40, 11, 7, 1, staircases=2, flats=28, doors="N", is_managed=True),
    House("示例家园3栋", "示例一路", "residential", 66, 251, 40, 11, 7, 1, staircases=2, flats=28, doors="N", is_managed=True),
    House("示例家园4栋", "示例一路", "residential", 66, 289, 40, 11, 7, 1, staircases=2, flats=28, doors="N", is_managed=True),
    House("示例家园5栋", "示例一路", "residential", 132, 290, 40, 11, 7, 1, staircases=2, flats=28, doors="N", is_managed=True),
    # The old factory's yard, whose only gate is closed.
    House("示例机械厂1栋", "示例中路", "residential", 560, 251, 44, 10, 6, -1, staircases=2, flats=24, doors="N"),
    House("示例机械厂2栋", "示例中路", "residential", 560, 287, 44, 10, 6, -1, staircases=2, flats=24, doors="N"),
    # Pedestrian street, west side, from the south.
    House("示例步行街1号楼", "示例步行街", "commercial", 317, 50, 22, 34, 4, doors="E", is_managed=True),
    House("示例步行街3号楼", "示例步行街", "mixed", 319, 84, 20, 26, 5, staircases=1, flats=9, doors="E"),
    House("示例步行街5号楼", "示例步行街", "mixed", 319, 124, 20, 28, 5, staircases=1, flats=9, doors="E"),
    House("示例步行街7号楼", "示例步行街", "mixed", 319, 164, 20, 28, 6, staircases=1, flats=12, doors="E"),
    House("示例步行街9号楼", "示例步行街", "mixed", 318, 224, 22, 44, 6, staircases=1, flats=12, doors="E"),
    House("示例步行街11号楼", "示例步行街", "commercial", 316, 289, 24, 50, 5, outline="notched", doors="E", is_managed=True, has_lift=True),
    # Pedestrian street, east side.
    House("示例步行街2号楼", "示例步行街", "commercial", 360, 52, 22, 36, 4, doors="W", is_managed=True),
    House("示例步行街4号楼", "示例步行街", "mixed", 360, 86, 20, 24, 5, staircases=1, flats=9, doors="W"),
    House("示例步行街6号楼", "示例步行街", "mixed", 360, 125, 20, 28, 5, staircases=1, flats=9, doors="W"),
    House("示例步行街8号楼", "示例步行街", "mixed", 360, 163, 20, 26, 6, staircases=1, flats=12, doors="W"),
    House("示例步行街10号楼", "示例步行街", "commercial", 361, 210, 22, 26, 4, doors="W", is_managed=True),
    House("示例步行街12号楼", "示例步行街", "mixed", 361, 254, 22, 32, 6, staircases=1, flats=12, doors="W"),
    House("示例步行街14号楼", "示例步行街", "commercial", 361, 300, 24, 40, 5, outline="notched", doors="W", is_managed=True, has_lift=True),
    # What else a quarter has.
    House("示例集贸市场", "示例大道", "commercial", 236, 62, 68, 38, 2, 1, doors="N", is_managed=True),
    House("示例商务大厦", "示例大道", "office", 424, 62, 38, 32, 28, -1, "notched", doors="S", is_managed=True, has_lift=True),
    House("示例创业楼", "示例大道", "office", 480, 58, 34, 20, 12, -1, doors="S", is_managed=True, has_lift=True),
    House("示例社区服务中心", "示例中路", "public", 416, 162, 34, 16, 3, -1, doors="N", is_managed=True),
    House("示例宾馆", "示例站前路", "commercial", 455, 304, 52, 18, 9, -1, doors="N", is_managed=True, has_lift=True),
    House("示例铁路公寓", "示例五巷", "dormitory", 442, 256, 54, 13, 5, staircases=1, flats=30, doors="S"),
    House("示例幼儿园", "示例中路", "education", 452, 206, 40, 16, 3, -1, doors="S"),
    House("示例小学教学楼", "示例中路", "education", 244, 284, 72, 38, 4, outline="ell", doors="S", is_managed=True),
    House("示例卫生服务站", "示例中路", "health", 585, 208, 32, 16, 3, -2, doors="S", is_managed=True),
    House("示例站", "示例站前路", "transport", 390, 373, 86, 17, 2, outline="station", doors="S", is_managed=True),
    House("示例仓库", "示例站前路", "industrial", 118, 360, 64, 20, 1, -3, doors="S"),
    House("示例快递分拣点", "示例站前路", "industrial", 566, 356, 56, 20, 1, 3, doors="S"),
    House("示例机修车间", "示例东路", "industrial", 642, 272, 48, 32, 2, -1, "ell", doors="S"),
    # Old quarter: courtyard houses between the alleys.
    House("示例二巷1号", "示例二巷", "residential", 211, 126, 21, 21, 1, outline="court", flats=4, doors="S"),
    House("示例二巷3号", "示例二巷", "residential", 240, 126, 22, 20, 2, 2, "court", flats=5, doors=""),
    House("示例二巷5号", "示例二巷", "residential", 270, 125, 21, 22, 1, -2, "court", flats=4, doors="S"),
    House("示例二巷2号", "示例二巷", "residential", 209, 165, 22, 20, 2, 1, "court", flats=5, doors=""),
    House("示例二巷4号", "示例二巷", "residential", 239, 167, 21, 21, 1, outline="court", flats=4, doors="N"),
    House("示例二巷6号", "示例二巷", "residential", 269, 165, 22, 21, 1, 1, "ell", flats=3, doors="N"),
    # Behind the railway.
    House("示例铁北巷2号", "示例铁北巷", "residential", 68, 481, 24, 20, 1, 4, "court", flats=4, doors="S"),
    House("示例铁北巷4号", "示例铁北巷", "residential", 118, 486, 22, 20, 2, -1, "court", flats=4, doors="S"),
    House("示例铁北巷6号", "示例铁北巷", "residential", 184, 476, 26, 20, 1, -7, "ell", flats=3, doors=""),
    House("示例铁北巷8号", "示例铁北巷", "residential", 246, 470, 24, 22, 1, -5, "court", flats=4, doors="S"),
    House("示例铁北巷10号", "示例铁北巷", "residential", 306, 466, 22, 20, 2, -5, "court", flats=5, doors="S"),
    House("示例铁北巷12号", "示例铁北巷", "residential", 388, 461, 26, 20, 1, -2, "ell", flats=3, doors=""),
    House("示例铁北巷14号", "示例铁北巷", "residential", 448, 463, 24, 20, 1, 3, "court", flats=4, doors="S"),
    House("示例铁北巷1号", "示例铁北巷", "residential", 262, 426, 24, 16, 1, -5, "ell", flats=3, doors="N"),
    House("示例铁北巷16号", "示例铁北巷", "residential", 606, 492, 24, 20, 1, 12, "court", flats=4, doors="S"),
    House("示例铁北巷18号", "示例铁北巷", "residential", 668, 501, 26, 20, 2, 11, "court", flats=5, doors="S"),
    House("示例铁北巷3号", "示例铁北巷", "residential", 656, 454, 24, 16, 1, 11, "ell", flats=3, doors=""),
)  # fmt: skip
