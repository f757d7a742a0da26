from datetime import UTC, datetime, timedelta

import pytest

from jxc_graphql import features
from jxc_graphql.office.auth import rules
from jxc_graphql.office.auth.built_in import BUILT_IN_ROLES, permissions_of
from jxc_graphql.office.auth.permissions import Permission

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(("failures", "seconds"), [(0, 0), (4, 0), (5, 1), (6, 2), (10, 32), (11, 60), (10_000, 60)])
def test_the_pause_doubles_after_five_failures_up_to_a_minute(failures: int, seconds: int) -> None:
    assert rules.pause(failures, NOW, NOW) == timedelta(seconds=seconds)


features.modules("models")  # which say permissions of their own


def test_the_pause_runs_out() -> None:
    assert rules.pause(6, NOW, NOW + timedelta(seconds=1.5)) == timedelta(seconds=0.5)
    assert rules.pause(6, NOW, NOW + timedelta(seconds=2)) == timedelta(0)


def test_failures_of_long_ago_are_forgotten() -> None:
    assert rules.forgotten(NOW, NOW + timedelta(minutes=16))
    assert not rules.forgotten(NOW, NOW + timedelta(minutes=14))


@pytest.mark.parametrize("password", ["1234567", "x" * 201])
def test_a_password_has_a_least_and_a_most_length(password: str) -> None:
    assert list(rules.check_password(password)) == [rules.PasswordLength(path=("password",), least=8, most=200)]


def test_all_that_is_wrong_with_a_user_is_said_at_once() -> None:
    reasons = list(rules.check_user("", "x" * 101, "fr"))
    assert [(reason.code, reason.path) for reason in reasons] == [
        ("REQUIRED", ("username",)),
        ("TEXT_TOO_LONG", ("name",)),
        ("UNKNOWN_LOCALE", ("locale",)),
    ]


def test_unknown_roles_are_told_by_their_place() -> None:
    (reason,) = rules.check_roles(["BUYER", "KING"], ["BUYER"], ["BUYER"])
    assert (reason.code, reason.path) == ("UNKNOWN_ROLE_CODE", ("roles", 1))


def test_only_the_administrator_manages_users() -> None:
    holders = [code for code in BUILT_IN_ROLES if Permission.MANAGE_USERS in permissions_of(code)]
    assert holders == ["ADMIN"]


def test_a_viewer_changes_nothing_and_sees_no_cost() -> None:
    held = permissions_of("VIEWER")
    assert all(permission.startswith("SEE_") for permission in held)
    assert Permission.SEE_COST not in held
