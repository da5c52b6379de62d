import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { Difference } from "../../scanner_web/shown.js";
import { gravest, say, stateOf, tell } from "../../scanner_web/words.js";
import { CODES, family, Refusal } from "../../scanner_web/verify/errors.js";
import { refuse, unjudged } from "../../scanner_web/verify/verdict.js";

const LOCALES = new URL("../../scanner_web/locale/", import.meta.url);
const KINDS = [
  "fact", "fact-missing", "fact-extra", "article-missing", "article-extra", "article-moved", "word",
];
const SUBJECT = "https://id.gs1.org/01/09520123456788/21/7";
const SOURCES = [
  { subject: SUBJECT, relation: "subject", level: 0, isOpen: false },
  { subject: "https://ledger.example/id/tank/1", relation: "source", level: 1, isOpen: false },
  { subject: "https://ledger.example/id/tank/2", relation: "source", level: 2, isOpen: true },
];
const CLOCK = { nowMs: Date.parse("2026-05-01T16:30:00.000Z"), zoneMinutes: 480 };
const T = "2026-05-01T16:25:00.000Z";
const WITNESSING = {
  time: T,
  known: 2,
  seenBy: ["dune", "rock"],
  replayedBy: ["rock"],
  sameMachine: [],
  ahead: [],
  ignored: [],
  isClockDoubtful: false,
};
const ALARM = { subject: SUBJECT, word: "recalled", index: 5, isJudged: true };

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

/** Return what is known besides a verdict. */
function known(changes = {}) {
  const clock = CLOCK;
  return { subject: SUBJECT, hasLot: true, difference: null, alarms: [], claim: "", clock, ...changes };
}

/** Return a verified verdict. */
function verified(changes = {}) {
  const verdict = { ...unjudged("server"), outcome: "verified", step: 18, size: 12 };
  return { ...verdict, origin: "ledger.example/log", members: SOURCES.slice(0, 2), ...changes };
}

/** Codes that no page meets: of files, of witnesses and of what is sent to them. */
const UNSEEN = new Set([
  "receipt-format", "key-file", "add-checkpoint", "evidence", "backdated", "not-yet",
]);

/** Return every verdict that there may be, with what else is known. */
function* verdicts() {
  for (const policySource of ["yours", "built-in", "server"]) {
    const sealTime = "2026-05-01T06:30:00.250Z";
    const witnessing = WITNESSING;
    const seen = { witnessedAt: T, witnessing };
    const odd = { ...witnessing, time: null, sameMachine: ["dune", "rock"], ahead: ["salt"], ignored: ["well"] };
    const statements = [{ isApart: false }, { isApart: true }];
    const absent = ["replay", "sources", "contents", "uses", "standing", "witnesses", "label"];
    const base = { policySource, sealTime, statements };
    yield [verified({ ...base, ...seen }), known()];
    yield [verified({ ...base, ...seen, members: SOURCES }), known({ clock: { nowMs: 0, zoneMinutes: 0 } })];
    yield [verified({ ...base, witnessing: odd }), known()];
    yield [verified({ ...base, absent, members: SOURCES }), known()];
    yield [verified({ ...base, cycle: [SUBJECT] }), known()];
    for (const word of ["recalled", "inactive", "non_conformant", "stolen"]) {
      const alarms = [{ ...ALARM, word }];
      yield [verified({ ...base, alarms, members: SOURCES }), known({ alarms, claim: "recalled" })];
    }
  }
  const asked = [...CODES].filter((code) => !["refused", "store"].includes(family(code)));
  for (const code of asked) {
    if (UNSEEN.has(code)) continue;
    for (let step = 0; step <= 19; step += 1) {
      yield [turned(code, step), known()];
      yield [turned(code, step), known({ hasLot: false, claim: "recalled" })];
      yield [turned(code, step, 5), known({ alarms: [ALARM] })];
      const witnessing = { ...WITNESSING, isClockDoubtful: true };
      yield [{ ...turned(code, step), witnessedAt: T, witnessing }, known()];
    }
  }
  for (const [kind, place] of KINDS.flatMap((each) => [[each, 5], [each, "code"], [each, "page"]])) {
    const difference = new Difference(kind, place, { fact: "what.0", shown: "a", signed: "b" });
    yield [refuse(unjudged("server"), difference), known({ difference })];
  }
  yield [{ ...unjudged("server"), code: "network", detail: "offline" }, known()];
  yield [refuse(unjudged("server"), new TypeError("broken")), known({ claim: "inactive" })];
}

for (const lang of ["en", "zh"]) {
  test(`every verdict has words in ${lang}, with nothing left to fill in`, () => {
    const messages = messagesOf(lang);
    for (const [verdict, besides] of verdicts()) {
      for (const text of textsOf(tell(verdict, messages, besides))) {
        assert.doesNotMatch(text, /\{[a-zA-Z]+\}/);
        assert.doesNotMatch(text, /\b(verdict|code|source|absent|label|alarm|members)\.[a-z]/, text);
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

test("only a verdict without anything open or wrong has the title of one", () => {
  const messages = messagesOf("en");
  for (const [verdict, besides] of verdicts()) {
    const { state, title } = tell(verdict, messages, besides);
    const isGreen = stateOf(verdict) === "verified";
    assert.equal(state, stateOf(verdict));
    const [begin = ""] = messages["verdict.verified.title"].split("{");
    assert.equal(title.startsWith(begin), isGreen);
    if (isGreen) assert.equal(verdict.outcome, "verified");
  }
});

test("what a page shows of a verified verdict follows from its alarms and what is open", () => {
  assert.equal(stateOf(verified()), "verified");
  assert.equal(stateOf(verified({ members: SOURCES })), "partial");
  assert.equal(stateOf(verified({ absent: ["replay", "standing"] })), "partial");
  assert.equal(stateOf(verified({ absent: ["replay", "contents"] })), "partial");
  assert.equal(stateOf(verified({ absent: ["replay", "uses"] })), "verified");
  assert.equal(stateOf(verified({ absent: ["replay", "contents"], alarms: [ALARM] })), "alarm");
  assert.equal(stateOf(verified({ members: SOURCES, alarms: [ALARM] })), "alarm");
  assert.equal(stateOf({ ...verified({ alarms: [ALARM] }), outcome: "cannot-check" }), "cannot-check");
});

test("what is below a code is in the title, unless nobody has a say about it", () => {
  const messages = messagesOf("en");
  const titleOf = (...absent) =>
    tell(verified({ absent, members: SOURCES }), messages, known()).title;

  assert.match(titleOf("sources", "contents"), /checked the whole, not each single item/);
  assert.equal(titleOf("contents", "standing"), messages["verdict.strangers.title"]);
  assert.match(titleOf("sources", "uses"), /checked 0 of the signed records behind this:/);
});

test("what is open is not called complete, and how much of it is known is told", () => {
  const { title, paragraphs } = tell(verified({ members: SOURCES }), messagesOf("en"), known());

  assert.match(title, /^This device checked 0 of the signed records .*: unaltered, no alarm in them\.$/);
  assert.match(paragraphs.join(" "), /1 of at least 2 sources\. Of the other 1 only the alarms: there are none/);
});

test("what is recalled of the sources is said to be in what was scanned", () => {
  const about = (member, word) => ({ ...ALARM, word, subject: SOURCES[member].subject });
  const wordsFor = (...alarms) =>
    tell(verified({ members: SOURCES, alarms }), messagesOf("en"), known()).paragraphs.join("\n");
  const isSaid = /made from, 1 step back: part of that is in what you scanned/;

  assert.match(wordsFor(about(1, "recalled")), isSaid);
  assert.match(wordsFor(about(1, "recalled"), about(2, "recalled")), isSaid);
  assert.match(wordsFor(about(0, "damaged"), about(1, "recalled")), isSaid);
  assert.match(wordsFor(about(2, "damaged")), /made from, 2 steps back/);
  assert.doesNotMatch(wordsFor(about(0, "recalled"), about(1, "recalled")), /made from/);
  assert.doesNotMatch(wordsFor(about(0, "damaged")), /made from/);
});

test("the gravest alarm is the title, wherever it stands", () => {
  const words = (...all) => all.map((word) => ({ ...ALARM, word }));
  const elsewhere = { ...ALARM, subject: "https://ledger.example/id/tank/1", word: "inactive" };

  assert.equal(gravest(words("stolen", "non_conformant", "inactive", "recalled"), SUBJECT), "recalled");
  assert.equal(gravest(words("non_conformant", "inactive"), SUBJECT), "inactive");
  assert.equal(gravest(words("stolen", "non_conformant"), SUBJECT), "non_conformant");
  assert.equal(gravest([elsewhere], SUBJECT), "other");
  assert.equal(gravest([], SUBJECT), "");
  const { title } = tell(verified({ alarms: words("stolen", "recalled") }), messagesOf("en"), known());
  assert.equal(title, "Recalled");
});

test("an alarm that only the server tells of stays, and never as good news", () => {
  const messages = messagesOf("en");
  const offline = { ...unjudged("server"), code: "network" };
  const { state, title, attention } = tell(offline, messages, known({ claim: "recalled" }));
  const red = tell(turned("signature", 4), messages, known({ claim: "recalled" }));
  const odd = tell(offline, messages, known({ claim: "constructor" }));

  assert.deepEqual([state, title], ["cannot-check", "Recalled"]);
  assert.equal(attention, messages["verdict.claimed.cannot-check"]);
  assert.equal(red.title, messages["verdict.not-verified.title"]);
  assert.match(red.attention, /Recalled/);
  assert.equal(odd.title, messages["alarm.title.other"]);
});

test("an alarm that was signed is told although the page is false", () => {
  const difference = new Difference("fact-missing", "page", { fact: "alarm.0" });
  const besides = known({ difference, alarms: [ALARM] });
  const { title, attention } = tell(refuse(unjudged("server"), difference), messagesOf("en"), besides);

  assert.equal(title, "Not verified");
  assert.match(attention, /signed records say “Recalled”/);
});

test("a serial that was never packed in this lot has a title of its own", () => {
  const messages = messagesOf("en");
  const title = (hasLot) => tell(turned("not-packed", 11), messages, known({ hasLot })).title;

  assert.equal(title(true), "Not verified: this serial was never packed in this lot");
  assert.match(title(false), /^Not verified: nothing says in which lot/);
});

test("a buyer reads who has seen the ledger and when, by the clock in the hand", () => {
  const messages = messagesOf("en");
  const first = (witnessing, clock = CLOCK) => {
    const verdict = verified({ witnessing, witnessedAt: witnessing.time, sealTime: T });
    return tell(verdict, messages, known({ clock })).title;
  };
  const day = 86_400_000;

  const isComplete = /\(0\): unaltered, none left out, no alarm in them\. Seen by 2 of 2 witnesses today at 00:25\.$/;
  assert.match(first(WITNESSING), isComplete);
  assert.match(first(WITNESSING, { ...CLOCK, zoneMinutes: 0 }), /witnesses today at 16:25\.$/);
  assert.match(
    first(WITNESSING, { ...CLOCK, nowMs: CLOCK.nowMs + day }),
    /Seen by 2 of 2 witnesses as of 2 May 2026, 00:25 \(UTC\+8\)\.$/,
  );
  const { more } = tell(verified({ witnessing: WITNESSING }), messages, known());
  assert.match(more.lines[1], /nothing .* was left out: a witness has recomputed the whole/i);
  assert.match(
    first({ ...WITNESSING, time: null, seenBy: [], replayedBy: [] }),
    /: unaltered, no alarm in them\. As of 2 May 2026, 00:25 \(UTC\+8\), on the ledger’s word alone\.$/,
  );
});

test("a page with an alarm says what was checked, below it", () => {
  const told = tell(verified({ witnessing: WITNESSING, alarms: [ALARM] }), messagesOf("en"), known());

  assert.equal(told.title, "Recalled");
  assert.match(told.paragraphs[0], /^Do not eat, drink or sell it\./);
  assert.match(told.paragraphs[1], /^This device checked .*: unaltered\. Seen by 2 of 2 witnesses/);
});

test("witnesses on the ledger's own machine are called so, and a false line counts for nothing", () => {
  const messages = messagesOf("en");
  const told = (changes) => {
    const verdict = verified({ witnessing: { ...WITNESSING, ...changes }, witnessedAt: T });
    const { title, paragraphs } = tell(verdict, messages, known());
    return [title, ...paragraphs].join("\n");
  };
  const isDemo = /Seen only by 2 witnesses on the ledger’s own machine/;

  assert.match(told({ sameMachine: ["dune", "rock"] }), isDemo);
  assert.doesNotMatch(told({ sameMachine: ["dune"] }), isDemo);
  assert.doesNotMatch(told({ seenBy: [], replayedBy: [] }), isDemo);
  assert.match(told({ ignored: ["salt"] }), /A line of witness salt does not hold: counted as absent/);
  assert.doesNotMatch(told({}), /does not hold/);
});

test("witnesses that the server names are said to be its word", () => {
  const messages = messagesOf("en");
  const told = (policySource, witnessing) =>
    tell(verified({ policySource, witnessing }), messages, known()).paragraphs.at(-1);
  const nobody = { ...WITNESSING, seenBy: [], replayedBy: [] };

  assert.equal(told("server", WITNESSING), messages["source.server.witnesses"]);
  assert.equal(told("server", nobody), messages["source.server"]);
  assert.equal(told("yours", WITNESSING), messages["source.yours"]);
});

test("what is out of date says since when, and asks for the clock only where it may be why", () => {
  const messages = messagesOf("en");
  const told = (code, changes) => {
    const witnessing = { ...WITNESSING, ...changes };
    const verdict = { ...turned(code, 17), witnessedAt: witnessing.time, witnessing };
    const { title, paragraphs } = tell(verdict, messages, known());
    return { title, text: paragraphs.join("\n") };
  };
  const asks = /Is the clock of this phone right\? It says 2 May 2026, 00:30 \(UTC\+8\)\./;

  const old = told("stale", {});
  assert.equal(old.title, "Cannot check: out of date since 2 May 2026, 00:25 (UTC+8)");
  assert.doesNotMatch(old.text, asks);
  assert.match(told("stale", { isClockDoubtful: true }).text, asks);
  const few = told("quorum", { time: null, seenBy: ["dune"] });
  assert.match(few.text, /Seen by 1 of 2 witnesses\./);
  assert.doesNotMatch(few.text, asks);
  assert.match(told("quorum", { time: null, isClockDoubtful: true }).text, asks);
  assert.match(told("cannot-check", {}).text, /later than what witnesses have seen: 2 May 2026, 00:25/);
});

test("complete is never said without whose word that is", () => {
  for (const [lang, word, whole] of [
    ["en", "complete", "complete according to the ledger; nobody else has checked"],
    ["zh", "完整", "据账本所述是完整的；尚无他人核对"],
  ]) {
    const told = textsOf(tell(verified(), messagesOf(lang), known())).join("\n");
    assert.equal(told.split(word).length, 2);
    assert.ok(told.includes(whole));
  }
});

test("the place of a difference is told in the words of the page", () => {
  const difference = new Difference("fact", 17, { fact: "what.0", shown: "92", signed: "12" });
  const verdict = refuse(unjudged("server"), difference);
  const messages = { "label.what": "What", "verdict.not-verified.fact": "{index} {fact} {shown} {signed}" };

  assert.equal(tell(verdict, messages, known({ difference })).paragraphs[0], "17 What 92 12");
});

test("a difference from the scanned code is told with both texts", () => {
  const difference = new Difference("fact", "code", { fact: "10", shown: "L1", signed: "L2" });
  const verdict = refuse(unjudged("server"), difference);
  const messages = { "part.10": "Lot", "verdict.not-verified.code": "{fact} {shown} {signed}" };

  assert.equal(tell(verdict, messages, known({ difference })).paragraphs[0], "Lot L1 L2");
});

test("a blank that is not known stays, and a text that is filled in is not filled again", () => {
  const messages = { greeting: "{a} {b} {constructor}" };

  assert.equal(say(messages, "greeting", { a: "{b}", b: "x" }), "{b} x {constructor}");
  assert.equal(say(messages, "toString"), "toString");
});

test("a label and a ledger that disagree are both shown, and nobody is accused", () => {
  const label = { size: 7, printed: "AAAA", had: "BBBB" };
  const verdict = { ...turned("label-mismatch", 18), label };
  for (const lang of ["en", "zh"]) {
    const messages = messagesOf(lang);
    const { state, title, paragraphs } = tell(verdict, messages, known());
    assert.equal(state, "not-verified");
    assert.equal(title, messages["verdict.label-mismatch.title"]);
    assert.match(paragraphs[1], /7.*AAAA/);
    assert.match(paragraphs[2], /7.*BBBB/);
    assert.equal(paragraphs[3], messages["verdict.label-mismatch.hint"]);
  }
});

test("that a label was compared is said, and that none was", () => {
  const messages = messagesOf("en");
  const label = { size: 7, printed: "AAAA", had: "AAAA" };
  const compared = textsOf(tell(verified({ label }), messages, known()));
  const without = textsOf(tell(verified({ absent: ["label"] }), messages, known()));

  assert.ok(compared.includes(messages["verdict.verified.label"]));
  assert.ok(!without.includes(messages["verdict.verified.label"]));
  assert.ok(without.includes(messages["absent.label"]));
  assert.equal(stateOf(verified({ absent: ["label"] })), "verified");
});
