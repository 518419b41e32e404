// Strings in, strings out: thousands of texts are joined to one, which crosses over at once, and so does what comes back.
importScripts("/ours.js");

const atOnce = 4096, encoder = new TextEncoder(), decoder = new TextDecoder();
let given = new Uint8Array(1 << 17), taken = new Uint8Array(17 * atOnce);

self.judge = (list, region) => {
  const numbers = new Array(list.length), verdicts = new Array(list.length);
  for (let from = 0; from < list.length; from += atOnce) {
    const part = list.slice(from, from + atOnce), rows = part.length;
    let size = cross(part.join("\0"), rows, region);
    if (size < 0) size = cross(part.map((text) => text.replaceAll("\0", "\x01")).join("\0"), rows, region); // either is dropped
    const digits = decoder.decode(taken.subarray(rows, size));
    for (let i = 0, at = 0; i < rows; i++) {
      const said = taken[i], length = said & 15;
      verdicts[from + i] = names[said >> 4];
      numbers[from + i] = length ? digits.substring(at, (at += length + 1)) : "";
    }
  }
  return { numbers, verdicts };
};

function cross(joined, rows, region) {
  if (given.length < 3 * joined.length) given = new Uint8Array(6 * joined.length);
  const { written } = encoder.encodeInto(joined, given);
  return speedStrings(region, given.subarray(0, written), written, rows, taken);
}
