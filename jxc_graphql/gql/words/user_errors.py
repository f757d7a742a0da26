"""Payloads: what was changed, and what was wrong with the request."""

from jxc_graphql.gql.words.entity import interface, user_error
from jxc_graphql.kit.errors import Reason


@interface
class UserError:
    """Something wrong with the input that the user can put right; nothing was written."""

    code: str
    """What is wrong, for programs; codes never change."""
    message: str
    """What is wrong, for people, in the language of the request."""
    path: list[str] | None
    """The way to the input that caused it, list positions included."""


@user_error(Reason)
class InvalidInputError:
    """Something wrong with the input; its code says all there is to say."""
