// What every contestant's worker does alike: it fetches the list, and judges it when it is told to. A contestant defines
//   judge(list, region)  →  {numbers: [E.164 string or ""], verdicts: ["fine" …]}, or whatever it makes, see answerOf
// and may define prepare(list), which is not in the measured time.
"use strict";
let list, last;

const orders = {
  async load() {
    const texts = await (await fetch("/list")).json();
    list = self.prepare ? self.prepare(texts) : texts;
    return texts.length;
  },
  // A turn is as many times the whole list as begin in a second; milliseconds for the list.
  turn({ region }) {
    let took = 0, times = 0;
    for (; took < 1000; times++) {
      last = undefined;
      const begin = performance.now();
      last = self.judge(list, region);
      took += performance.now() - begin;
    }
    return took / times;
  },
  // What the last turn said, as one text: it is compared with the others'.
  answer() {
    const { numbers, verdicts } = self.answerOf ? self.answerOf(last) : last;
    return numbers.map((n, i) => verdicts[i] + " " + n).join("\n");
  },
};

onmessage = async ({ data }) => {
  try {
    await self.ready;
    postMessage({ id: data.id, value: await orders[data.order](data) });
  } catch (e) {
    postMessage({ id: data.id, failed: String(e && e.stack || e) });
  }
};
