"""``GET /``, ``/supply`` and ``/parties``: the ledger as a whole, for people.

``/supply`` is JSON for who asks for that. All figures are counted by this server, and
each page names the command that counts them again from a verified ledger.
"""

from bisect import bisect_right

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from api.caching import ASK_AGAIN, JSON
from api.caching import answer as cached
from api.counting import Counting
from api.listing import FIRST_PARTIES, PARTIES_ON_A_PAGE, newest, party_lines
from api.negotiation import prefers_json
from api.pages import PageRenderer
from api.parameters import given_once
from api.region import region_of
from api.routes.pages import or_refusal, page_response, visit_of
from ledger.checkpoint import parse_checkpoint
from ledger.encoding import Json, canonical
from ledger.errors import QuorumError
from ledger.note import parse_note
from ledger.reader import LogReader
from ledger.seal import parse_seal
from ledger.wording import time


def supply_routes(
    log: LogReader, renderer: PageRenderer, counting: Counting
) -> list[BaseRoute]:
    """Return the routes of the pages about the whole ledger."""

    def read_region(request: Request) -> Response:
        visit = visit_of(request, log)
        texts = renderer.texts(visit.lang)
        try:
            checkpoint = log.checkpoint()
        except QuorumError:
            # It is a page about the ledger, which is there without any witness.
            checkpoint = log.signed_checkpoint()
        size = parse_checkpoint(parse_note(checkpoint).text).size
        parties = sorted(log.directory.parties.values(), key=lambda party: party.id)
        page = renderer.render(
            "start.html",
            visit,
            texts("region.title"),
            region=region_of(counting.counted(), log, texts),
            newest=list(newest(log, texts)),
            parties=party_lines(parties[:FIRST_PARTIES], log, texts),
            party_count=len(parties),
            origin=log.origin,
            size=size,
            sealed=time(parse_seal(log.entry(size - 1)).time, texts.messages),
            checkpoint=checkpoint.decode("utf-8"),
        )
        return page_response(request, page)

    def read_supply(request: Request) -> Response:
        counted = counting.counted()
        if prefers_json(request):
            document: dict[str, Json] = {
                "said_by": "this server, not checked",
                "tree_size": counted.tree_size,
                "has_stopped": counted.has_stopped,
            }
            body = canonical(document | counted.report.to_json())
            return cached(request, body, media_type=JSON, keep=ASK_AGAIN, vary="Accept")
        visit = visit_of(request, log)
        texts = renderer.texts(visit.lang)
        page = renderer.render(
            "supply.html",
            visit,
            texts("supply.title"),
            region=region_of(counted, log, texts),
        )
        return page_response(request, page)

    def read_parties(request: Request) -> Response:
        visit = visit_of(request, log)
        texts = renderer.texts(visit.lang)
        parties = sorted(log.directory.parties.values(), key=lambda party: party.id)
        after = given_once(request, "after") or ""
        first = bisect_right([party.id for party in parties], after)
        shown = parties[first : first + PARTIES_ON_A_PAGE]
        has_more = first + len(shown) < len(parties)
        page = renderer.render(
            "parties.html",
            visit,
            texts("start.parties.title"),
            parties=party_lines(shown, log, texts),
            party_count=len(parties),
            next_after=shown[-1].id if has_more else "",
        )
        return page_response(request, page)

    answer = or_refusal(log, renderer)
    return [
        Route("/", answer(read_region), methods=["GET"]),
        Route("/supply", answer(read_supply), methods=["GET"]),
        Route("/parties", answer(read_parties), methods=["GET"]),
    ]
