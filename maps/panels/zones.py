"""The control tab: zones in force, checkpoints and gates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from geo.layers import CHECKPOINTS, GATES, ZONES
from maps.facts import keys_of, labels_of
from maps.panels.table import Cell, Column, Table
from maps.places import statuses

if TYPE_CHECKING:
    import geopandas as gpd

    from maps.view import CommunityView
    from maps.words import Words

ROWS_SHOWN = 60


@dataclass(frozen=True, slots=True)
class ZonesPanel:
    """What the tab shows; a table is missing where its layer is empty."""

    zones: Table | None
    checkpoints: Table | None
    gates: Table | None

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show at all."""
        return self.zones is None and self.checkpoints is None and self.gates is None


def zones_panel(view: CommunityView, words: Words) -> ZonesPanel:
    """Give the tab."""
    frames = {name: view.layers.get(name) for name in ("zones", "checkpoints", "gates")}
    filled = {name: frame for name, frame in frames.items() if frame is not None and len(frame)}
    return ZonesPanel(
        zones=_zones(filled["zones"], words) if "zones" in filled else None,
        checkpoints=_checkpoints(filled["checkpoints"], words) if "checkpoints" in filled else None,
        gates=_gates(filled["gates"], words) if "gates" in filled else None,
    )


def _zones(zones: gpd.GeoDataFrame, words: Words) -> Table:
    rows = tuple(
        (
            Cell(label or key, None, "zones", key, swatch=f"zone_{level}"),
            Cell(words.choice("zones.level", str(level)), str(level)),
            Cell(_day(since)),
        )
        for key, label, level, since in zip(
            keys_of(zones, ZONES),
            labels_of(zones),
            zones["level"],
            _column(zones, "valid_from_at"),
            strict=True,
        )
    )
    columns = (Column(words.say("Zone")), Column(words.say("Level")), Column(words.say("From")))
    return Table(words.say("Control zones"), columns, rows)


def _checkpoints(checkpoints: gpd.GeoDataFrame, words: Words) -> Table:
    shown = checkpoints.iloc[:ROWS_SHOWN]
    rows = tuple(
        (
            Cell(label or words.say("Checkpoint"), None, "checkpoints", key),
            Cell(words.choice("checkpoints.status", status), status),
            Cell(_text(hours)),
        )
        for key, label, status, hours in zip(
            keys_of(shown, CHECKPOINTS),
            labels_of(shown),
            statuses(shown),
            _column(shown, "hours"),
            strict=True,
        )
    )
    columns = (
        Column(words.say("Checkpoint")),
        Column(words.say("Status")),
        Column(words.say("Hours")),
    )
    return Table(words.say("Checkpoints"), columns, rows, len(checkpoints) - len(shown))


def _gates(gates: gpd.GeoDataFrame, words: Words) -> Table:
    named_first = gates.assign(is_named=_column(gates, "name").notna()).sort_values(
        "is_named", ascending=False, kind="stable"
    )
    shown = named_first.iloc[:ROWS_SHOWN]
    rows = tuple(
        (
            Cell(label or words.say("Gate"), None, "gates", key, swatch=f"gate_{state}"),
            Cell(words.choice("gates.state", str(state)), str(state)),
            Cell(_text(hours)),
        )
        for key, label, state, hours in zip(
            keys_of(shown, GATES),
            labels_of(shown),
            shown["state"],
            _column(shown, "opening_hours"),
            strict=True,
        )
    )
    columns = (Column(words.say("Gate")), Column(words.say("State")), Column(words.say("Hours")))
    return Table(words.say("Gates"), columns, rows, len(gates) - len(shown))


def _column(frame: gpd.GeoDataFrame, name: str) -> pd.Series:
    if name not in frame:
        return pd.Series(None, index=frame.index, dtype=object)
    return frame[name].astype(object).where(frame[name].notna(), None)


def _text(value: object) -> str:
    return "–" if value is None else str(value)


def _day(value: object) -> str:
    return "–" if value is None else f"{pd.Timestamp(str(value)):%Y-%m-%d}"
