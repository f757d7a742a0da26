"""Whether what moves keep agrees with the book of goods."""

from jxc_graphql.books.goods.queries import moved_for_lines

COMPARISONS = (
    moved_for_lines(
        "place_move",
        "quantity",
        "was moved from its place to the other",
        where="line.from_place_id = movement.from_place_id AND line.to_place_id = movement.to_place_id",
    ),
)
