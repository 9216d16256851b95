"""Whether the service runs."""

from importlib.metadata import PackageNotFoundError, version

from fastapi import APIRouter, Depends, Response

from api.dependencies import Public, WorkspaceDep
from api.routers.bodies import HealthOut, problems
from api.routers.parameters import no_parameters

router = APIRouter(tags=["service"])


@router.get(
    "/health",
    operation_id="read_health",
    summary="Health",
    responses=problems(is_public=True),
    dependencies=[Public, Depends(no_parameters)],
)
def get_health(workspace: WorkspaceDep, response: Response) -> HealthOut:
    """Tell that the service runs and can read its project."""
    response.headers["Cache-Control"] = "no-store"
    return HealthOut(status="ok", version=_version(), revision=workspace.project.revision)


def _version() -> str:
    try:
        return version("prevention-map")
    except PackageNotFoundError:  # run from a source tree that was never installed
        return "0+source"
