// A column of bytes in, a column of results out, as the file worker has them.
importScripts("/ours.js");

self.prepare = (list) => {
  const encoder = new TextEncoder(), offsets = new Uint32Array(list.length + 1);
  const data = encoder.encode(list.join(""));
  for (let i = 0, at = 0; i < list.length; i++) offsets[i + 1] = at += encoder.encode(list[i]).length;
  return { data, offsets };
};

const atOnce = 16384;

self.judge = ({ data, offsets }, region) => {
  const all = offsets.length - 1, results = new Uint8Array(16 * all);
  for (let from = 0; from < all; from += atOnce) {
    const rows = Math.min(atOnce, all - from), part = data.subarray(offsets[from], offsets[from + rows]);
    speedColumn(region, part, part.length, new Uint8Array(offsets.buffer, 4 * from, 4 * (rows + 1)), rows, results.subarray(16 * from, 16 * (from + rows)));
  }
  return results;
};

// engine.Result: the digits as a number of eight bytes, and the verdict four bytes behind them.
self.answerOf = (results) => {
  const view = new DataView(results.buffer), numbers = [], verdicts = [];
  for (let at = 0; at < results.length; at += 16) {
    const digits = view.getBigUint64(at, true);
    numbers.push(digits ? "+" + digits : "");
    verdicts.push(names[results[at + 12]]);
  }
  return { numbers, verdicts };
};
