import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { Difference } from "../../scanner_web/shown.js";
import { say, tell } from "../../scanner_web/words.js";
import { CODES, family, Refusal } from "../../scanner_web/verify/errors.js";
import { refuse, unjudged } from "../../scanner_web/verify/verdict.js";

const LOCALES = new URL("../../scanner_web/locale/", import.meta.url);
const KINDS = ["fact", "fact-missing", "fact-extra", "article-missing", "article-extra"];

/** Return the texts of a language; asking for one that is not there fails. */
function messagesOf(lang) {
  return JSON.parse(readFileSync(new URL(`${lang}.json`, LOCALES), "utf8"));
}

/** Return every text of what is told. */
function textsOf({ title, attention, paragraphs, absent, more }) {
  const first = attention === null ? [] : [attention];
  return [title, ...first, ...paragraphs, absent.title, ...absent.items, more.title, ...more.lines];
}

/** Return a verdict that was turned at a step. */
function turned(code, step, index = null) {
  const error = Object.assign(new Refusal(code, "what: got this, want that"), { step, index });
  return refuse(unjudged("server"), error);
}

/** Return every verdict that there may be, with what step 14 found. */
function* verdicts() {
  for (const source of ["yours", "built-in", "server"]) {
    const verdict = { ...unjudged(source), outcome: "verified", step: 13, size: 12 };
    const known = { origin: "ledger.example/log", sealTime: "2026-05-01T06:30:00.250Z" };
    const absent = ["completeness", "closure", "standing", "witnesses", "label"];
    const witnessedAt = "2026-05-01T06:31:00.000Z";
    const statements = [{ event: { isAlarm: true } }, { event: null }];
    yield [{ ...verdict, ...known, absent, witnessedAt, statements }, null];
  }
  const asked = [...CODES].filter((code) => !["refused", "store"].includes(family(code)));
  for (const code of asked) {
    if (["receipt-format", "key-file"].includes(code)) continue;
    for (let step = 0; step <= 14; step += 1) {
      yield [turned(code, step), null];
      yield [turned(code, step, 5), null];
    }
  }
  for (const [kind, index] of KINDS.flatMap((each) => [[each, 5], [each, null]])) {
    const difference = new Difference(kind, index, { fact: "what.0", shown: "a", signed: "b" });
    yield [refuse(unjudged("server"), difference), difference];
  }
  yield [{ ...unjudged("server"), code: "network", detail: "offline" }, null];
  yield [refuse(unjudged("server"), new TypeError("broken")), null];
}

for (const lang of ["en", "zh"]) {
  test(`every verdict has words in ${lang}, with nothing left to fill in`, () => {
    const messages = messagesOf(lang);
    for (const [verdict, difference] of verdicts()) {
      for (const text of textsOf(tell(verdict, messages, difference))) {
        assert.doesNotMatch(text, /\{[a-zA-Z]+\}/);
        assert.doesNotMatch(text, /\b(verdict|code|source|absent|label)\.[a-z]/, text);
      }
    }
  });

  test(`what the page says besides has words in ${lang}`, () => {
    const messages = messagesOf(lang);
    for (const key of ["title", "load", "progress"]) {
      assert.ok(Object.hasOwn(messages, `verdict.checking.${key}`));
    }
    assert.ok(Object.hasOwn(messages, "article.checked"));
    assert.ok(Object.hasOwn(messages, "who.registrar"));
  });
}

test("only a verified verdict has the title of one", () => {
  const messages = messagesOf("en");
  for (const [verdict, difference] of verdicts()) {
    const { state, title } = tell(verdict, messages, difference);
    assert.equal(state, verdict.outcome);
    assert.equal(title === messages["verdict.verified.title"], verdict.outcome === "verified");
  }
});

test("an alarm is told first on a verified page, and only there", () => {
  const messages = messagesOf("en");
  for (const [verdict, difference] of verdicts()) {
    const { attention } = tell(verdict, messages, difference);
    assert.equal(attention !== null, verdict.outcome === "verified");
  }
  const quiet = { ...unjudged("server"), outcome: "verified", statements: [{ event: null }] };
  assert.equal(tell(quiet, messages, null).attention, null);
});

test("the place of a difference is told in the words of the page", () => {
  const difference = new Difference("fact", 17, { fact: "what.0", shown: "92", signed: "12" });
  const verdict = refuse(unjudged("server"), difference);
  const messages = { "label.what": "What", "verdict.not-verified.fact": "{index} {fact} {shown} {signed}" };

  assert.equal(tell(verdict, messages, difference).paragraphs[0], "17 What 92 12");
});

test("a difference from the scanned code is told with both texts", () => {
  const difference = new Difference("fact", null, { fact: "10", shown: "L1", signed: "L2" });
  const verdict = refuse(unjudged("server"), difference);
  const messages = { "part.10": "Lot", "verdict.not-verified.code": "{fact} {shown} {signed}" };

  assert.equal(tell(verdict, messages, difference).paragraphs[0], "Lot L1 L2");
});

test("a blank that is not known stays, and a text that is filled in is not filled again", () => {
  const messages = { greeting: "{a} {b} {constructor}" };

  assert.equal(say(messages, "greeting", { a: "{b}", b: "x" }), "{b} x {constructor}");
  assert.equal(say(messages, "toString"), "toString");
});
