"""Who may see what amounts are worth in the books' currency."""

from jxc_graphql import schema


def test_what_is_hidden_in_one_currency_is_hidden_in_the_other() -> None:
    asked = {
        f"{one.name}.{name}": (one.fields[name].requires, one.fields[f"base{name.title()}"].requires)
        for one in schema.schema().types.objects.values()
        for name in ("net", "gross")
        if {name, f"base{name.title()}"} <= one.fields.keys()
    }
    assert len(asked) > 10
    assert [name for name, (own, base) in asked.items() if own != base] == []
