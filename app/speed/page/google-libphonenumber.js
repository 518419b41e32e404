// google-libphonenumber, Google's own JavaScript as it is packed for npm.
importScripts("/npm/google-libphonenumber/dist/libphonenumber.js", "/list.js");

const util = libphonenumber.PhoneNumberUtil.getInstance(), { E164 } = libphonenumber.PhoneNumberFormat;

self.judge = (list, region) => {
  const numbers = [], verdicts = [];
  for (const text of list) {
    let number = "", verdict = "impossible";
    try {
      const n = util.parse(text, region);
      if (util.isValidNumber(n)) verdict = "fine";
      else if (util.isPossibleNumber(n)) verdict = "unusual";
      if (verdict !== "impossible") number = util.format(n, E164);
    } catch (e) {} // what it does not take for a number
    numbers.push(number);
    verdicts.push(verdict);
  }
  return { numbers, verdicts };
};
