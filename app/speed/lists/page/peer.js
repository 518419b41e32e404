// A worker as a good web developer writes it. Papa Parse streams a CSV file chunk
// by chunk and keeps rows as arrays, which is its fast way; SheetJS reads a
// workbook in its dense mode without formulas, styles and HTML. Each number is
// judged by libphonenumber-js with its full metadata, once, and the first row
// with a number wins.
"use strict";
importScripts("/npm/papaparse/papaparse.min.js", "/npm/xlsx/dist/xlsx.full.min.js", "/npm/libphonenumber-js/bundle/libphonenumber-max.js");

onmessage = async ({ data: { file, region, shown } }) => {
  try {
    const list = new List(region);
    await (file.name.endsWith(".xlsx") ? readWorkbook : readText)(file, list);
    postMessage({ preview: list.preview(shown) });
    self.list = list; // as the page would go on with it
  } catch (e) {
    postMessage({ failed: String(e && e.stack || e) });
  }
};

function readText(file, list) {
  return new Promise((complete, error) => Papa.parse(file, {
    skipEmptyLines: true,
    chunk({ data, meta }) {
      list.take(data);
      postMessage({ progress: meta.cursor / file.size });
    },
    complete,
    error,
  }));
}

async function readWorkbook(file, list) {
  const book = XLSX.read(await file.arrayBuffer(), { dense: true, cellFormula: false, cellHTML: false, cellText: false });
  list.take(XLSX.utils.sheet_to_json(book.Sheets[book.SheetNames[0]], { header: 1, raw: true, defval: "" }));
}

class List {
  constructor(region) {
    this.region = region;
    this.rows = [];
    this.first = new Map(); // E.164 → row
    this.counts = { fine: 0, unusual: 0, impossible: 0, duplicate: 0 };
  }

  take(rows) {
    let from = 0;
    if (!this.heading) {
      this.heading = rows[0];
      this.column = this.heading.findIndex((h) => /phone|mobile|tel/i.test(h));
      from = 1;
    }
    for (let i = from; i < rows.length; i++) this.judge(rows[i]);
  }

  judge(cells) {
    const parsed = libphonenumber.parsePhoneNumberFromString(String(cells[this.column]), this.region);
    const row = { cells, number: "", verdict: "impossible", same: -1 };
    if (parsed && parsed.isPossible()) {
      row.number = parsed.number;
      row.verdict = parsed.isValid() ? "fine" : "unusual";
      const first = this.first.get(row.number);
      if (first === undefined) this.first.set(row.number, this.rows.length);
      else {
        row.same = first;
        this.counts.duplicate++;
      }
    }
    if (row.same < 0) this.counts[row.verdict]++;
    this.rows.push(row);
  }

  preview(shown) {
    const { fine, unusual, ...counts } = this.counts;
    return { rows: this.rows.length, ready: fine, unusual, counts, shown: this.rows.slice(0, shown).length };
  }
}
