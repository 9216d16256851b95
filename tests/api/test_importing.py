"""From files to a project: what comes in, what is told, and what stays as it was."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import openpyxl
import pandas as pd
import pyogrio
import pytest

from api.services.importing import ImportOptions, find_files, import_sources
from api.store.project import Project
from geo.crs import to_wgs84
from geo.errors import CrsError, InvalidLayerError, ReadError
from geo.io.demo import demo_folder
from geo.io.writing import write_layer
from geo.layers import LAYERS
from tests.support.projects import METRIC_CRS, small_layers, small_reports
from tests.support.real_data import real_data

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Write the small community as a folder of files, one a layer."""
    folder = tmp_path / "small"
    folder.mkdir()
    for name, rows in small_layers().items():
        write_layer(to_wgs84(rows), LAYERS[name], folder / f"{name}.geojson")
    small_reports().to_csv(folder / "reports.csv", index=False)
    return folder


def test_a_folder_becomes_a_project(folder: Path, tmp_path: Path) -> None:
    report = import_sources([folder], tmp_path / "p.gpkg")

    assert report.metric_crs == METRIC_CRS
    assert report.warnings == ()
    assert report.totals()["reports"].new == 5
    with Project.open(tmp_path / "p.gpkg") as project:
        assert {name: count for name, count in project.counts().items() if count} == {
            **{name: len(rows) for name, rows in small_layers().items()},
            "reports": 5,
        }


def test_files_are_read_before_those_that_lean_on_them(folder: Path, tmp_path: Path) -> None:
    (folder / "notes.txt").write_text("not a map")
    (folder / ".buildings.geojson").write_text("{}")
    shutil.copy(folder / "gates.geojson", tmp_path / "extra.osm.pbf")
    project_path = folder / "p.gpkg"
    project_path.write_bytes(b"")

    names = [file.name for file in find_files([folder, tmp_path / "extra.osm.pbf"], project_path)]

    assert names[:3] == ["extra.osm.pbf", "areas.geojson", "buildings.geojson"]
    assert names[-1] == "reports.csv"
    assert not {"notes.txt", ".buildings.geojson", "p.gpkg"} & set(names)


def test_the_same_folder_twice_changes_nothing(folder: Path, tmp_path: Path) -> None:
    import_sources([folder], tmp_path / "p.gpkg")

    report = import_sources([folder], tmp_path / "p.gpkg")

    assert report.revision == 2
    for layer in report.totals().values():
        assert (layer.new, layer.updated, layer.kept) == (0, 0, layer.unchanged)


def test_a_table_that_names_buildings_fills_them_in(folder: Path, tmp_path: Path) -> None:
    import_sources([folder], tmp_path / "p.gpkg")
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (("楼栋名称", "户数"), ("1号楼", 30), ("6号楼", 5)):
        sheet.append(row)
    book.save(tmp_path / "buildings.xlsx")

    report = import_sources([tmp_path / "buildings.xlsx"], tmp_path / "p.gpkg")

    assert report.totals()["buildings"].updated == 2
    with Project.open(tmp_path / "p.gpkg") as project:
        houses = project.read_table("buildings").set_index("building_id")
    assert houses.loc[["b1", "b6"], "households"].tolist() == [30, 5]
    assert houses.loc["b1", "residents"] == 60
    assert houses.loc["b6", "residents_are_estimated"]
    assert houses.loc["b6", "residents"] == round(5 * 2.62)


def test_faults_are_all_told_and_nothing_comes_in(folder: Path, tmp_path: Path) -> None:
    project_path = tmp_path / "p.gpkg"
    import_sources([folder], project_path)
    before = project_path.read_bytes()
    gates = json.loads((folder / "gates.geojson").read_text())
    gates["features"][0]["properties"]["state"] = "ajar"
    (folder / "gates.geojson").write_text(json.dumps(gates))
    reports = small_reports().assign(staff_back=[0, 20, -2, 3, 25])
    reports.to_csv(folder / "reports.csv", index=False)

    with pytest.raises(InvalidLayerError) as refused:
        import_sources([folder], project_path)

    columns = {(fault.source, fault.column) for fault in refused.value.faults}
    assert columns == {("gates.geojson", "state"), ("reports.csv", "staff_back")}
    assert project_path.read_bytes() == before


def test_good_rows_are_kept_when_asked(folder: Path, tmp_path: Path) -> None:
    reports = small_reports().assign(staff_back=[0, 20, -2, 3, 25])
    reports.to_csv(folder / "reports.csv", index=False)

    report = import_sources([folder], tmp_path / "p.gpkg", ImportOptions(keep_good=True))

    (told,) = (source for source in report.sources if source.file == "reports.csv")
    assert [fault.column for fault in told.faults] == ["staff_back"]
    assert (told.layers["reports"].seen, told.layers["reports"].kept) == (5, 4)


def test_another_sources_rows_are_not_overwritten(folder: Path, tmp_path: Path) -> None:
    import_sources([folder], tmp_path / "p.gpkg")
    with pytest.raises(InvalidLayerError, match="one from source 'gates'"):
        import_sources(
            [folder / "gates.geojson"], tmp_path / "p.gpkg", ImportOptions(source="survey")
        )


def test_a_first_import_that_fails_makes_no_project(folder: Path, tmp_path: Path) -> None:
    (folder / "gates.geojson").write_text("{ broken")
    with pytest.raises(ReadError, match=r"gates\.geojson"):
        import_sources([folder], tmp_path / "p.gpkg")
    assert [path.name for path in tmp_path.iterdir()] == ["small"]


def test_a_project_cannot_start_with_tables_alone(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="position"):
        import_sources([folder / "reports.csv"], tmp_path / "p.gpkg")


@pytest.mark.parametrize("name", ["no", "empty"])
def test_a_place_without_files_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(ReadError, match=name):
        import_sources([tmp_path / name], tmp_path / "p.gpkg")


def test_the_metric_crs_is_settled_once(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "p.gpkg"
    report = import_sources([folder], path, ImportOptions(metric_crs="EPSG:4547"))
    assert report.metric_crs == "EPSG:4547"
    assert import_sources([folder], path).metric_crs == "EPSG:4547"
    with pytest.raises(CrsError, match="EPSG:4547, the CRS of the project"):
        import_sources([folder], path, ImportOptions(metric_crs=METRIC_CRS))


def test_reports_of_unknown_premises_are_warned_of(folder: Path, tmp_path: Path) -> None:
    reports = small_reports().assign(premises_id=["p1", "p2", "gone", "p1", "p2"])
    reports.to_csv(folder / "reports.csv", index=False)

    report = import_sources([folder], tmp_path / "p.gpkg")

    assert report.warnings == ("Reports name 1 premises that the project does not hold: gone.",)


def test_areas_that_come_later_are_told_to_the_buildings(folder: Path, tmp_path: Path) -> None:
    houses = json.loads((folder / "buildings.geojson").read_text())
    for feature in houses["features"]:
        feature["properties"]["area_code"] = None
    (folder / "buildings.geojson").write_text(json.dumps(houses))
    path = tmp_path / "p.gpkg"
    import_sources([folder / "buildings.geojson"], path)

    report = import_sources([folder / "areas.geojson"], path)

    assert report.completed == {"buildings": 6}
    with Project.open(path) as project:
        codes = project.read_table("buildings")["area_code"].tolist()
    assert codes == small_layers()["buildings"]["area_code"].tolist()
    again = import_sources([folder / "buildings.geojson"], path)
    assert again.totals()["buildings"].unchanged == 6


def test_steps_are_told(folder: Path, tmp_path: Path) -> None:
    steps: list[str] = []
    import_sources([folder / "gates.geojson"], tmp_path / "p.gpkg", progress=steps.append)
    assert steps[0] == "Reading gates.geojson"
    assert steps[-1] == "Writing the project"


def test_the_report_is_the_same_text_each_time_but_for_seconds(
    folder: Path, tmp_path: Path
) -> None:
    texts = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        report = import_sources([folder], tmp_path / name / "p.gpkg")
        told = json.loads(report.as_json())
        del told["whole_s"]
        for source in told["sources"]:
            del source["read_s"]
        texts.append(json.dumps(told))
    assert texts[0] == texts[1]


def test_the_demo_becomes_a_project(tmp_path: Path) -> None:
    report = import_sources([demo_folder()], tmp_path / "demo.gpkg")

    assert all(not source.faults for source in report.sources)
    assert report.totals()["buildings"].new == 59
    assert report.warnings == ()


def test_a_real_campus_becomes_a_project_that_gdal_reads(tmp_path: Path) -> None:
    campus = real_data("beijing-bupt/bupt.osm.pbf")
    path = tmp_path / "bupt.gpkg"

    report = import_sources([campus], path)
    again = import_sources([campus], path)

    assert report.metric_crs == "EPSG:32650"
    assert report.totals()["buildings"].seen == 111
    assert report.totals()["entrances"].seen == 103
    for name, layer in report.totals().items():
        assert len(pyogrio.read_dataframe(path, layer=name)) == layer.kept
        assert layer.kept + layer.skipped == layer.seen
        assert again.totals()[name].unchanged == layer.kept
    with Project.open(path) as project:
        assert project.attributions() == ("© OpenStreetMap contributors, ODbL 1.0",)
        assert project.read("buildings")["residents"].notna().all()
        assert isinstance(project.read_table("reports"), pd.DataFrame)
