/**
 * Prints the rows of accounts that stand on standard input, as the browser makes them.
 */

import { readFileSync } from "node:fs";

import { encodeUtf8, parseCanonical } from "../../scanner_web/verify/encoding.js";
import { parseEvent } from "../../scanner_web/verify/event.js";
import {
  briefRows, coldPoints, coldRows, gapRows, testRows, wayRows,
} from "../../scanner_web/verify/way.js";

/** Return all rows of accounts, by block, and the points of their chart. */
export function readRows({ host, messages, names, lang, members, accounts }) {
  const called = new Map(Object.entries(names));
  const reader = {
    lang,
    messages,
    members: members.map(([subject, relation]) => ({ subject, relation, level: 0, isOpen: false })),
    names: (identifier) => called.get(identifier) || "",
  };
  const told = accounts.map((account) => ({
    ...account,
    event: parseEvent(parseCanonical(encodeUtf8(account.body)), { host }),
  }));
  return {
    brief: briefRows(told, reader),
    way: wayRows(told, reader),
    tests: testRows(told, reader),
    cold: coldRows(told, reader),
    gaps: gapRows(told, reader),
    points: coldPoints(told),
  };
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const cases = JSON.parse(readFileSync(0, "utf8"));
  process.stdout.write(JSON.stringify(cases.map(readRows)));
}
