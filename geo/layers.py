"""
Every layer, declared once.

Validation, the database table, templates, the GeoJSON of the service and the popups of the
map follow from these declarations. Households and residents are counts; no layer has a
column for a resident's name or identity number.
"""

from __future__ import annotations

from geo.errors import UnknownLayerError
from geo.schema import Audience, Column, Geometry, Kind, Layer

AREA_LEVELS = ("province", "city", "district", "street", "community", "grid")
BUILDING_USES = (
    "residential",
    "dormitory",
    "mixed",
    "commercial",
    "office",
    "industrial",
    "education",
    "health",
    "public",
    "transport",
    "other",
)
BARRIER_KINDS = ("wall", "fence", "hedge", "railing", "other")
GATE_STATES = ("open", "closed", "hours")
CHECKPOINT_KINDS = ("gate", "village_entrance", "station", "road", "other")
STATUSES = ("active", "closed")
ZONE_LEVELS = ("lockdown", "control", "precaution")
PREMISES_CATEGORIES = ("enterprise", "catering", "retail", "services", "pharmacy", "health")
NEED_KINDS = ("medicine", "food", "visit", "other")
NEED_STATUSES = ("new", "assigned", "done", "cancelled")


def _text(name: str, title: str, *aliases: str, allowed: tuple[str, ...] = ()) -> Column:
    return Column(name, Kind.TEXT, title, allowed=allowed, aliases=aliases)


def _key(name: str, title: str, *aliases: str) -> Column:
    return Column(name, Kind.TEXT, title, is_required=True, aliases=aliases)


def _choice(name: str, title: str, allowed: tuple[str, ...], *aliases: str) -> Column:
    return Column(name, Kind.TEXT, title, is_required=True, allowed=allowed, aliases=aliases)


def _count(name: str, title: str, *aliases: str, minimum: int = 0) -> Column:
    return Column(name, Kind.INTEGER, title, minimum=minimum, aliases=aliases)


def _flag(name: str, title: str, *aliases: str, estimate_of: str | None = None) -> Column:
    return Column(name, Kind.BOOLEAN, title, aliases=aliases, estimate_of=estimate_of)


AREAS = Layer(
    "areas",
    "Areas",
    Geometry.POLYGON,
    "code",
    (
        _key("code", "Code", "区划代码", "代码"),
        _text("parent_code", "Belongs to", "上级代码"),
        _choice("level", "Level", AREA_LEVELS, "级别"),
        _text("name", "Name", "名称"),
    ),
)
BUILDINGS = Layer(
    "buildings",
    "Buildings",
    Geometry.POLYGON,
    "building_id",
    (
        _key("building_id", "Building", "楼栋编号"),
        _text("name", "Name", "楼栋", "楼栋名称", "名称"),
        _text("number", "House number", "门牌号", "楼号"),
        _text("street_name", "Street", "街道名称", "路名"),
        _text("area_code", "Area", "区划代码", "社区代码"),
        _text("use", "Use", "用途", allowed=BUILDING_USES),
        Column("floors", Kind.INTEGER, "Floors", minimum=1, maximum=200, aliases=("层数",)),
        _count("staircases", "Staircases", "单元数", minimum=1),
        Column("height_m", Kind.NUMBER, "Height", minimum=0, maximum=1000, aliases=("高度",)),
        _count("households", "Households", "户数"),
        _count("residents", "Residents", "人数", "居民数"),
        _flag("has_property_management", "Property management", "有物业"),
        _flag("has_lift", "Lift", "有电梯"),
        _flag("floors_are_estimated", "Floors are an estimate", estimate_of="floors"),
        _flag("households_are_estimated", "Households are an estimate", estimate_of="households"),
        _flag("residents_are_estimated", "Residents are an estimate", estimate_of="residents"),
    ),
)
ENTRANCES = Layer(
    "entrances",
    "Entrances",
    Geometry.POINT,
    "entrance_id",
    (
        _key("entrance_id", "Entrance", "入口编号"),
        _text("building_id", "Building", "楼栋编号"),
        _text("name", "Name", "名称", "单元"),
    ),
)
STREETS = Layer(
    "streets",
    "Streets",
    Geometry.LINE,
    "street_id",
    (
        _key("street_id", "Street", "道路编号"),
        _text("name", "Name", "名称", "路名"),
        _text("class", "Class", "等级"),
        _flag("is_walkable", "Walkable", "可步行"),
        _flag("is_drivable", "Drivable", "可通车"),
        _flag("is_lit", "Lit", "有路灯"),
        Column("level", Kind.INTEGER, "Bridge or tunnel level", minimum=-10, maximum=10),
    ),
)
BARRIERS = Layer(
    "barriers",
    "Barriers",
    Geometry.LINE,
    "barrier_id",
    (
        _key("barrier_id", "Barrier", "围挡编号"),
        _choice("kind", "Kind", BARRIER_KINDS, "类型"),
        _text("name", "Name", "名称"),
    ),
)
GATES = Layer(
    "gates",
    "Gates",
    Geometry.POINT,
    "gate_id",
    (
        _key("gate_id", "Gate", "门编号"),
        _text("name", "Name", "名称"),
        _text("kind", "Kind", "类型"),
        _choice("state", "State", GATE_STATES, "状态"),
        _text("opening_hours", "Opening hours", "开放时间"),
    ),
)
CHECKPOINTS = Layer(
    "checkpoints",
    "Checkpoints",
    Geometry.POINT,
    "checkpoint_id",
    (
        _key("checkpoint_id", "Checkpoint", "卡点编号"),
        _text("name", "Name", "名称", "卡点"),
        _text("kind", "Kind", "类型", allowed=CHECKPOINT_KINDS),
        _text("status", "Status", "状态", allowed=STATUSES),
        _text("hours", "Hours", "值守时间"),
        _count("staff", "Staff on each shift", "值守人数"),
    ),
)
SAMPLING_SITES = Layer(
    "sampling_sites",
    "Sampling sites",
    Geometry.POINT,
    "site_id",
    (
        _key("site_id", "Site", "采样点编号"),
        _text("name", "Name", "名称", "采样点"),
        _text("status", "Status", "状态", allowed=STATUSES),
        _count("tables", "Tables", "采样台数"),
        _count("people_per_hour", "People an hour and table", "每台每小时人数"),
        _text("hours", "Opening hours", "开放时间"),
        _count("capacity", "People a round", "容量", "接待人数"),
    ),
)
ZONES = Layer(
    "zones",
    "Control zones",
    Geometry.POLYGON,
    "zone_id",
    (
        _key("zone_id", "Zone", "区域编号"),
        _text("name", "Name", "名称"),
        _choice("level", "Level", ZONE_LEVELS, "等级"),
        Column("valid_from_at", Kind.DATETIME, "From", aliases=("生效时间",)),
        Column("valid_to_at", Kind.DATETIME, "To", aliases=("失效时间",)),
        _count("version", "Version", "版本", minimum=1),
        _text("reason", "Reason", "理由"),
        Column("author", Kind.TEXT, "Author", audience=Audience.STAFF, aliases=("制定人",)),
    ),
)
PREMISES = Layer(
    "premises",
    "Premises",
    Geometry.POINT,
    "premises_id",
    (
        _key("premises_id", "Premises", "单位编号"),
        _text("name", "Name", "名称", "单位名称", "店名"),
        _choice("category", "Category", PREMISES_CATEGORIES, "行业", "类别"),
        _count("employees", "Employees", "员工数", "从业人数"),
        _text("building_id", "Building", "楼栋编号"),
        _text("area_code", "Area", "区划代码", "社区代码"),
        _text("sector", "Sector", "细分行业"),
    ),
)
BLOCKS = Layer(
    "blocks",
    "Blocks",
    Geometry.POLYGON,
    "block_id",
    (
        _key("block_id", "Block", "片区编号"),
        _text("name", "Name", "名称"),
        _text("plan_id", "Plan", "方案"),
        _text("cadre_id", "Cadre", "包片干部"),
    ),
)
NEEDS = Layer(
    "needs",
    "Needs",
    Geometry.POINT,
    "need_id",
    (
        _key("need_id", "Need", "需求编号"),
        _choice("kind", "Kind", NEED_KINDS, "类型"),
        Column("status", Kind.TEXT, "Status", allowed=NEED_STATUSES, audience=Audience.STAFF),
        Column("due_at", Kind.DATETIME, "Due", audience=Audience.STAFF, aliases=("期限",)),
        Column("cadre_id", Kind.TEXT, "Cadre", audience=Audience.STAFF, aliases=("包片干部",)),
        Column("building_id", Kind.TEXT, "Building", audience=Audience.STAFF),
    ),
)
OFFICES = Layer(
    "offices",
    "Offices",
    Geometry.POINT,
    "office_id",
    (
        _key("office_id", "Office", "办公点编号"),
        _text("name", "Name", "名称"),
    ),
)
REPORTS = Layer(
    "reports",
    "Reopening reports",
    None,
    "report_id",
    (
        _key("report_id", "Report", "报表编号"),
        Column("premises_id", Kind.TEXT, "Premises", is_required=True, aliases=("单位编号",)),
        Column("day_on", Kind.DATE, "Day", is_required=True, aliases=("日期", "day", "date")),
        Column("is_open", Kind.BOOLEAN, "Reopened", is_required=True, aliases=("已复工", "复工")),
        Column(
            "staff_back",
            Kind.INTEGER,
            "Staff back",
            is_required=True,
            minimum=0,
            aliases=("返岗人数", "复工人数"),
        ),
    ),
    unique=("premises_id", "day_on"),
)

LAYERS: dict[str, Layer] = {
    layer.name: layer
    for layer in (
        AREAS,
        BUILDINGS,
        ENTRANCES,
        STREETS,
        BARRIERS,
        GATES,
        CHECKPOINTS,
        SAMPLING_SITES,
        ZONES,
        PREMISES,
        BLOCKS,
        NEEDS,
        OFFICES,
        REPORTS,
    )
}


def find_layer(name: str) -> Layer:
    """
    Give the declaration of a layer.

    Raises
    ------
    UnknownLayerError
        If no layer has that name; the message lists those there are.

    Examples
    --------
    >>> find_layer("buildings").key
    'building_id'
    """
    try:
        return LAYERS[name]
    except KeyError:
        known = ", ".join(LAYERS)
        msg = f"Expected one of the layers {known}; got {name!r}."
        raise UnknownLayerError(msg) from None
