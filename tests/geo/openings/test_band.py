from __future__ import annotations

import pytest
import shapely
from shapely import LineString, Point, box

from geo.openings import draft_band, fewest_posts, find_openings, survey_zone
from geo.openings.redrawing import redraw
from geo.openings.sides import Band, part_sides
from tests.geo.openings.test_posts import town_of, zone_of
from tests.support.zones import ZONE, homes_of, line, ways_of

FORK = (50.0, 112.0)
"""Two alleys meet here, outside the zone, and go on as one street."""
ALLEYS = (
    line((20, 10), (20, 90), (20, 105), FORK),
    line((80, 10), (80, 90), (80, 105), FORK),
    line(FORK, (50, 140), (50, 400)),
    line((20, 10), (20, 30), (80, 30), (80, 10)),
)


def test_a_line_beyond_the_fork_needs_one_post_for_two() -> None:
    ways = ways_of(*ALLEYS)

    draft = draft_band(ways, ZONE, band_m=20)

    assert fewest_posts(ways, ZONE).count == 2
    assert draft is not None
    assert draft.survey.posts.opening_ids == ("s2:1",)
    assert draft.shape.contains(shapely.MultiPoint([(20, 105), FORK, (80, 105)]))
    assert 12 < draft.moved_m <= 20
    # To the south nothing changes, and there the line stays.
    assert draft.shape.intersection(box(-50, -50, 150, 50)).equals(
        ZONE.intersection(box(-50, -50, 150, 50))
    )


def test_a_band_that_does_not_reach_the_fork_offers_no_draft() -> None:
    ways = ways_of(*ALLEYS)

    assert draft_band(ways, ZONE, band_m=5) is None
    assert draft_band(ways, ZONE, band_m=60) is None  # nothing of the zone would have to stay
    assert draft_band(ways_of(), ZONE, band_m=20) is None
    with pytest.raises(ValueError, match="above 0"):
        draft_band(ways, ZONE, band_m=0)


def test_a_zone_nobody_has_to_stay_in_has_no_draft() -> None:
    ways = ways_of(line((5, -300), (5, 300)))  # all of it within the band

    assert fewest_posts(ways, ZONE).count == 2
    assert draft_band(ways, ZONE, band_m=20) is None


@pytest.mark.parametrize("end", [(50, 300), (50, 60), (50, 95)])
def test_where_nothing_changes_sides_the_line_stays(end: tuple[float, float]) -> None:
    ways = ways_of(line((50, 50), end))
    band = Band(ZONE, ZONE.buffer(-20), ZONE.buffer(20), 20)

    assert redraw(ways, band, part_sides(ways, band)).equals(ZONE)


def test_the_line_may_move_inwards_too() -> None:
    fork = (50.0, 88.0)
    inner = line((50, 10), (50, 70), fork)
    ways = ways_of(inner, line(fork, (20, 95), (20, 300)), line(fork, (80, 95), (80, 300)))

    draft = draft_band(ways, ZONE, band_m=20)

    assert draft is not None
    assert draft.survey.posts.opening_ids == ("s0:1",)
    assert not draft.shape.intersects(Point(fork))


def test_a_wall_in_the_band_is_followed_for_nothing() -> None:
    wall = line((-50, 106), (150, 106))
    ways = ways_of(*ALLEYS[:2], *ALLEYS[3:], walls=[wall, line((50, 95), (50, 120))])
    sealed = draft_band(
        ways_of(*ALLEYS[:2], *ALLEYS[3:], walls=[wall]), box(0, 0, 100, 70), band_m=45
    )

    assert sealed is None or sealed.survey.posts.count == 0
    assert fewest_posts(ways, ZONE).count == 0  # the wall is near enough to close both
    assert draft_band(ways, ZONE, band_m=20) is None


def test_buildings_go_whole_to_the_side_of_their_door() -> None:
    on_the_line, at_the_fork = box(30, 94, 42, 104), box(56, 108, 64, 116)
    homes = homes_of(box(30, 20, 40, 30), on_the_line, at_the_fork, box(60, 180, 70, 190))
    ways = ways_of(*ALLEYS, homes=homes)

    draft = draft_band(ways, ZONE, band_m=20)

    assert draft is not None
    assert draft.survey.posts.count == 1
    assert draft.shape.covers(shapely.union_all([on_the_line, at_the_fork]))
    assert not draft.shape.intersects(homes.buildings.geometry.iloc[3])


def test_a_dead_end_is_not_cut_for_the_sake_of_a_post() -> None:
    stub = line((50, 30), (50, 109))  # ends in the open, beyond the line
    ways = ways_of(
        *ALLEYS[:3], line((20, 10), (50, 30), (80, 10)), stub, homes=homes_of(box(52, 20, 60, 30))
    )

    draft = draft_band(ways, ZONE, band_m=20)

    assert len(find_openings(ways, ZONE)) == 3
    assert draft is not None
    assert draft.survey.openings["street_id"].tolist() == ["s2"]


@pytest.mark.parametrize("seed", range(25))
def test_a_draft_keeps_to_its_band_and_is_counted_honestly(seed: int) -> None:
    ways = ways_of(*town_of(seed, 0.5 + seed % 3 / 10).lines)
    zone, band_m = zone_of(seed), 10.0 + seed
    core, outer = zone.buffer(-band_m), zone.buffer(band_m)

    draft = draft_band(ways, zone, band_m=band_m)

    fewest = fewest_posts(ways, zone).count
    least = int(part_sides(ways, Band(zone, core, outer, band_m)).is_post.sum())
    if draft is None:
        assert core.is_empty or least >= fewest
        return
    counted = survey_zone(ways, draft.shape)
    assert draft.shape.is_valid
    assert draft.shape.buffer(0.01).covers(core)
    assert outer.buffer(0.01).covers(draft.shape)
    assert draft.survey.posts == counted.posts
    assert least <= counted.posts.count < fewest
    assert set(counted.posts.opening_ids) <= set(counted.openings["opening_id"])


def test_hardly_any_drawing_needs_more_than_the_cut() -> None:
    more = []
    for seed in range(12):
        ways, zone = ways_of(*town_of(seed, 0.6).lines), zone_of(seed)
        sides = part_sides(ways, Band(zone, zone.buffer(-12), zone.buffer(12), 12))
        draft = draft_band(ways, zone, band_m=12)
        if draft is not None:
            more.append(draft.survey.posts.count - int(sides.is_post.sum()))

    assert len(more) > 3
    assert sum(more) <= 1


def test_the_same_question_has_the_same_draft() -> None:
    lines: list[LineString] = town_of(5, 0.7).lines
    drafts = [draft_band(ways_of(*lines), zone_of(5), band_m=25) for _ in range(2)]

    shapes = [draft.shape.wkb for draft in drafts if draft is not None]
    assert len(shapes) == 2
    assert shapes[0] == shapes[1]
