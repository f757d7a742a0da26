"""Pieces with a serial number: where each is, and with which movements it got there."""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

import msgspec

from jxc_graphql.books.goods.picking import USED_UP
from jxc_graphql.books.goods.rules import SERIAL_LIMIT, Leg, Move, SerialElsewhere
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Path, Reason
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.text import check_text
from jxc_graphql.masters.warehouses import queries as warehouses
from jxc_graphql.masters.warehouses.places import THEIRS, PlaceKind, VirtualPlace
from jxc_graphql.masters.warehouses.queries import KnownPlace

Name = tuple[int, str]
"""SKU and serial number."""
PIECES_SHOWN = 1_000
"""Pieces that are listed beside a line of a document; its movements have all of them, by page."""

_LOCK = {"sqlite": "", "postgres": "FOR UPDATE OF serial"}
_AFTER_ALL = {VirtualPlace.VARIANCE, VirtualPlace.OPENING}
"""Places from which pieces come that were found, wherever the books last had them outside."""


class SerialPiece(msgspec.Struct, frozen=True, kw_only=True):
    """A piece that is known, and where it is."""

    id: int
    place: KnownPlace
    consignment_id: int = 0
    """The line that brought it, where it is a supplier's."""


async def pieces(names: Collection[Name]) -> dict[Name, SerialPiece]:
    """Those of the pieces that are known, locked in the order of their ids."""
    if not names:
        return {}
    rows = await db.fetch(
        f"""
        SELECT serial.sku_id, serial.number, serial.id, CASE place.kind WHEN 'CONSIGNED' THEN (
            SELECT consignment_id FROM stock_movement WHERE id = (
                SELECT MAX(movement_id) FROM serial_movement WHERE serial_id = serial.id)) ELSE 0 END,
            {warehouses.PLACE_COLUMNS}
        FROM {db.rows({"sku_id": "bigint", "number": "text"})} AS line
        JOIN serial_number AS serial ON serial.sku_id = line.sku_id AND serial.number = line.number
        JOIN place ON place.id = serial.place_id ORDER BY serial.id {_LOCK[db.dialect()]}""",
        (db.json(sorted(names)),),
    )
    return {
        (sku_id, number): SerialPiece(id=serial_id, place=warehouses.known_place(place), consignment_id=line_id)
        for sku_id, number, serial_id, line_id, *place in rows
    }


def check_numbers(numbers: Sequence[str], path: Path) -> Iterator[Reason]:
    """What is wrong with serial numbers as they were typed; to be asked before the ledger is, which looks them up."""
    for index, number in enumerate(numbers):
        yield from check_text((*path, index), number, limit=SERIAL_LIMIT, required=True)


def check_whereabouts(
    moves: Sequence[Move], pieces: Mapping[Name, SerialPiece], places: Mapping[int, KnownPlace]
) -> Iterator[Reason]:
    """Whether each piece is where its move takes it from; goods from outside may bring pieces that nobody knows yet."""
    for move in moves:
        for number in move.serials:
            if not _is_there(pieces.get((move.sku_id, number)), move, places):
                yield SerialElsewhere(path=move.path, number=number)


def _is_there(piece: SerialPiece | None, move: Move, places: Mapping[int, KnownPlace]) -> bool:
    place = places[move.from_place_id]
    if piece is not None and piece.place.kind in THEIRS:
        if place.kind in THEIRS:
            return piece.consignment_id == move.consignment_id
        same = move.or_bins and place.kind is PlaceKind.STOCK and piece.place.warehouse_id == place.warehouse_id
        return same and move.to_place_id in USED_UP
    if piece is None:
        return place.warehouse_id is None and place.id != VirtualPlace.CUSTOMER
    same_kind = (piece.place.warehouse_id, piece.place.kind) == (place.warehouse_id, place.kind)
    if piece.place.id == place.id or (move.or_bins and same_kind):
        return True
    return place.id in _AFTER_ALL and piece.place.warehouse_id is None


def by_place(move: Move, pieces: Mapping[Name, SerialPiece]) -> dict[tuple[int, int], list[str]]:
    """The serial numbers of a move by the place that each is taken from, and by the supplier's line (0: ours)."""
    found: dict[tuple[int, int], list[str]] = {}
    for number in move.serials:
        piece = pieces.get((move.sku_id, number))
        place_id = piece.place.id if piece and move.or_bins else move.from_place_id
        found.setdefault((place_id, piece.consignment_id if piece else 0), []).append(number)
    return found


async def pieces_of_lines(call: Call, line_ids: Sequence[int]) -> list[list[int]]:  # noqa: ARG001  (as `batched` asks)
    """The pieces that each line of a document moved, by their numbers, `PIECES_SHOWN` at most; one statement."""
    rows = await db.fetch(
        f"""
        SELECT line_id, serial_id FROM (
            SELECT movement.line_id, serial.id AS serial_id, serial.number,
                ROW_NUMBER() OVER (PARTITION BY movement.line_id ORDER BY serial.number) AS position
            FROM {db.rows({"id": "bigint"})} AS asked
            JOIN stock_movement AS movement ON movement.line_id = asked.id
            JOIN serial_movement AS moved ON moved.movement_id = movement.id
            JOIN serial_number AS serial ON serial.id = moved.serial_id) AS piece
        WHERE position <= {PIECES_SHOWN:d} ORDER BY line_id, position""",
        (db.json([line_id] for line_id in line_ids),),
    )
    found: dict[int, list[int]] = {line_id: [] for line_id in line_ids}
    for line_id, serial_id in rows:
        found[line_id].append(serial_id)
    return [found[line_id] for line_id in line_ids]


def write(legs: Sequence[Leg], known: Mapping[Name, SerialPiece], document_id: int, at: datetime) -> None:
    """Says of each piece where it is now, makes those that are new, and writes which movement brought them there."""
    named = [(leg, number) for leg in legs for number in leg.serials]
    if not named:
        return
    columns = {"id": "bigint", "sku_id": "bigint", "number": "text", "place_id": "bigint"}
    ids = {(leg.move.sku_id, number): _id(known.get((leg.move.sku_id, number))) for leg, number in named}
    db.later(
        f"""
        INSERT INTO serial_number (id, sku_id, number, place_id, created_at)
        SELECT line.id, line.sku_id, line.number, line.place_id, ?
        FROM {db.rows(columns)} AS line WHERE true ORDER BY line.sku_id, line.number
        ON CONFLICT (sku_id, number) DO UPDATE SET place_id = excluded.place_id
        WHERE serial_number.id = excluded.id""",
        (
            at,
            db.json(
                (ids[leg.move.sku_id, number], leg.move.sku_id, number, leg.move.to_place_id) for leg, number in named
            ),
        ),
        rows=len(named),
    )
    ids_of_move = ("serial_id", "line_id", "from_place_id", "to_place_id", "consignment_id")
    path = dict.fromkeys(ids_of_move, "bigint")
    db.later(
        f"""
        INSERT INTO serial_movement (id, serial_id, movement_id)
        SELECT line.id, line.serial_id, movement.id FROM {db.rows({"id": "bigint"} | path)} AS line
        JOIN stock_movement AS movement ON movement.document_id = ? AND movement.line_id = line.line_id
            AND movement.from_place_id = line.from_place_id AND movement.to_place_id = line.to_place_id
            AND movement.consignment_id = line.consignment_id""",
        (
            db.json(
                (
                    new_id(),
                    ids[leg.move.sku_id, number],
                    leg.move.line_id,
                    leg.from_place_id,
                    leg.move.to_place_id,
                    leg.consignment_id,
                )
                for leg, number in named
            ),
            document_id,
        ),
    )


def _id(piece: SerialPiece | None) -> int:
    return piece.id if piece else new_id()
