"""Roles: what a party of each kind usually may state, in words of EPCIS and CBV.

A registrar admits a party in a role instead of writing its rights out; what goes into
the ledger are the rights, so a table that changes here changes nothing there. Each line
is a business step and the dispositions it may carry; ``-`` is an event without one.

The steps are those of a dairy, from calf to shop. Whoever traces something else gives
rights one by one.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from ledger.action import Rights, Step
from ledger.encoding import Json
from ledger.errors import NotFoundError, StatementFormatError

_NONE: Final = "-"

_ITSELF: Final = """
    other                    -
"""
"""What anybody may say of itself: a profile, or that its season begins."""
_HERD: Final = """
    accepting                - in_progress
    arriving                 - active
    collecting               - in_progress
    commissioning            - active
    creating_class_instance  - active in_progress
    decommissioning          - destroyed inactive
    departing                - in_transit
    dispensing               - in_progress
    entering_exiting         - active in_progress
    holding                  - unavailable
    inspecting               - active conformant
    installing               - active
    killing                  - destroyed inactive
    other                    - active inactive
    receiving                - active in_progress
    replacing                - active
    sensor_reporting         - active in_progress
    shipping                 - in_transit inactive
    storing                  - in_progress
"""
_COLLECTION: Final = """
    accepting                - in_progress conformant non_conformant
    collecting               - in_progress non_conformant
    creating_class_instance  - in_progress
    inspecting               - conformant non_conformant
    loading                  - in_transit
    receiving                - in_progress conformant non_conformant
    sampling                 - in_progress
    shipping                 - in_transit
    storing                  - in_progress
"""
_TRANSPORT: Final = """
    accepting                - in_transit
    arriving                 - in_transit
    collecting               - in_transit
    departing                - in_transit
    loading                  - in_transit
    sensor_reporting         - in_transit
    shipping                 - in_transit
    transporting             - in_transit
    unloading                - in_transit
"""
_PLANT: Final = """
    accepting                - in_progress conformant non_conformant
    arriving                 - in_progress conformant non_conformant
    commissioning            - active
    creating_class_instance  - active in_progress
    decommissioning          - destroyed inactive
    departing                - in_transit
    destroying               - destroyed disposed
    encoding                 - active encoded
    holding                  - recalled unavailable
    inspecting               - conformant non_conformant sellable_not_accessible
    loading                  - in_transit
    other                    - in_progress
    packing                  - container_closed in_progress
    picking                  - in_progress
    receiving                - in_progress conformant non_conformant returned
    reserving                - reserved
    sampling                 - in_progress
    sensor_reporting         - in_progress
    shipping                 - in_transit
    staging_outbound         - in_progress in_transit
    stock_taking             - sellable_not_accessible
    storing                  - in_progress sellable_not_accessible
"""
_TRADE: Final = """
    accepting                - completeness_verified mismatch_quantity
    arriving                 - in_progress in_transit
    departing                - in_transit
    holding                  - recalled returned unavailable
    loading                  - in_transit
    picking                  - in_progress in_transit
    receiving                - completeness_verified in_progress mismatch_quantity
    receiving                  returned
    reserving                - reserved
    shipping                 - in_transit returned
    staging_outbound         - in_transit
    stock_taking             - sellable_not_accessible
    storing                  - sellable_not_accessible
"""
_SHOP: Final = """
    destroying               - destroyed disposed
    retail_selling           - retail_sold
    stocking                 - sellable_accessible
"""
_LABORATORY: Final = """
    inspecting               - conformant non_conformant
    receiving                - in_progress
    sampling                 - in_progress
"""
_VETERINARIAN: Final = """
    commissioning            - active
    decommissioning          - destroyed inactive
    holding                  - unavailable
    inspecting               - active conformant non_conformant
    installing               - active
    killing                  - destroyed inactive
    other                    - active
    replacing                - active
    sampling                 - in_progress
"""
_AUTHORITY: Final = """
    decommissioning          - destroyed inactive
    destroying               - destroyed disposed
    holding                  - recalled unavailable
    inspecting               - conformant non_conformant
    other                    -
    sampling                 - in_progress
"""

_ROLES: Final[Mapping[str, tuple[str, str]]] = {
    "authority": (_AUTHORITY, "conformant non_conformant recalled"),
    "carrier": (_TRANSPORT, ""),
    "cooperative": (_HERD + _COLLECTION, ""),
    "distributor": (_TRADE + _TRANSPORT, ""),
    "farm": (_HERD, ""),
    "household": (_HERD, ""),
    "laboratory": (_LABORATORY, "conformant non_conformant"),
    "plant": (_PLANT, "conformant non_conformant recalled"),
    "retailer": (_TRADE + _SHOP, ""),
    "station": (_COLLECTION, ""),
    "veterinarian": (_VETERINARIAN, "conformant non_conformant"),
}

ROLES: Final = tuple(_ROLES)
"""Names of the roles; a party's kind is its role."""


def role_rights(role: str) -> Rights:
    """Return the rights that a role stands for.

    Raises:
        NotFoundError: There is no such role.

    >>> ("retail_selling", "retail_sold") in role_rights("retailer").steps
    True
    """
    if role not in _ROLES:
        raise NotFoundError(f"role: got {role}, want one of {', '.join(ROLES)}")
    steps, persistent = _ROLES[role]
    return Rights(frozenset(_steps(steps + _ITSELF)), frozenset(persistent.split()))


def parse_right(text: str) -> Step:
    """Return one right as it is written on a command line.

    Raises:
        StatementFormatError: More than a step and a disposition.

    >>> parse_right("inspecting"), parse_right("inspecting:conformant")
    (('inspecting', None), ('inspecting', 'conformant'))
    """
    step, *rest = text.split(":")
    if len(rest) > 1:
        raise StatementFormatError(f"right: got {text}, want step or step:disposition")
    return step, rest[0] if rest else None


def rights_body(rights: Rights) -> dict[str, Json]:
    """Return rights as a directory statement's body has them, in a fixed order."""
    pairs = sorted(rights.steps, key=lambda pair: (pair[0], pair[1] or ""))
    steps: list[Json] = [[step, disposition] for step, disposition in pairs]
    return {"persistent": [*sorted(rights.persistent)], "steps": steps}


def _steps(table: str) -> Iterable[Step]:
    for line in table.split("\n"):
        step, *dispositions = line.split() or [""]
        for disposition in dispositions:
            yield step, None if disposition == _NONE else disposition
