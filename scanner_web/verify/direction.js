/**
 * Which parts of a text are read from the left, whatever stands around them.
 *
 * In a page that is written from the right a browser puts `(01) 0952… (10) S01` or
 * `2026-08-05` in another order than they are printed in. Such parts are set apart.
 * Twin of `ledger/direction.py`.
 */

/** @typedef {[text: string, isApart: boolean]} Piece a part of a text, and whether it is set apart */

// Letters and digits that are read from the left: Latin, Cyrillic, Chinese.
const LEFT = "A-Za-z0-9\\u00c0-\\u024f\\u0400-\\u04ff\\u3400-\\u9fff";
const END = `${LEFT}%°²³)）`;
const RIGHT = "\\u0590-\\u08ff\\ufb1d-\\ufdff\\ufe70-\\ufefc";
// A key of GS1 or a sign may stand first; what follows ends with more than a comma.
const RUN = `(?:\\([0-9]{2,4}\\) ?|[+#/-])?[${LEFT}](?:[^${RIGHT}]*[${END}])?`;
const TAIL = new RegExp(`[^${END}]+$`);
const SIGN = /^[+#/-]/;
const NUMBER = /^[0-9]+$/;

/**
 * Return the parts of a text, in its order; a mere number needs no setting apart.
 *
 * @param {string} text
 * @returns {Piece[]}
 */
export function pieces(text) {
  /** @type {Piece[]} */
  const found = [];
  const runs = new RegExp(RUN, "g");
  let start = 0;
  for (let match = runs.exec(text); match !== null; match = runs.exec(text)) {
    let begin = match.index;
    // What joins two words is no sign.
    if (SIGN.test(match[0]) && begin > 0 && !" (".includes(text.charAt(begin - 1))) begin += 1;
    const run = balanced(text.slice(begin, runs.lastIndex));
    runs.lastIndex = begin + run.length;
    if (NUMBER.test(run)) continue;
    if (begin > start) found.push([text.slice(start, begin), false]);
    found.push([run, true]);
    start = runs.lastIndex;
  }
  if (start < text.length) found.push([text.slice(start), false]);
  return found;
}

/**
 * @param {string} run
 * @returns {string} up to the first bracket whose other is not in it
 */
function balanced(run) {
  const opened = [];
  for (let place = 0; place < run.length; place += 1) {
    if ("(（".includes(run.charAt(place))) opened.push(place);
    else if (")）".includes(run.charAt(place)) && opened.pop() === undefined) {
      return run.slice(0, place).replace(TAIL, "");
    }
  }
  return opened.length > 0 ? run.slice(0, opened[0]).replace(TAIL, "") : run;
}
