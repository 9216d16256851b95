"""The coordinator's editor of control zones, by mouse, finger and keyboard, on the real service."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import httpx
import pytest
from shapely import Polygon, box

from api.services.rights import Person, Role
from tests.browser.conftest import DESKTOP, PHONE, READY_MS, Opened, _keep, _watched
from tests.support.editing import EAST, WEST, Hand, degrees, metric, zoned_project
from tests.support.people import browser_of
from tests.support.running import Running, running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    OpenEditor = Callable[..., AbstractContextManager["Desk"]]

pytestmark = pytest.mark.browser

ADMIN = Person("admin", Role.ADMIN, None)
OTHER = Person("wang", Role.COORDINATOR, frozenset({"c1"}))
READER = Person("zhao", Role.VIEWER, None)
# A refused change is the browser's own complaint, and the point of some tests.
REFUSED = "Failed to load resource"
CENTIMETRE = 0.02
PATIENCE_MS = 8_000


@dataclass
class Desk:
    """Somebody in front of the page."""

    service: Running
    page: Page
    opened: Opened

    @property
    def hand(self) -> Hand:
        """The hand on the map."""
        return Hand(self.page)

    def zones(self) -> dict[str, dict[str, Any]]:
        """Give the stored zones by id."""
        answer = httpx.get(f"{self.service.base}/api/zones", headers=browser_of(self.service.app))
        return {zone["id"]: zone for zone in answer.json()["features"]}

    def shape(self, zone_id: str) -> Polygon:
        """Give a stored zone's shape, in metres from the corner."""
        shape = metric(self.zones()[zone_id]["geometry"])
        assert isinstance(shape, Polygon)
        return shape

    def saved(self, count: int | None = None) -> None:
        """Wait until nothing is left to be saved, and so many zones are listed."""
        self.page.locator('[data-part="save"]').wait_for(state="hidden")
        if count is not None:
            assert len(self.zones()) == count

    def shown(self, text: str) -> None:
        """Wait until the panel says so."""
        self.page.locator("#panel-zones").get_by_text(text).first.wait_for()

    def faults(self) -> list[str]:
        """Give what the page should not have done."""
        return [fault for fault in self.opened.all_faults() if REFUSED not in fault]


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Running]:
    with running(zoned_project(tmp_path / "zones.gpkg")) as service:
        yield service


@pytest.fixture
def sit_down(browser: Browser, service: Running) -> OpenEditor:
    @contextmanager
    def opened(
        person: Person = ADMIN,
        *,
        size: tuple[int, int] = DESKTOP,
        language: str = "zh",
        scheme: Literal["light", "dark"] = "light",
    ) -> Iterator[Desk]:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            has_touch=size == PHONE,
            reduced_motion="reduce",
            color_scheme=scheme,
        )
        service.sign_in(context, person)
        watched = Opened(_watched(context))
        page = watched.page
        page.on("console", _keep(watched, "console", lambda told: told.type == "error"))
        page.on("pageerror", lambda error: watched.faults.append(f"script: {error}"))
        page.set_default_timeout(PATIENCE_MS)
        page.goto(f"{service.base}/?lang={language}#zones")
        page.locator("html[data-zones=ready]").wait_for(timeout=READY_MS, state="attached")
        yield Desk(service, page, watched)
        context.close()

    return opened


def test_a_zone_is_drawn_with_the_mouse_snaps_to_its_neighbour_and_is_there_after_a_reload(
    sit_down: OpenEditor,
) -> None:
    with sit_down() as desk:
        hand = desk.hand
        hand.tool("draw")
        desk.page.locator(".cursor-marker").wait_for(state="attached")
        hand.click(340, 150, beside_px=5)
        hand.click(450, 150)
        hand.click(450, -20)
        hand.click(340, 60, beside_px=5)
        hand.click(340, 150, beside_px=3)
        desk.page.locator(".zone-title").wait_for()
        desk.page.locator(".effect-figures").wait_for()
        hand.save("新增一例")
        desk.saved(3)
        desk.page.reload()
        desk.page.locator("html[data-zones=ready]").wait_for(state="attached")

        assert desk.page.locator(".zone-row").count() == 3
        (new,) = [zone for key, zone in desk.zones().items() if key not in ("west", "east")]
        drawn = metric(new["geometry"])
        assert drawn.intersection(desk.shape("east")).area < CENTIMETRE
        corners = [(340, 150), (340, 60)]
        stored = [list(place) for place in new["geometry"]["coordinates"][0]]
        for corner in corners:
            lon, lat = degrees(*corner)
            assert [round(lon, 7), round(lat, 7)] in stored
        assert new["properties"]["reason"] == "新增一例"
        assert desk.faults() == []


def test_a_shared_border_moves_in_both_zones_without_gap_or_overlap(sit_down: OpenEditor) -> None:
    with sit_down() as desk:
        desk.hand.choose("西区")
        desk.hand.drag((200, 150), (222, 168))
        desk.shown("保存 2 个区")
        # The middle of the shared line: the neighbour gets a vertex there, too.
        desk.hand.drag((211, 114), (235, 110))
        desk.hand.save("边界东移")
        desk.saved(2)

        west, east = desk.shape("west"), desk.shape("east")
        assert west.intersection(east).area < 1e-6
        both = west.union(east)
        assert isinstance(both, Polygon)
        assert len(both.interiors) == 0
        assert west.area > WEST.area + 500
        assert len(east.exterior.coords) == len(EAST.exterior.coords) + 1
        assert desk.zones()["west"]["properties"]["version"] == 2
        assert desk.faults() == []


def test_a_parted_border_moves_alone(sit_down: OpenEditor) -> None:
    with sit_down() as desk:
        desk.hand.choose("西区")
        desk.hand.tool("part")
        desk.hand.drag((200, 150), (180, 150))
        desk.shown("保存为第 2 版")
        desk.hand.save("只动西区")
        desk.saved(2)

        assert desk.shape("east").symmetric_difference(EAST).area < 5
        assert desk.zones()["east"]["properties"]["version"] == 1
        assert desk.shape("west").area < WEST.area


def test_a_line_that_would_cross_itself_is_refused_and_told(sit_down: OpenEditor) -> None:
    with sit_down() as desk:
        desk.hand.choose("西区")
        desk.hand.drag((90, 150), (150, 30))

        assert "与自己相交" in desk.page.locator(".toast").inner_text()
        assert desk.page.locator(".fault-block").is_visible()
        assert desk.page.locator("#zone-reason").count() == 0


def test_what_was_done_is_undone_and_done_again_by_key_and_by_button(sit_down: OpenEditor) -> None:
    with sit_down() as desk:
        desk.hand.choose("西区")
        desk.hand.drag((90, 150), (70, 160))
        desk.shown("草稿未保存")
        desk.hand.drag((90, 60), (70, 50))
        desk.hand.tool("undo")
        assert desk.page.locator(".unsaved").count() == 1
        desk.page.keyboard.press("Control+z")
        assert desk.page.locator(".unsaved").count() == 0
        desk.page.keyboard.press("Control+Shift+z")
        desk.page.keyboard.press("Control+Shift+z")
        desk.hand.save("往西扩")
        desk.saved(2)

        assert desk.shape("west").bounds[:2] == pytest.approx((70, 50), abs=2)


def test_a_zone_is_split_along_a_line_and_joined_again(sit_down: OpenEditor) -> None:
    with sit_down() as desk:
        hand = desk.hand
        hand.choose("西区")
        hand.tool("split")
        desk.page.locator(".cursor-marker").wait_for(state="attached")
        hand.click(150, 40)
        hand.click(150, 175)
        desk.page.locator(".zone-hint button", has_text="完成").click()
        desk.shown("保存 2 个区")
        hand.save("分开管理")
        desk.saved(3)
        (part,) = [key for key in desk.zones() if key not in ("west", "east")]
        assert desk.shape("west").area + desk.shape(part).area == pytest.approx(WEST.area, abs=3)

        hand.choose("东区")
        hand.tool("join")
        hand.button(f"join-{part}").click()
        desk.shown("保存 2 个区")
        hand.save("并入东区")
        desk.saved(2)
        assert desk.shape("east").area > EAST.area + 1_000
        assert desk.faults() == []


def test_a_hole_is_cut_and_a_zone_is_deleted(sit_down: OpenEditor) -> None:
    with sit_down() as desk:
        hand = desk.hand
        hand.choose("西区")
        hand.tool("cut")
        desk.page.locator(".cursor-marker").wait_for(state="attached")
        for place in ((140, 100), (180, 100), (180, 130), (140, 130), (140, 100)):
            hand.click(*place)
        desk.shown("草稿未保存")
        hand.choose("东区")
        hand.tool("remove")
        desk.shown("待删除")
        hand.save("缩小范围")
        desk.saved(1)

        west = desk.shape("west")
        assert len(west.interiors) == 1
        assert west.area == pytest.approx(WEST.area - 40 * 30, abs=80)
        assert desk.faults() == []


def test_the_whole_zone_is_dragged_and_its_neighbour_stays(sit_down: OpenEditor) -> None:
    with sit_down() as desk:
        desk.hand.choose("西区")
        desk.hand.tool("move")
        desk.hand.drag((150, 120), (120, 130))
        desk.shown("草稿未保存")
        desk.hand.save("整体西移")
        desk.saved(2)

        assert desk.shape("west").area == pytest.approx(WEST.area, rel=0.01)
        assert desk.shape("west").bounds[0] == pytest.approx(60, abs=3)
        assert desk.zones()["east"]["properties"]["version"] == 1


def test_everything_can_be_done_from_the_list_of_vertices(sit_down: OpenEditor) -> None:
    with sit_down(language="en") as desk:
        page = desk.page
        page.locator(".zone-row", has_text="西区").focus()
        page.keyboard.press("Enter")
        page.locator("details[data-fold=vertices] summary").focus()
        page.keyboard.press("Enter")
        first = page.locator(".vertices li").first
        before = float(first.locator("input").first.input_value())
        first.locator("input").first.focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Shift+ArrowRight")
        moved = float(first.locator("input").first.input_value())
        assert (moved - before) * 95_800 == pytest.approx(11, abs=0.2)
        assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith(
            "Longitude of Vertex 1"
        )
        page.get_by_label("Add a vertex after Vertex 1").press("Enter")
        assert page.locator(".vertices li").count() == 5
        page.get_by_label("Take Vertex 2 away").press("Enter")
        assert page.locator(".vertices li").count() == 4
        page.locator("#zone-reason").fill("moved by keyboard")
        page.keyboard.press("Enter")
        desk.saved(2)
        assert desk.zones()["west"]["properties"]["reason"] == "moved by keyboard"
        assert desk.faults() == []


def test_a_zone_is_drawn_with_the_keyboard_alone(sit_down: OpenEditor) -> None:
    with sit_down(language="en") as desk:
        page = desk.page
        page.get_by_role("button", name="New zone", exact=True).press("Enter")
        page.locator("details[data-fold=points] summary").press("Enter")
        for _ in range(3):
            page.locator("[data-focus=add-point]").press("Enter")
        for at, place in enumerate(((90, -20), (130, -20), (130, 30))):
            for axis, deg in enumerate(degrees(*place)):
                field = page.locator(f'[data-focus="p-{at}-{axis}"]')
                field.fill(f"{deg:.7f}")
                field.press("Tab")
        page.locator("[data-focus=finish-points]").press("Enter")
        page.locator(".zone-title").wait_for()
        page.locator("#zone-reason").fill("by keyboard")
        page.keyboard.press("Enter")
        desk.saved(3)

        (new,) = [key for key in desk.zones() if key not in ("west", "east")]
        assert desk.shape(new).area == pytest.approx(40 * 50 / 2, abs=2)
        assert desk.faults() == []


def test_a_finger_draws_a_zone_on_a_phone(sit_down: OpenEditor) -> None:
    with sit_down(size=PHONE) as desk:
        hand = desk.hand
        hand.tool("draw")
        desk.page.locator(".cursor-marker").wait_for(state="attached")
        for place in ((20, 100), (70, 100), (70, 190), (20, 190)):
            hand.tap(*place)
        desk.page.locator(".zone-hint button", has_text="完成").tap()
        desk.page.locator(".zone-title").wait_for()
        hand.save("手机上画的")
        desk.saved(3)

        sizes = desk.page.evaluate(
            """() => [...document.querySelectorAll('.zone-tools button, [data-part] .button')]
              .map((one) => one.getBoundingClientRect())
              .map((box) => Math.min(box.width, box.height))"""
        )
        assert min(sizes) >= 44
        assert desk.faults() == []


def test_buildings_half_inside_are_shown_and_taken_whole_or_left_out(sit_down: OpenEditor) -> None:
    with sit_down() as desk:
        desk.hand.choose("西区")
        desk.hand.tool("part")
        desk.hand.drag((200, 150), (163, 216))
        desk.page.locator(".halves").wait_for()
        assert "综合楼" in desk.page.locator(".halves").inner_text()
        desk.hand.button("in-b5").click()
        desk.page.locator(".halves").wait_for(state="hidden")
        desk.hand.save("整栋划入")
        desk.saved(2)

        assert desk.shape("west").buffer(CENTIMETRE).covers(box(150, 180, 170, 192))


def test_the_effect_is_told_before_saving_with_openings_by_state(sit_down: OpenEditor) -> None:
    with sit_down() as desk:
        desk.hand.choose("西区")
        desk.hand.drag((90, 60), (90, -30))
        desk.page.locator(".effect-figures").wait_for()
        desk.shown("新划入（1）")
        figures = desk.page.locator(".effect-figures").inner_text()
        counts = desk.page.locator(".opening-counts").inner_text()

        assert "楼栋" in figures
        assert "+1" in figures
        assert "+62" in figures
        assert "未值守" in counts
        box_of = desk.page.locator(".opening-pin [href='#sym-pin-open']").first.bounding_box()
        assert box_of is not None
        assert max(box_of["width"], box_of["height"]) <= 24
        assert desk.page.locator(".opening-pin [href='#sym-pin-open']").count() > 0
        assert desk.faults() == []


def test_a_reason_is_asked_for(sit_down: OpenEditor) -> None:
    with sit_down() as desk:
        desk.hand.choose("西区")
        desk.hand.drag((90, 60), (80, 50))
        desk.hand.button("save").click()

        assert "请写明理由" in desk.page.locator("[data-part=save]").inner_text()
        assert desk.page.evaluate("document.activeElement.id") == "zone-reason"


def test_a_zone_beyond_the_area_is_refused_and_the_part_drawn(sit_down: OpenEditor) -> None:
    with sit_down(OTHER) as desk:
        desk.hand.choose("西区")
        desk.hand.drag((90, 150), (-90, 150))
        desk.page.locator(".fault-block").wait_for()

        assert desk.page.locator(".leaflet-zones-pane path[stroke='#D55E00']").count() > 0


def test_two_changes_that_do_not_touch_are_merged(sit_down: OpenEditor) -> None:
    with sit_down() as first, sit_down(OTHER) as second:
        first.hand.choose("西区")
        first.hand.drag((145, 150), (145, 170))
        first.shown("草稿未保存")
        second.hand.choose("西区")
        second.hand.drag((145, 60), (145, 40))
        second.hand.save("南边")
        second.saved(2)
        first.shown("他人已保存了其中的区")
        first.hand.save("北边")
        first.page.locator(".conflict").wait_for()
        assert "wang" in first.page.locator(".conflict").inner_text()
        assert first.opened.serious() == []
        first.hand.button("conflict-use").click()
        first.hand.save("两边都要")
        first.saved(2)

        west = first.shape("west")
        assert west.bounds[1] == pytest.approx(40, abs=3)
        # The hand let go near a building, and the line snapped to it.
        assert west.bounds[3] == pytest.approx(180, abs=0.1)
        assert first.zones()["west"]["properties"]["version"] == 3
        assert [*first.faults(), *second.faults()] == []


def test_two_changes_that_touch_are_left_to_a_choice(sit_down: OpenEditor) -> None:
    with sit_down() as first, sit_down(OTHER) as second:
        for desk, end in ((first, (70, 170)), (second, (100, 140))):
            desk.hand.choose("西区")
            desk.hand.drag((90, 150), end)
            desk.shown("草稿未保存")
        second.hand.save("往里收")
        second.saved(2)
        first.shown("他人已保存了其中的区")
        first.hand.save("往外扩")
        first.page.locator(".conflict").wait_for()
        use = first.hand.button("conflict-use")
        assert use.is_disabled()
        first.page.get_by_label("用我的").check()
        use.click()
        first.hand.save("按我的")
        first.saved(2)

        assert first.shape("west").bounds[0] == pytest.approx(70, abs=3)
        assert first.zones()["west"]["properties"]["version"] == 3


def test_another_browser_shows_what_was_saved_within_a_second(sit_down: OpenEditor) -> None:
    with sit_down() as first, sit_down(READER) as second:
        second.page.locator(".bar-live[data-live=live]").wait_for()
        first.hand.choose("西区")
        first.page.locator("details[data-fold=values] summary").click()
        first.page.locator("[data-focus=name]").fill("西一区")
        first.page.locator("[data-focus=name]").press("Tab")
        first.hand.save("改名")
        first.saved(2)

        second.page.locator(".zone-row", has_text="西一区").wait_for(timeout=1_000)
        assert second.page.locator(".zone-tools").count() == 0
        assert second.faults() == []


def test_a_draft_survives_a_reload_and_a_lost_connection(sit_down: OpenEditor) -> None:
    with sit_down() as desk:
        desk.hand.choose("西区")
        desk.hand.drag((90, 150), (70, 160))
        desk.shown("草稿未保存")
        desk.page.reload()
        desk.page.locator("html[data-zones=ready]").wait_for(state="attached")
        desk.shown("草稿未保存")

        desk.page.context.set_offline(True)
        desk.hand.save("断网时保存")
        desk.shown("未保存：连不上服务")
        desk.page.context.set_offline(False)
        desk.hand.button("save").click()
        desk.saved(2)
        assert desk.zones()["west"]["properties"]["reason"] == "断网时保存"


def test_an_old_version_is_compared_on_the_map_and_brought_back(sit_down: OpenEditor) -> None:
    with sit_down() as desk:
        hand = desk.hand
        hand.choose("西区")
        hand.drag((90, 150), (60, 180))
        hand.save("扩大")
        desk.saved(2)
        desk.page.locator("details[data-fold=versions] summary").click()
        hand.button("compare-2").click()
        assert desk.page.locator("clipPath").count() == 2
        assert "扩大" in desk.page.locator(".versions").inner_text()
        hand.button("compare-2").click()
        hand.button("restore-1").click()
        hand.save("恢复原样")
        desk.saved(2)

        assert desk.shape("west").symmetric_difference(WEST).area < 5
        assert desk.zones()["west"]["properties"]["version"] == 3
        assert desk.faults() == []


def test_the_past_is_shown_as_it_was_known_and_cannot_be_edited(sit_down: OpenEditor) -> None:
    with sit_down() as desk:
        desk.hand.choose("西区")
        desk.hand.drag((90, 150), (60, 180))
        desk.hand.save("扩大")
        desk.saved(2)
        slider = desk.page.locator(".time-bar input")
        slider.wait_for()
        slider.focus()
        desk.page.keyboard.press("Home")
        desk.page.locator(".note.then").wait_for()

        assert desk.page.locator(".zone-tools").is_hidden()
        assert desk.page.locator("[data-part=save]").is_hidden()
        assert desk.opened.serious() == []
        desk.page.locator(".time-bar .link").click()
        desk.page.locator(".note.then").wait_for(state="hidden")
        assert desk.page.locator(".zone-tools").is_visible()
        assert desk.faults() == []


@pytest.mark.parametrize(
    ("size", "language", "scheme"),
    [(DESKTOP, "zh", "light"), (PHONE, "zh", "dark"), (PHONE, "en", "light")],
)
def test_the_editor_has_no_barriers(
    sit_down: OpenEditor,
    size: tuple[int, int],
    language: str,
    scheme: Literal["light", "dark"],
) -> None:
    with sit_down(size=size, language=language, scheme=scheme) as desk:
        assert desk.opened.serious() == []
        desk.page.locator(".zone-row", has_text="西区").click()
        for fold in ("values", "vertices"):
            desk.page.locator(f"details[data-fold={fold}] summary").click()
        desk.page.locator("[data-focus='v0-0-0']").press("ArrowUp")
        desk.page.locator(".effect-figures").wait_for()

        assert desk.opened.serious() == []
        widths = desk.page.evaluate(
            """() => [document.documentElement, document.querySelector("#tab-panels")]
              .map((one) => one.scrollWidth)"""
        )
        assert max(widths) <= size[0]
        assert desk.faults() == []
