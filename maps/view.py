"""What one page of a community shows, before it is drawn."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    import geopandas as gpd
    import pandas as pd

    from geo.coverage import Coverage
    from geo.reopening import ReopeningDay
    from geo.sweeps.plan import SweepPlan
    from maps.text import Language

Tab = Literal["layers", "coverage", "zones", "sweep", "reopening"]
SiteLayer = Literal["sampling_sites", "checkpoints"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunityView:
    """
    What is drawn on a community's page.

    Every text is taken as it is and escaped where it becomes HTML.

    Parameters
    ----------
    title
        Name of the project, for people.
    area_name
        Name of the area that is shown; empty for the whole project.
    language
        Of every text on the page.
    metric_crs
        CRS of `layers`, of the zones of `coverage` and of the points of `sweep`.
    layers
        Metric frames by the names of `geo.layers`; a missing one counts as empty.
    area_code
        Code of the area that is shown; empty for the whole project.
    day
        The day the page speaks of.
    is_synthetic
        Whether the data are made up; the page then says so.
    scope_note
        Why the page shows less than the project holds; empty if it shows all of it.
    coverage, site_layer
        Coverage of `layers["buildings"]` by the places of that layer.
    sweep
        Routes to draw.
    reopening, sentence
        Figures of the day, and the sentence that sums them up in `language`.
    premises_states
        Index of `layers["premises"]`; see `geo.reopening.reopening_states`; `carried`
        for a report carried forward whatever it said.
    areas
        Code and name of the areas one may go to, in order; the empty code is the whole project.
    attributions
        Sources and licences of the data.
    query
        Parameters of the present address; kept in the links and forms of the page, which set
        `lang`, `area`, `walk_minutes`, `sites` and `teams`.
    hints
        For a tab with nothing to show: the next step, in words or as a command.
    is_served
        Whether the service answers the page under `/api`; otherwise the page stands alone.
    can_edit
        Whether the person may change zones.
    person_name, person_role
        Who looks at the page; empty where nobody is signed in. The role is one of
        `maps.login.ROLES`.
    csrf_token
        What the page shows with every change; empty where it can change nothing.
    """

    title: str
    area_name: str
    language: Language
    metric_crs: str
    layers: Mapping[str, gpd.GeoDataFrame]
    area_code: str = ""
    day: date | None = None
    is_synthetic: bool = False
    scope_note: str = ""
    coverage: Coverage | None = None
    site_layer: SiteLayer = "sampling_sites"
    sweep: SweepPlan | None = None
    reopening: ReopeningDay | None = None
    sentence: str = ""
    premises_states: pd.Series[str] | None = None
    areas: tuple[tuple[str, str], ...] = ()
    attributions: tuple[str, ...] = ()
    query: Mapping[str, str] = field(default_factory=dict)
    hints: Mapping[Tab, str] = field(default_factory=dict)
    is_served: bool = False
    can_edit: bool = False
    person_name: str = ""
    person_role: str = ""
    csrf_token: str = field(default="", repr=False)
