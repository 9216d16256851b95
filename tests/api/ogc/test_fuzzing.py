"""Requests that nobody would think of: no fault of ours, and no answer we did not announce."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.support.people import token_for
from tests.support.projects import small_project
from tests.support.running import Running, running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemathesis import APIOperation, BaseSchema, Case

    Operation = APIOperation[Any, Any, Any, Any]

EXAMPLES = 4
NOT_TRIED = ("/", "/api/events")
"""The page takes long for each question, and events never end."""
NOT_HTTP = b"Invalid HTTP request received."
"""What the server itself says to a target that no request may have; it never gets to us."""
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
BOUNDED = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Serve a community that may be spoilt."""
    with running(small_project(tmp_path_factory.mktemp("fuzzing") / "small.gpkg")) as service:
        yield service


@pytest.fixture(scope="module")
def headers(service: Running) -> dict[str, str]:
    """Sign in."""
    return {"Authorization": f"Bearer {token_for(service.app)}"}


@pytest.fixture(scope="module")
def schema(service: Running, headers: dict[str, str]) -> BaseSchema:
    """Read the description of the collections."""
    address = f"{service.base}/ogc/api?f=json"
    described: BaseSchema = schemathesis.openapi.from_url(address, headers=headers)
    return described


@pytest.fixture(scope="module")
def own_schema(service: Running) -> BaseSchema:
    """Read the description of everything else."""
    described: BaseSchema = schemathesis.openapi.from_url(f"{service.base}/openapi.json")
    return described


def operations(schema: BaseSchema) -> list[Operation]:
    return [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]


def test_the_document_is_one_that_programs_understand(schema: BaseSchema) -> None:
    schema.validate()
    assert len(operations(schema)) > 100


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize("name", ["zones", "gates", "streets"])
def test_no_request_breaks_a_collection(
    schema: BaseSchema, headers: dict[str, str], name: str, mode: GenerationMode
) -> None:
    """One collection of each kind of geometry; the others are made by the same code."""
    tried = [one for one in operations(schema) if one.path.startswith(f"/collections/{name}")]

    for operation in tried:
        _try_out(operation, mode, headers)
    assert len(tried) == 9


def test_no_request_breaks_what_can_be_read(
    own_schema: BaseSchema, headers: dict[str, str]
) -> None:
    tried = [
        one for one in operations(own_schema) if one.method == "get" and one.path not in NOT_TRIED
    ]

    for operation in tried:
        _try_out(operation, GenerationMode.POSITIVE, headers)
    assert len(tried) > 10


def _try_out(operation: Operation, mode: GenerationMode, headers: dict[str, str]) -> None:
    @given(case=operation.as_strategy(generation_mode=mode))
    @BOUNDED
    def answer_as_announced(case: Case[Any]) -> None:
        answer = case.call(headers=headers)
        if answer.content != NOT_HTTP:
            case.validate_response(answer, checks=CHECKS)

    answer_as_announced()
