"""Parameters of a question: each that a route knows is given once, and says something.

A name that stands twice has two meanings, and whoever is in between may read the other
one. So it is refused, not guessed. Names that a route does not know are passed over:
links carry what others have added to them.
"""

from fastapi.routing import APIRoute
from starlette.requests import Request

from ledger.errors import MalformedError


def check_parameters(request: Request) -> None:
    """Refuse a request whose route's own parameters are not given as it takes them.

    A dependency of every documented route.

    Raises:
        MalformedError: One is missing, empty or there twice.
    """
    route = request.scope.get("route")
    for field in route.dependant.query_params if isinstance(route, APIRoute) else ():
        given = given_once(request, field.alias)
        if given is None and field.field_info.is_required():
            raise MalformedError(f"{field.alias}: is missing")
        if given == "":
            raise MalformedError(f"{field.alias}: is empty")


def given_once(request: Request, name: str) -> str | None:
    """Return a parameter's value; None if it is not given.

    Raises:
        MalformedError: It is there twice.
    """
    given = request.query_params.getlist(name)
    if len(given) > 1:
        raise MalformedError(f"{name}: is given {len(given)} times, want it once")
    return given[0] if given else None
