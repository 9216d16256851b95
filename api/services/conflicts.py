"""What is told to somebody whose change of a zone comes second, and how both may be merged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.services.sight import sees, wgs84_shape
from api.services.zone_features import geometry_json, zone_feature
from api.services.zone_rules import metric_shapes
from api.store.edits import EditKind
from geo.errors import BorderError
from geo.io.features import feature
from geo.merging import merge_shapes, merge_values

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

    from api.services.rights import Person
    from api.services.workspace import Workspace
    from api.store.edits import Conflict, Edit, StoredFeature, Version

MERGED_COLUMNS = ("name", "level", "valid_from_at", "valid_to_at")
NOT_MERGED: dict[str, Any] = {"merged": None, "clashes": None}


def tell_conflicts(
    workspace: Workspace, person: Person, conflicts: Sequence[Conflict], edits: Sequence[Edit]
) -> list[dict[str, Any]]:
    """
    Tell of each zone what it was, what it is, what was wanted, and what both would make.

    Parameters
    ----------
    person
        Whose change comes second; of a zone that has left their reach they learn no more
        than of one that is gone.
    edits
        What they wanted.

    Returns
    -------
    conflicts
        For JSON: `id`; `base`, `current` and `mine` as features or null; `merged` and
        `clashes` as geometries or null; `merged_properties` or null, and in `clashing` the
        names of the properties that both changed.
    """
    wanted = {edit.key: edit for edit in edits}
    return [_told(workspace, person, one, wanted[one.key]) for one in conflicts]


def merged_shapes(
    workspace: Workspace, base: BaseGeometry, mine: BaseGeometry, theirs: BaseGeometry
) -> dict[str, Any]:
    """
    Merge two shapes that were made from one.

    Parameters
    ----------
    base, mine, theirs
        Valid polygons, WGS 84.

    Returns
    -------
    merge
        For JSON: `merged` and `clashes`, one of them a geometry and the other null.

    Raises
    ------
    BorderError
        If one is no valid polygon.
    """
    merge = merge_shapes(*metric_shapes(workspace, [base, mine, theirs]))
    return {
        name: None if shape is None else geometry_json(wgs84_shape(workspace, shape))
        for name, shape in (("merged", merge.shape), ("clashes", merge.clashes))
    }


def _told(workspace: Workspace, person: Person, conflict: Conflict, edit: Edit) -> dict[str, Any]:
    base, current = conflict.base, conflict.current
    if current is not None and not sees(workspace, person, current):
        current = None
    if base is not None and not sees(workspace, person, base):
        base = None
    return {
        "id": conflict.key,
        "base": base and zone_feature(base, person),
        "current": current and zone_feature(current, person),
        "mine": _mine(edit),
        **_merged(workspace, base, current, edit),
    }


def _mine(edit: Edit) -> dict[str, Any] | None:
    if edit.kind is EditKind.DELETE:
        return None
    return feature(edit.geometry, {"zone_id": edit.key, **_values(edit)}, edit.key)


def _merged(
    workspace: Workspace, base: Version | None, current: StoredFeature | None, edit: Edit
) -> dict[str, Any]:
    """Merge shapes and values, where all three are there."""
    shapes = [one.geometry for one in (base, edit, current) if one is not None]
    present = [shape for shape in shapes if shape is not None]
    if base is None or current is None or len(present) < len(("base", "mine", "theirs")):
        return {**NOT_MERGED, "merged_properties": None, "clashing": []}
    values, clashing = merge_values(_values(base), _values(edit), _values(current))
    properties = feature(None, values)["properties"]
    return {
        **_shapes_if_sound(workspace, *present),
        "merged_properties": properties,
        "clashing": list(clashing),
    }


def _shapes_if_sound(
    workspace: Workspace, base: BaseGeometry, mine: BaseGeometry, theirs: BaseGeometry
) -> dict[str, Any]:
    """Merge, or not where another program has stored something that is no polygon."""
    try:
        return merged_shapes(workspace, base, mine, theirs)
    except BorderError:
        return NOT_MERGED


def _values(one: Version | Edit | StoredFeature) -> dict[str, Any]:
    return {name: one.values.get(name) for name in MERGED_COLUMNS}
