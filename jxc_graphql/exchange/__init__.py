"""Exchange (导入导出): data of other systems comes in through the same operations as everything else.

Words: sheet 表 = one CSV file, row 行 = one of its lines, refused 拒收 = a row that could not be loaded, with its file,
line and reason; adapted 调整 = a row that was loaded otherwise than it stands, and how.

`northwind_2007/` is sample data (see its NOTICE). `northwind.read` turns its sheets into a history, without a database;
`operations.load` carries the history out.

`samples/` are shops that were made for the demo, written down in TOML (示例数据): who and what there is, what sells and
whom it comes from. `shop.days_of` makes days out of that, without a database; `staging.stage` carries them out. `cn` is
a Chinese wholesale shop, `northwind` what Northwind lacks: branches, bins, lots, serial numbers, transfers, kits, a
stocktake. `demo` is what `jxc demo` shows: its data end yesterday, and it is kept until `--fresh`.

Always true:
- a row that cannot be read with certainty is refused: more cells than columns have names, two columns of one name;
- nothing is invented silently: stock that a history sold before it had it comes in by an opening balance, and the
  summary says so;
- a second load adds nothing: every step has a retry key that is kept for good;
- what a demo loads is recorded on its own day, so that timelines and days of the past have something to tell; what
  `jxc import` loads is recorded when it was loaded.
"""
