"""What /openapi.json describes is what is answered, whatever is asked."""

import os

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from api.app import create_app
from tests.api.ledgers import event, milking, open_log, packing

SEED = int(os.environ.get("CARAVAN_SEED", "4"))
EXAMPLES = int(os.environ.get("CARAVAN_EXAMPLES", "60"))
"""Questions for each route and method; `make fuzz` asks more."""
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
)
OPERATIONS = (
    ("GET", "/disclosures"),
    ("GET", "/entries/{index}"),
    ("GET", "/entries/{index}/receipt"),
    ("GET", "/healthz"),
    ("GET", "/id/{path}"),
    ("GET", "/log/checkpoint"),
    ("GET", "/log/tile/entries/{place}"),
    ("GET", "/log/tile/{level}/{place}"),
    ("GET", "/metrics"),
    ("GET", "/parties"),
    ("GET", "/passport"),
    ("GET", "/policy"),
    ("GET", "/readyz"),
    ("GET", "/supply"),
    ("GET", "/trace"),
    ("POST", "/disclosures"),
    ("POST", "/statements"),
)


@pytest.fixture(scope="module")
def schema(tmp_path_factory):
    log = open_log(tmp_path_factory.mktemp("described"))
    log.append_statements([event(), milking(), packing()])
    yield schemathesis.openapi.from_asgi("/openapi.json", create_app(log))
    log.close()


def test_every_operation_is_asked(schema):
    described = {
        (operation.ok().method.upper(), operation.ok().path)
        for operation in schema.get_all_operations()
    }

    assert described == set(OPERATIONS)


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_whatever_is_asked_is_answered_as_described(schema, method, path):
    @seed(SEED)
    @settings(
        max_examples=EXAMPLES,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=[*HealthCheck],
    )
    @given(case=schema[path][method].as_strategy())
    def ask(case):
        case.call_and_validate(checks=CHECKS)

    ask()
