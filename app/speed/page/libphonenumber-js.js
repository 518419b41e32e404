// libphonenumber-js with its full metadata, as its documentation has it.
importScripts("/npm/libphonenumber-js/bundle/libphonenumber-max.js", "/list.js");

self.judge = (list, region) => {
  const numbers = [], verdicts = [];
  for (const text of list) {
    const n = libphonenumber.parsePhoneNumberFromString(text, region);
    if (n && n.isValid()) {
      numbers.push(n.number);
      verdicts.push("fine");
    } else if (n && n.isPossible()) {
      numbers.push(n.number);
      verdicts.push("unusual");
    } else {
      numbers.push("");
      verdicts.push("impossible");
    }
  }
  return { numbers, verdicts };
};
