"""What happens to numbering rules."""

from jxc_graphql.kit.journal import Fact


class NumberingRuleSet(Fact, frozen=True, kw_only=True):
    """Documents of a kind are numbered otherwise from now on."""

    numbering_rule_id: int
    before: str
    """What the first number of the day looked like."""
    after: str


class NumberingRuleDeleted(Fact, frozen=True, kw_only=True):
    """Documents of a kind are numbered as before it had a rule of its own."""

    numbering_rule_id: int
    before: str
    after: str
