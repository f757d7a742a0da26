"""Currencies and rates; orders, receipts and shipments are in a currency, and say what that is worth in the books'.

What is there is in the currency of the books, whose amounts are worth themselves.
"""
# ruff: noqa: S608  (statements are made of text of our own)

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from jxc_graphql.kit import columns
from jxc_graphql.kit.db.operations import Statements, by_code_points

_FIRST = """
CNY 2 人民币
USD 2 美元
EUR 2 欧元
JPY 0 日元
HKD 2 港元
GBP 2 英镑
AUD 2 澳大利亚元
NZD 2 新西兰元
SGD 2 新加坡元
CHF 2 瑞士法郎
CAD 2 加拿大元
MOP 2 澳门元
TWD 2 新台币
KRW 0 韩元
RUB 2 俄罗斯卢布
INR 2 印度卢比
THB 2 泰铢
VND 0 越南盾
MYR 2 马来西亚林吉特
IDR 2 印度尼西亚卢比
PHP 2 菲律宾比索
AED 2 阿联酋迪拉姆
SAR 2 沙特里亚尔
TRY 2 土耳其里拉
ZAR 2 南非兰特
BRL 2 巴西雷亚尔
MXN 2 墨西哥比索
PLN 2 波兰兹罗提
HUF 2 匈牙利福林
DKK 2 丹麦克朗
SEK 2 瑞典克朗
NOK 2 挪威克朗
"""
_INSERT = [
    "INSERT INTO currency (id, version, updated_at, code, name, places, is_active) "
    f"VALUES ({number}, 1, '2026-11-30 00:00:00+00:00', '{code}', '{name}', {places}, TRUE)"
    for number, (code, places, name) in enumerate(map(str.split, _FIRST.strip().splitlines()), 1)
]
_BASE = "coalesce((SELECT currency FROM company), 'CNY')"
_PRICED = f"UPDATE supplier_price SET currency = {_BASE}"
_AMOUNTS = ("base_net", "base_tax", "base_gross")
_DOCUMENTS = {
    "PurchaseOrder": ("purchase_order", "total"), "SalesOrder": ("sales_order", "total"),
    "GoodsReceipt": ("goods_receipt", "gross"), "Shipment": ("shipment", "gross"),
}  # fmt: skip


def _of(model: str, table: str, gross: str) -> list[ops.Operation]:
    line = f"{model}Line"
    filled = [
        f"UPDATE {table} SET currency = {_BASE}, base_net = net, base_tax = tax, base_gross = {gross}",
        f"UPDATE {table}_line SET base_net = net, base_tax = tax, base_gross = gross",
    ]
    same = f"base_net = net AND base_tax = tax AND base_gross = {gross}"
    worth = f"exchange_rate > 0 AND (exchange_rate <> 100000000 OR currency_places > base_places OR ({same}))"
    return [
        *(
            ops.AddField(model_name=one, name=name, field=columns.Steps(default=0))
            for one in (model, line)
            for name in _AMOUNTS
        ),
        ops.AddField(model_name=model, name="currency", field=fields.CharField(null=True, max_length=3)),
        ops.AddField(model_name=model, name="exchange_rate", field=columns.Steps(default=100_000_000)),
        ops.AddField(model_name=model, name="currency_places", field=fields.SmallIntField(default=2)),
        ops.AddField(model_name=model, name="base_places", field=fields.SmallIntField(default=2)),
        Statements(sqlite=filled, postgres=filled),
        ops.AlterField(model_name=model, name="currency", field=fields.CharField(max_length=3)),
        *(_adds_up(one, name) for one, name in ((model, table), (line, f"{table}_line"))),
        ops.AddConstraint(
            model_name=model, constraint=CheckConstraint(check=worth, name=f"{table}_is_worth_itself_in_base")
        ),
    ]


def _adds_up(model: str, table: str) -> ops.Operation:
    whole = " AND ".join(f"{one} >= 0 AND {one} % 100 = 0" for one in ("base_net", "base_tax"))
    check = f"{whole} AND base_net + base_tax = base_gross"
    return ops.AddConstraint(model_name=model, constraint=CheckConstraint(check=check, name=f"{table}_adds_up_in_base"))


class Migration(migrations.Migration):
    """Currencies, rates, and amounts in the books' currency."""

    operations = (
        ops.CreateModel(
            "Currency",
            [
                ("version", fields.IntField()),
                ("updated_at", fields.DatetimeField()),
                ("id", columns.Id()),
                ("code", fields.CharField(unique=True, max_length=3)),
                ("name", fields.CharField(max_length=60)),
                ("places", fields.SmallIntField()),
                ("is_active", fields.BooleanField(default=True)),
            ],
            {
                "table": "currency",
                "constraints": [
                    CheckConstraint(check="places BETWEEN 0 AND 2", name="currency_has_no_part_below_a_fen"),
                ],
                "indexes": [Index(fields=[one, "id"]) for one in ("name", "is_active", "updated_at")],
            },
        ),
        ops.CreateModel(
            "ExchangeRate",
            [
                ("version", fields.IntField()),
                ("updated_at", fields.DatetimeField()),
                ("id", columns.Id()),
                ("currency", columns.reference("Currency")),
                ("base", fields.CharField(max_length=3)),
                ("day", fields.DateField()),
                ("rate", columns.Steps()),
                ("source", fields.CharField(default="", max_length=100)),
            ],
            {
                "table": "exchange_rate",
                "constraints": [
                    CheckConstraint(check="rate > 0", name="exchange_rate_is_positive"),
                ],
                "unique_together": (("currency", "base", "day"),),
                "indexes": [Index(fields=[one, "id"]) for one in ("day", "base", "rate", "updated_at")],
            },
        ),
        by_code_points(),
        Statements(sqlite=_INSERT, postgres=_INSERT),
        ops.AddField(model_name="SupplierPrice", name="currency", field=fields.CharField(null=True, max_length=3)),
        Statements(sqlite=[_PRICED], postgres=[_PRICED]),
        ops.AlterField(model_name="SupplierPrice", name="currency", field=fields.CharField(max_length=3)),
        *(operation for model, told in _DOCUMENTS.items() for operation in _of(model, *told)),
    )
