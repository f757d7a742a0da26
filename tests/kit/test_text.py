import pytest
from tortoise.exceptions import IntegrityError

from jxc_graphql.kit import db
from jxc_graphql.kit.errors import Rejected
from jxc_graphql.kit.text import CodeTaken, check_text, unique
from jxc_graphql.office.auth.models import Role


def test_text_that_is_not_given_is_right() -> None:
    assert not list(check_text(("name",), None, limit=1, required=True))


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("fine 可乐\n\t", []),
        (" \u3000", ["REQUIRED"]),
        ("x" * 11, ["TEXT_TOO_LONG"]),
        ("a\x00", ["TEXT_NOT_PRINTABLE"]),
        ("\ud800", ["TEXT_NOT_PRINTABLE"]),
    ],
)
def test_text_is_checked(text: str, codes: list[str]) -> None:
    assert [reason.code for reason in check_text(("name",), text, limit=10, required=True)] == codes


async def test_a_unique_value_is_refused_to_others_only(database: db.Database) -> None:
    assert database
    admin = await Role.get(code="ADMIN")
    taken = CodeTaken(path=("code",), taken="ADMIN")
    async with unique(Role, taken, own_id=admin.id, code="ADMIN"):
        await admin.save()
    with pytest.raises(Rejected):
        async with unique(Role, taken, own_id=None, code="ADMIN"):
            pytest.fail("written")
    with pytest.raises(IntegrityError):
        async with unique(Role, taken, own_id=None, code="OTHER"):
            raise IntegrityError("foreign key")
    with pytest.raises(Rejected):
        async with unique(Role, taken, own_id=None, code="OTHER"):
            raise IntegrityError("UNIQUE constraint failed")
