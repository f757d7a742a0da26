// Writes the rows that arrive as JSON with SheetJS (xlsx, xls) and exceljs (xlsx); awkward.py calls it.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const load = createRequire(`${process.env.NODE_PATH}/`);
const XLSX = load("xlsx");
const ExcelJS = load("exceljs");
const folder = process.argv[2];

const sheetJs = (rows) => {
  const sheet = {};
  rows.forEach((row, r) => row.forEach((cell, c) => {
    if (cell === "") return;
    const at = XLSX.utils.encode_cell({ r, c });
    if (cell.serial) sheet[at] = { t: "n", v: cell.serial, z: "yyyy-mm-dd" };
    else if (cell.error) sheet[at] = { t: "e", v: 42, w: cell.error };
    else sheet[at] = typeof cell === "number" ? { t: "n", v: cell } : { t: "s", v: cell };
  }));
  sheet["!ref"] = XLSX.utils.encode_range({ s: { r: 0, c: 0 }, e: { r: rows.length - 1, c: 4 } });
  const book = XLSX.utils.book_new();
  XLSX.utils.book_append_sheet(book, sheet, "Sheet1");
  return book;
};

for (const [layout, rows] of Object.entries(JSON.parse(readFileSync(0, "utf8")))) {
  for (const type of ["xlsx", "biff8"]) {
    const name = type === "xlsx" ? `sheetjs-${layout}.xlsx` : `sheetjs-${layout}.xls`;
    XLSX.writeFile(sheetJs(rows), `${folder}/${name}`, { bookType: type });
  }
  const book = new ExcelJS.Workbook();
  const sheet = book.addWorksheet("Sheet1");
  rows.forEach((row, r) => row.forEach((cell, c) => {
    if (cell === "") return;
    const made = sheet.getCell(r + 1, c + 1);
    if (cell.error) made.value = { error: cell.error };
    else made.value = cell.serial ?? cell;
    if (cell.serial) made.numFmt = "yyyy-mm-dd";
  }));
  await book.xlsx.writeFile(`${folder}/exceljs-${layout}.xlsx`);
}
