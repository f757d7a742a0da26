"""What people read above the values of a field, in their language."""

import re

from jxc_graphql.gql.schema.types import Field, ObjectType
from jxc_graphql.gql.words.describe import screaming
from jxc_graphql.kit.labels import chinese, english

_CHINESE = re.compile(r"\(([^()A-Za-z]*[\u4e00-\u9fff][^()A-Za-z]*)\)")


def title(kind: ObjectType, field: Field, locale: str) -> str:
    """The Chinese word in its description, or in that of what it leads to, or of lists sorted by it; or its name."""
    if locale != "zh-CN":
        return english(screaming(field.name))
    to = field.type.of
    texts = (field.description, to.description if isinstance(to, ObjectType) else "")
    found = next((one[1] for one in map(_CHINESE.search, texts) if one), None)
    return found or chinese(f"{kind.name}OrderField", screaming(field.name)) or field.name
