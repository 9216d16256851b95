"""Openings in a zone's boundary: where they are, who guards them, how few posts would do."""

from geo.openings.band import Draft, draft_band
from geo.openings.hours import checkpoints_at, gates_at, is_within_hours
from geo.openings.posts import Posts
from geo.openings.states import OpeningRules, State
from geo.openings.survey import Survey, fewest_posts, find_openings, survey_zone
from geo.openings.ways import Homes, Ways, prepare_ways

__all__ = [
    "Draft",
    "Homes",
    "OpeningRules",
    "Posts",
    "State",
    "Survey",
    "Ways",
    "checkpoints_at",
    "draft_band",
    "fewest_posts",
    "find_openings",
    "gates_at",
    "is_within_hours",
    "prepare_ways",
    "survey_zone",
]
