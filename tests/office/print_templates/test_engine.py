"""What templates may be made of."""

from typing import Any

import pytest

from jxc_graphql.office.print_templates.engine import MOST, PrintTemplateInvalid, check, rendered

TOLD: dict[str, Any] = {
    "title": "送货单", "document": {"number": "SH-1", "note": "<b>", "items": "三"},
    "lines": [{"sku": {"name": name}, "quantity": quantity} for name, quantity in (("茶", "2"), ("米", "3.5"))],
    "sheets": [{"rows": [["1", "茶"], ["2", "米"]]}], "head": [("日期", "1"), ("客户", "2")],
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("{{ title }} {{ document.number }} {{ document['items'] }}", "送货单 SH-1 三"),
        ("{% for line in lines %}{{ loop.index }} {{ line.sku.name }};{% endfor %}", "1 茶;2 米;"),
        ("{% for row in sheets[0].rows %}{% for cell in row %}{{ cell }}{% endfor %},{% endfor %}", "1茶,2米,"),
        ("{% for name, text in head %}{{ name }}{{ text }}{% endfor %}", "日期1客户2"),
        ("{{ document.note }}", "&lt;b&gt;"),
        ("{{ lines[1].quantity * 2 }} {{ lines|length }} {{ 7 - 5 }}", "7.0 2 2"),
        ("{% if document.nothing.below is defined %}x{% else %}{{ document.nothing|default('-') }}{% endif %}", "-"),
        ("{{ 'a' if lines|length == 2 and not title == 'x' else 'b' }}{# nothing #}", "a"),
    ],
)
def test_shows_what_it_is_told(text: str, page: str) -> None:
    assert list(check(text, ("text",))) == []
    assert rendered(text, TOLD) == page


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("{{ title.upper() }}", 1),
        ("\n{% set a = 1 %}", 2),
        ("{% macro a() %}{% endmacro %}", 1),
        ("{% include 'document.html' %}", 1),
        ("{% for a in lines recursive %}{% endfor %}", 1),
        ("{% for a in lines %}\n{% for b in lines %}{% endfor %}{% endfor %}", 2),
        ("{% for a in lines %}{% for b in a %}{% for c in b %}{% endfor %}{% endfor %}{% endfor %}", 1),
        ("{% with a = 1 %}{% endwith %}", 1),
        ("{{ lines|join }}", 1),
        ("{{ title|safe }}", 1),
        ("{{ 2 ** 9 }}", 1),
        ("{{ title ~ title }}", 1),
        ("{{ [title] }}", 1),
        ("{{ title is callable }}", 1),
        ("\n\n{{ title", 3),
        ("{% if %}", 1),
    ],
)
def test_what_templates_may_not_have_is_named_with_its_line(text: str, line: int) -> None:
    (wrong,) = check(text, ("text",))
    assert isinstance(wrong, PrintTemplateInvalid)
    assert wrong.line == line
    with pytest.raises(ValueError, match=r"."):
        rendered(text, TOLD)


@pytest.mark.parametrize(
    "text",
    [
        "{{ lines }}", "{{ document }}", "{{ title * 9 }}", "{{ title + title }}", "{{ lines * 9 }}", "{{ 1 / 0 }}",
        "{{ lines|upper }}", "{{ lines == lines|trim }}",
    ],
)  # fmt: skip
def test_what_would_grow_is_refused(text: str) -> None:
    assert list(check(text, ("text",))) == []
    with pytest.raises(ValueError, match=r"."):
        rendered(text, TOLD)


def test_nothing_of_python_is_reached() -> None:
    assert rendered("{{ title.__class__ }}{{ lines.__class__.__mro__ }}", TOLD) == ""


def test_a_page_has_an_end() -> None:
    text = "{% for line in lines %}{{ title }}{% endfor %}"
    with pytest.raises(ValueError, match="at most"):
        rendered(text, {"lines": [0] * 10, "title": "x" * (MOST // 9)})
