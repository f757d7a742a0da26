"""What it takes to find SKUs however their names are typed: bytes a SKU, time to make texts anew, time of a search."""

import time
from itertools import islice, product

import msgspec

from jxc_graphql.gql.run.execute import Executor
from jxc_graphql.kit import db
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.searching import index_anew
from jxc_graphql.kit.spelling import spellings
from jxc_graphql.schema import schema
from jxc_graphql.wiring import SEARCHED
from tests.bench.stage import Stage, at, fresh_databases, set_up

SKUS = 15_000


def _words(text: str) -> list[str]:
    return text.split()


BRANDS = _words(
    "壳牌 康师傅 农夫山泉 可口可乐 百事可乐 统一 三只松鼠 良品铺子 蒙牛 伊利 光明 海天 李锦记 老干妈 "
    "双汇 金龙鱼 重庆德庄 长城 青岛 得力 晨光"
)
GOODS = _words(
    "绿茶 乌龙茶 矿泉水 纯牛奶 酸奶 方便面 开心果 薄荷糖 巧克力 酱油 花生油 火锅底料 润滑油 保鲜膜 "
    "长尾夹 中性笔 订书机 垃圾袋 洗衣液 卫生纸 葡萄干 牛肉干 女士凉鞋 行李箱"
)
KINDS = _words(
    "原味 无糖 经典装 家庭装 礼盒 大包 小瓶 250ml 500ml 1.5L 5L 100g 200g 1kg 12支 24瓶 整箱 红色 "
    "蓝色 绿色 银色 特级 一级 新款 促销装 试用装 低脂 加厚 便携 迷你"
)
QUERIES = ("lvcha", "qiaopai", "kekoukele", "cqkl", "綠茶", "zhanlvecha", "250ml", "nüshi liangxie")
QUERY = "query Q($words: String!) { skus(search: $words, first: 20) { totalCount nodes { code name } } }"


@db.transactional
async def _insert(stage: Stage) -> None:
    names = islice(product(GOODS, BRANDS, KINDS), SKUS)
    rows = [(new_id(), f"G{n:06d}", f"{brand}{goods} {kind}") for n, (goods, brand, kind) in enumerate(names)]
    await db.execute(
        f"""
        INSERT INTO sku (id, code, name, unit, tracking, is_active, version, search_text, created_at, updated_at,
                         product_id, category_id)
        SELECT line.id, line.code, line.name, '瓶', 'NONE', true, 1, '', ?, ?, sku.product_id, sku.category_id
        FROM {db.rows({"id": "bigint", "code": "text", "name": "text"})} AS line CROSS JOIN sku WHERE sku.id = ?""",
        (stage.call().at, stage.call().at, db.json(rows), stage.sku_ids[0]),
    )


async def _whole() -> list[str]:
    stage = await set_up(1, "1")
    await _insert(stage)
    began = time.perf_counter()
    rows = await index_anew(SEARCHED)
    told = [f"texts of {rows} rows made anew in {time.perf_counter() - began:.1f} s"]
    length = "octet_length({})" if db.dialect() == "postgres" else "length(CAST({} AS BLOB))"
    of_names = f"sum({length.format('code')} + {length.format('name')})"
    ((names, whole, count),) = await db.fetch(
        f"SELECT {of_names}, sum({length.format('search_text')}), count(*) FROM sku"
    )
    told.append(f"{int(whole) / count:.0f} bytes of index a SKU, whose code and name have {int(names) / count:.0f}")
    keys = [len(list(spellings(name))) for (name,) in await db.fetch("SELECT name FROM sku LIMIT 2000")]
    told.append(f"{sum(keys) / len(keys):.1f} keys a name, {max(keys)} at most")
    executor = Executor(schema())
    document = executor.prepare(QUERY)
    for words in QUERIES:
        began = time.perf_counter()
        answer = await executor.run(document, {"words": words}, stage.call())
        assert answer.errors is msgspec.UNSET
        found = answer.data["skus"]["totalCount"]
        told.append(f"{words!r} finds {found} of {count} in {(time.perf_counter() - began) * 1000:.0f} ms")
    return told


def search(only: str | None = None) -> None:
    """Fifteen thousand SKUs with Chinese names: bytes, keys, and how long a search takes."""
    with fresh_databases(only) as found:
        for name, url in found:
            for line in at(url, _whole):
                print(f"{name}: {line}")
