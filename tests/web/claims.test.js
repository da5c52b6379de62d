/**
 * What a verdict claims, and no more: the table of the blueprint, section 6.
 *
 * `tests/ledger/test_claims.py` holds the command to the same cases.
 */

import assert from "node:assert/strict";
import { test } from "node:test";

import { modulesOf, problemWith, scanned } from "../support/lies.js";
import { read } from "../support/vectors.js";

const modules = await modulesOf(new URL("../../scanner_web/", import.meta.url));
const table = JSON.parse(read("claims/claims.json"));

/** Return a case with what is asked, if it stands in another file. */
function asked(given) {
  if (given.vector === undefined) return given;
  const [path, name] = given.vector.split(":");
  const { passports, cases } = JSON.parse(read(path));
  const found = cases.find((each) => each.name === name);
  return { policy_source: "yours", ...found, passport: passports[found.passport], ...given };
}

/** Return all that the page tells of a case. */
async function told(given, lang) {
  const page = given.page === undefined ? null : JSON.parse(given.page);
  const { verdict, difference, alarms } = await scanned(given, modules, page, lang);
  const known = {
    subject: given.subject,
    hasLot: given.lot !== null,
    difference,
    alarms,
    claim: "",
    clock: { nowMs: given.now_ms, zoneMinutes: 0 },
  };
  const { policy_source: policySource } = given;
  const words = modules.tell({ ...verdict, policySource }, modules.messages[lang], known);
  const { title, attention, paragraphs, absent, more } = words;
  return [title, attention || "", ...paragraphs, absent.title, ...absent.items, ...more.lines];
}

/** Return the pattern of a text, whatever stands in its blanks. */
function patternOf(text) {
  const parts = text.split(/\{[a-zA-Z]+\}/).map((part) => part.replace(/[^\p{L}\p{N} ]/gu, "\\$&"));
  return new RegExp(parts.join(".+"));
}

for (const row of table.cases) {
  const given = asked(row);

  test(`${row.claim}: ${row.name}: claimed only where it holds`, async () => {
    assert.equal(await problemWith(given, modules), null);
  });

  for (const lang of ["en", "zh"]) {
    test(`${row.claim}: ${row.name}: told in ${lang}`, async () => {
      const messages = modules.messages[lang];
      const texts = await told(given, lang);
      const isTold = (key) => texts.some((text) => patternOf(messages[key]).test(text));

      for (const key of [...row.page_words.says, ...row.page_words.never]) assert.ok(messages[key], key);
      assert.deepEqual(row.page_words.says.filter((key) => !isTold(key)), []);
      assert.deepEqual(row.page_words.never.filter(isTold), []);
      const all = texts.join("\n").toLowerCase();
      assert.deepEqual(table.never[lang].filter((word) => all.includes(word)), []);
    });
  }

  if (row.signed === undefined && row.logged === undefined) continue;
  test(`${row.claim}: ${row.name}: who signed, and when it was logged`, async () => {
    const { verdict } = await scanned(given, modules);
    for (const [index, party] of row.signed ? [row.signed] : []) {
      assert.equal(verdict.statements.find((each) => each.index === index)?.parties[0], party);
    }
    for (const [index, time] of row.logged ? [row.logged] : []) {
      assert.equal(verdict.statements.find((each) => each.index === index)?.logTime, time);
    }
  });
}
