"""What somebody who is bound to areas means by a part of the project."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from api.services.reach import codes_within

if TYPE_CHECKING:
    from api.services.rights import Person
    from api.services.scope import Scope
    from api.services.workspace import Workspace


def seen_by(workspace: Workspace, scope: Scope, person: Person) -> Scope:
    """
    Give the scope that a person means: the whole is their own area, where they have just one.

    So what they see has the same name for them as for everybody.
    """
    area, codes = scope.area, codes_within(workspace, person.areas)
    if area is None and scope.bbox is None and person.areas and len(person.areas) == 1:
        area = next(iter(person.areas & (codes or frozenset())), None)
    return replace(scope, area=area, reach=person.areas)
