"""The 59 buildings of the made-up community, as a register of them would list them."""

from __future__ import annotations

from typing import NamedTuple

from geo.synthetic.ground import MADE_UP

REGISTER = """
name        street  use          x_m y_m width depth floors turn outline stairs flats doors has

新村1栋     大道    residential   72  56  56  12   7   0  slab     3  42  N  -
新村2栋     大道    residential  141  56  56  12   7   0  slab     3  42  N  -
新村3栋     大道    residential   72  98  56  12   7   0  slab     3  42  N  -
新村4栋     大道    residential  141  98  56  12   7   0  slab     3  42  N  -
新村5栋     大道    residential   72 140  56  12   7   0  slab     3  42  N  -
新村6栋     大道    residential  141 140  56  12   7   0  slab     3  42  N  -

花园1栋     二路    mixed        594  58  68  14  11  -2  slab     2  44  N  management,lift
花园2栋     二路    residential  556 128  30  28  18  -1  tower    1  54  N  management,lift
花园3栋     二路    residential  634 128  30  28  24  -1  tower    1  72  N  management,lift

家园1栋     一路    residential   70 213  46  12   7   1  slab     2  28  N  management
家园2栋     一路    residential  133 214  46  12   7   1  slab     2  28  N  management
家园3栋     一路    residential   68 251  46  12   7   1  slab     2  28  N  management
家园4栋     一路    residential   68 289  46  12   7   1  slab     2  28  N  management
家园5栋     一路    residential  132 290  46  12   7   1  slab     2  28  N  management

机械厂1栋   中路    residential  564 250  48  11   6  -1  slab     2  24  N  -
机械厂2栋   中路    residential  564 285  48  11   6  -1  slab     2  24  N  -

步行街1号楼 步行街  commercial   317  50  24  40   4   0  slab     0   0  E  management
步行街3号楼 步行街  mixed        319  86  22  26   5   0  slab     1   9  E  -
步行街5号楼 步行街  mixed        319 125  22  32   5   0  slab     1   9  E  -
步行街7号楼 步行街  mixed        319 165  22  30   6   0  slab     1  12  E  -
步行街9号楼 步行街  mixed        318 222  24  44   6   0  slab     1  12  E  -
步行街11号楼 步行街 commercial   316 286  28  60   5   0  notched  0   0  E  management,lift
步行街2号楼 步行街  commercial   361  53  24  40   4   0  slab     0   0  W  management
步行街4号楼 步行街  mixed        360  88  22  22   5   0  slab     1   9  W  -
步行街6号楼 步行街  mixed        360 125  22  34   5   0  slab     1   9  W  -
步行街8号楼 步行街  mixed        360 164  22  32   6   0  slab     1  12  W  -
步行街10号楼 步行街 commercial   361 211  24  28   4   0  slab     0   0  W  management
步行街12号楼 步行街 mixed        361 255  24  36   6   0  slab     1  12  W  -
步行街14号楼 步行街 commercial   362 299  26  42   5   0  notched  0   0  W  management,lift

集贸市场    大道    commercial   241  62  78  44   2   1  slab     0   0  N  management
商务大厦    大道    office       428  62  44  36  28  -1  notched  0   0  S  management,lift
创业楼      大道    office       484  58  36  24  12  -1  slab     0   0  S  management,lift
社区服务中心 中路   public       416 161  42  18   3  -1  slab     0   0  N  management
宾馆        站前路  commercial   452 303  64  20   9  -1  slab     0   0  N  management,lift
铁路公寓    五巷    dormitory    442 256  62  14   5   0  slab     1  30  S  -
幼儿园      中路    education    450 209  46  22   3  -1  ell      0   0  S  -
小学教学楼  中路    education    244 286  80  44   4   0  ell      0   0  S  management
卫生服务站  中路    health       590 209  36  18   3  -2  slab     0   0  S  management
站          站前路  transport    390 374  90  17   2   0  station  0   0  S  management
仓库        站前路  industrial   118 360  72  24   1  -3  slab     0   0  S  -
快递分拣点  站前路  industrial   566 356  64  24   1   3  slab     0   0  S  -
机修车间    东路    industrial   640 272  52  36   2  -1  ell      0   0  S  -

二巷1号     二巷    residential  208 125  27  28   1   0  court    0   4  S  -
二巷3号     二巷    residential  239 126  27  27   2   2  court    0   5  -  -
二巷5号     二巷    residential  271 125  26  28   1  -2  court    0   4  S  -
二巷2号     二巷    residential  208 165  28  24   2   1  court    0   5  -  -
二巷4号     二巷    residential  240 166  27  25   1   0  court    0   4  N  -
二巷6号     二巷    residential  271 165  28  25   1   1  ell      0   3  N  -

铁北巷2号   铁北巷  residential   68 482  30  26   1   4  court    0   4  S  -
铁北巷4号   铁北巷  residential  116 487  28  26   2  -1  court    0   4  S  -
铁北巷6号   铁北巷  residential  186 477  32  24   1  -7  ell      0   3  -  -
铁北巷8号   铁北巷  residential  246 471  30  27   1  -5  court    0   4  S  -
铁北巷10号  铁北巷  residential  306 467  28  26   2  -5  court    0   5  S  -
铁北巷12号  铁北巷  residential  388 461  32  24   1  -2  ell      0   3  -  -
铁北巷14号  铁北巷  residential  448 464  30  26   1   3  court    0   4  S  -
铁北巷1号   铁北巷  residential  262 427  30  20   1  -5  ell      0   3  N  -
铁北巷16号  铁北巷  residential  604 494  30  26   1  12  court    0   4  S  -
铁北巷18号  铁北巷  residential  668 502  31  25   2  11  court    0   5  S  -
铁北巷3号   铁北巷  residential  656 453  30  20   1  11  ell      0   3  -  -
"""
"""One building a line; a dash stands for nothing."""


class House(NamedTuple):
    """
    One building as drawn.

    Parameters
    ----------
    x_m, y_m
        Its middle, in metres of the drawing.
    width_m, depth_m
        From west to east and from south to north, before it is turned.
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
    turn_deg: float
    outline: str
    staircases: int
    flats: int
    doors: str
    has_management: bool
    has_lift: bool


def _house(line: str) -> House:
    name, street, use, *numbers, doors, equipment = line.split()
    x_m, y_m, width_m, depth_m, floors, turn_deg, outline, staircases, flats = numbers
    return House(
        name=MADE_UP + name,
        street_name=MADE_UP + street,
        use=use,
        x_m=float(x_m),
        y_m=float(y_m),
        width_m=float(width_m),
        depth_m=float(depth_m),
        floors=int(floors),
        turn_deg=float(turn_deg),
        outline=outline,
        staircases=int(staircases),
        flats=int(flats),
        doors=doors.strip("-"),
        has_management="management" in equipment,
        has_lift="lift" in equipment,
    )


HOUSES = tuple(_house(line) for line in REGISTER.splitlines()[2:] if line.strip())
