"""Zones as they are beside zones as they would be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from api.services.reach import reach_of
from api.services.zone_preview.effects import (
    Change,
    HalfInside,
    Moved,
    Preview,
    TouchedBlock,
)
from api.services.zone_preview.ground import surroundings
from api.services.zone_preview.openings import openings_change
from api.services.zone_preview.teams import touched_teams
from api.services.zone_rules import change_faults, metric_shapes, stored_zones
from api.store.edits import EditKind
from geo.coverage import WALK_SPEED_M_S
from geo.zones import LEVELS, half_inside, held_counts, holding_zones, overlaps, zones_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from api.services.rights import Person
    from api.services.workspace import Workspace
    from api.services.zone_errors import ChangeFault
    from api.services.zone_preview.ground import Surroundings
    from api.store.edits import Edit

GATE_REACH_M = 5.0
"""A gate so near a border stands in it."""
JUST_BEFORE = timedelta(milliseconds=1)
COLUMNS = ("zone_id", "level", "valid_from_at", "valid_to_at")
UNMEASURABLE = frozenset(
    {
        "empty",
        "wrong_type",
        "not_finite",
        "too_many_vertices",
        "self_crossing",
        "too_large",
        "hole_swallows_all",
    }
)
"""Codes of faults with which a shape cannot be compared."""


@dataclass(frozen=True, slots=True)
class PreviewRules:
    """
    What a preview depends on besides the project and the changes.

    Parameters
    ----------
    now
        Aware.
    teams
        Of the sweep that pages draw unasked; 0 for none.
    speed_m_s
        Its walking speed, in metres a second.
    """

    now: datetime
    teams: int = 0
    speed_m_s: float = WALK_SPEED_M_S


class _Sides(NamedTuple):
    """Zones in force before and after, and those of either that are changed."""

    before: gpd.GeoDataFrame
    after: gpd.GeoDataFrame
    changed_before: gpd.GeoDataFrame
    changed_after: gpd.GeoDataFrame
    keys: frozenset[str]


class _Held(NamedTuple):
    """Buildings near the changed zones, their names, and what holds them before and after."""

    buildings: gpd.GeoDataFrame
    names: NDArray[np.object_]
    before: pd.DataFrame
    after: pd.DataFrame


def preview(
    workspace: Workspace, person: Person, edits: Sequence[Edit], rules: PreviewRules
) -> Preview:
    """
    Tell what changes of zones would do; nothing is written.

    Before and after are compared at one moment: when the last of the changed zones begins, or
    now if all have begun. A zone prepared for tomorrow so shows what it will do tomorrow, and
    one that ends when its successor begins shows the exchange. Where all of them are over, before
    and after, the moment is the last at which one of them was in force.

    Parameters
    ----------
    person
        Whoever asks is told of nothing outside their areas.
    edits
        Of the layer `zones`; shapes in WGS 84, which may be faulty.
    """
    faults = change_faults(workspace, person, edits)
    at, sides = _compared(workspace, edits, faults, rules.now)
    held = _held(surroundings(workspace, person, "buildings"), sides)
    is_moved = _differs(held, "zone_id") | _differs(held, "level")
    moved = held.buildings[is_moved]
    plan = (rules.teams, rules.speed_m_s)
    return Preview(
        at=at,
        **_counts(held, sides.keys),
        sites=_inside(surroundings(workspace, person, "sampling_sites"), sides, 0),
        gates=_inside(surroundings(workspace, person, "gates"), sides, GATE_REACH_M),
        levels=_levels(held),
        moved=_moved(held),
        blocks=_blocks(workspace, person, moved),
        teams=touched_teams(workspace, person, moved["building_id"].tolist(), plan),
        openings=openings_change(workspace, person, sides.changed_before, sides.changed_after),
        half_inside=_half_inside(held, sides.changed_after),
        overlaps=_overlaps(workspace, person, sides),
        faults=tuple(faults),
    )


def _compared(
    workspace: Workspace, edits: Sequence[Edit], faults: Sequence[ChangeFault], now: datetime
) -> tuple[datetime, _Sides]:
    """Give the moment at which before and after are compared, and both as they are then."""
    at = max([now, *_moments(edits, "valid_from_at")])
    sides = _sides(workspace, edits, faults, at)
    ends = _moments(edits, "valid_to_at")
    if not ends or len(sides.changed_before) or len(sides.changed_after):
        return at, sides
    last = max(ends) - JUST_BEFORE
    return last, _sides(workspace, edits, faults, last)


def _moments(edits: Sequence[Edit], name: str) -> list[datetime]:
    drawn = [edit for edit in edits if edit.kind is not EditKind.DELETE]
    moments = [edit.values.get(name) for edit in drawn]  # noqa: PD011 - of an edit
    return [moment for moment in moments if isinstance(moment, datetime)]


def _sides(
    workspace: Workspace, edits: Sequence[Edit], faults: Sequence[ChangeFault], at: datetime
) -> _Sides:
    unfit = {fault.index for fault in faults if fault.code in UNMEASURABLE}
    kept = [edit for index, edit in enumerate(edits) if index not in unfit]
    keys = frozenset(edit.key for edit in kept)
    stored = stored_zones(workspace)[[*COLUMNS, "geometry"]]
    new = _rows(workspace, [edit for edit in kept if edit.kind is not EditKind.DELETE])
    rest = stored[~stored["zone_id"].isin(keys)]
    after = rest if new.empty else new if rest.empty else pd.concat([rest, new])
    before, after = zones_at(stored, at), zones_at(after.reset_index(drop=True), at)
    was, will = (zones[zones["zone_id"].isin(keys)] for zones in (before, after))
    return _Sides(before, after, was, will, keys)


def _rows(workspace: Workspace, edits: Sequence[Edit]) -> gpd.GeoDataFrame:
    shapes = metric_shapes(workspace, [edit.geometry for edit in edits])
    values = [{**edit.values, "zone_id": edit.key} for edit in edits]  # noqa: PD011 - of an edit
    rows = pd.DataFrame(values, columns=list(COLUMNS))
    for name in ("valid_from_at", "valid_to_at"):
        rows[name] = pd.to_datetime(rows[name], utc=True).astype("datetime64[us, UTC]")
    return gpd.GeoDataFrame(rows, geometry=shapes, crs=workspace.project.metric_crs)


def _held(near: Surroundings, sides: _Sides) -> _Held:
    changed = (sides.changed_before, sides.changed_after)
    rows = near.within(np.concatenate([zones.geometry.to_numpy() for zones in changed]))
    buildings = near.rows.iloc[rows].reset_index(drop=True)
    before, after = (
        holding_zones(buildings, zones, at=None) for zones in (sides.before, sides.after)
    )
    return _Held(buildings, near.names[rows], before, after)


def _differs(held: _Held, column: str) -> NDArray[np.bool_]:
    """Whether a value is another; nothing equals nothing."""
    before, after = held.before[column], held.after[column]
    return np.asarray((before != after) & ~(before.isna() & after.isna()), dtype=bool)


def _counts(held: _Held, keys: frozenset[str]) -> dict[str, Change]:
    """Count what the changed zones hold."""
    buildings = held.buildings
    was, will = (side["zone_id"].isin(keys).to_numpy() for side in (held.before, held.after))
    entering, leaving = tuple(held.names[will & ~was]), tuple(held.names[was & ~will])
    counts = {"buildings": Change(int(was.sum()), int(will.sum() - was.sum()), entering, leaving)}
    for name, column in (("households", "households"), ("people", "residents")):
        numbers = buildings[column].astype("Float64")
        now, then = int(numbers[was].sum()), int(numbers[will].sum())
        counts[name] = Change(now, then - now, unknown=int(numbers[will].isna().sum()))
    return counts


def _levels(held: _Held) -> dict[str, tuple[int, int, int]]:
    columns = ["buildings", "households", "residents"]
    before, after = (
        held_counts(held.buildings, side)[columns] for side in (held.before, held.after)
    )
    change = (after - before).to_numpy(dtype=int)
    return {
        level: (int(b), int(h), int(p)) for level, (b, h, p) in zip(LEVELS, change, strict=True)
    }


def _moved(held: _Held) -> tuple[Moved, ...]:
    differs = _differs(held, "level")
    before, after = (side["level"][differs] for side in (held.before, held.after))
    return tuple(Moved(*each) for each in zip(held.names[differs], before, after, strict=True))


def _inside(near: Surroundings, sides: _Sides, margin_m: float) -> Change:
    was, will = (
        near.within(zones.geometry.to_numpy(), margin_m=margin_m)
        for zones in (sides.changed_before, sides.changed_after)
    )
    entering, leaving = (
        near.named(rows) for rows in (np.setdiff1d(will, was), np.setdiff1d(was, will))
    )
    return Change(len(was), len(will) - len(was), entering, leaving)


def _blocks(
    workspace: Workspace, person: Person, moved: gpd.GeoDataFrame
) -> tuple[TouchedBlock, ...]:
    near = surroundings(workspace, person, "blocks")
    points = shapely.point_on_surface(moved.geometry.to_numpy())
    found = near.within(np.asarray(points))
    cadres = near.rows["cadre_id"].astype(object)
    is_told = cadres.notna() & person.sees_staff_columns
    told = cadres.where(is_told, None).to_numpy()[found]
    return tuple(
        TouchedBlock(block.key, block.name, cadre)
        for block, cadre in zip(near.named(found), told, strict=True)
    )


def _half_inside(held: _Held, zones: gpd.GeoDataFrame) -> tuple[HalfInside, ...]:
    cut = half_inside(held.buildings, zones)
    columns = (held.names[cut["building"].to_numpy(np.int64)], cut["zone_id"], cut["share"])
    return tuple(
        HalfInside(building, str(zone_id), float(share))
        for building, zone_id, share in zip(*columns, strict=True)
    )


def _overlaps(workspace: Workspace, person: Person, sides: _Sides) -> gpd.GeoDataFrame:
    """Give shared ground of changed zones, and of nobody's zones outside the person's areas."""
    own = shapely.union_all(sides.changed_after.geometry.to_numpy())
    reach = reach_of(workspace, person)
    ground = own if reach is None else shapely.intersection(own, reach)
    beside = sides.after[sides.after.intersects(ground)] if not ground.is_empty else sides.after[:0]
    shared = overlaps(beside)
    clipped = shared.assign(geometry=shared.geometry.intersection(ground))
    return clipped[clipped.area > 0].reset_index(drop=True)
