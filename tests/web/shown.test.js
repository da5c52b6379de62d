import assert from "node:assert/strict";
import { test } from "node:test";

import {
  Difference, ofCode, partsOf, verifyParts, verifyShown, verifyWhole,
} from "../../scanner_web/shown.js";
import { spelled } from "../../scanner_web/whole.js";
import { parseIdentifier } from "../../scanner_web/verify/identifier.js";
import { outcome } from "../support/vectors.js";

const MESSAGES = {
  "label.what": "What",
  "label.step": "Step",
  "page.title": "The way",
  "kind.lot": "Lot",
  "kind.own.animal": "Animal",
};
const FACTS = [
  ["step", "Inspected"],
  ["what.0", "(01) 09520123456788 · 12.5 kg"],
  ["record", "Record no. 5", "/entries/5"],
];
const BLOCKS = {
  simulated: [[["simulated", "Simulated"]]],
  alarms: [[["alarm.0", "recalled"], ["alarm.0.what", "Tank 7", "/id/tank/7"]]],
  product: [[["product.name", "Milk powder"]]],
  members: [[["level.0", "1 step back"]], [["member.0", "Tank 7", "/id/tank/7"]]],
  growth: [[["growth.0", "42 kg"]]],
  milk: [[["milk.0", "1.2 kg a day"]]],
};
const BAR = {
  tag: "svg",
  attributes: [["viewBox", "0 0 9 9"], ["role", "img"]],
  children: [{ tag: "title", attributes: [], children: ["Growth"] }],
};
const SUMS = [{ name: "growth", rows: BLOCKS.growth, drawing: BAR }];
const WHOLE = [
  { name: "share", rows: [[["share.0", "87 %"]]], drawing: null },
  { name: "way", rows: [[["way.0", "Milked", "/id/herd/1"], ["way.0.how", "typed"]]], drawing: BAR },
];
const CONTENT = {
  articles: [
    { index: 5, isApart: false, isAlarm: true, facts: FACTS },
    { index: 8, isApart: false, isAlarm: false, facts: [["step", "Shipped"]] },
    { index: 6, isApart: true, isAlarm: false, facts: [["step", "Recalled"]] },
  ],
  blocks: BLOCKS,
  indices: [5, 6, 8],
  parts: [["title", "Milk powder"], ["fold.0", "2026-08 · Shipped"]],
  sums: SUMS,
};

/** Return facts as they stand in a page. */
function standing(facts) {
  return facts.map(([name, text, href]) => ({ name, text, ...(href && { href }) }));
}

/** Return the page as an honest server writes it, changed by a function of a copy. */
function page(change = () => {}) {
  const articles = CONTENT.articles.map(({ index, isApart, facts }) => ({
    index,
    isApart,
    facts: standing(facts),
  }));
  const blocks = Object.fromEntries(
    Object.entries(BLOCKS).map(([name, rows]) => [name, standing(rows.flat())]),
  );
  const drawings = drawingsOf(SUMS);
  const words = ["The way", " · ", "What"];
  const made = { size: 12, articles, blocks, drawings, words, unchecked: [] };
  change(made);
  return made;
}

/** Return drawings as they stand in a page. */
function drawingsOf(sums) {
  const drawn = sums.filter(({ drawing }) => drawing !== null);
  return drawn.map(({ name, drawing }) => ({ name, spelling: spelled(drawing) }));
}

/** Return what is found to differ of all the way, summed up at some size. */
function wholeDifference(size, change) {
  const facts = standing(WHOLE.flatMap(({ rows }) => rows.flat()));
  const whole = { size: 12, facts, drawings: drawingsOf(WHOLE), words: ["The way"] };
  change(whole);
  try {
    verifyWhole(whole, WHOLE, size, MESSAGES);
  } catch (error) {
    return error.kind;
  }
  return null;
}

/** Return what is found to differ. */
function difference(change) {
  try {
    verifyShown(page(change), CONTENT, MESSAGES);
  } catch (error) {
    assert.ok(error instanceof Difference, error);
    const { kind, place, fact, shown, signed, code, step } = error;
    assert.deepEqual([code, step], ["fact-mismatch", 19]);
    return { kind, place, fact, shown, signed };
  }
  return null;
}

test("a page that shows what was verified holds, with any white space", () => {
  assert.equal(difference(), null);
  assert.equal(difference(({ articles }) => (articles[1].facts[0].text = "\n  Shipped ")), null);
  assert.equal(difference(({ articles }) => articles[0].facts.reverse()), null);
});

test("one changed fact is named, with both texts", () => {
  const lie = "(01) 09520123456788 · 92.5 kg";

  assert.deepEqual(difference(({ articles }) => (articles[0].facts[1].text = lie)), {
    kind: "fact",
    place: 5,
    fact: "what.0",
    shown: lie,
    signed: FACTS[1][1],
  });
});

test("a fact that leads elsewhere, or nowhere, or somewhere, is named", () => {
  const to = (href) => difference(({ articles }) => (articles[0].facts[2].href = href));

  assert.deepEqual([to("/entries/6").shown, to("/entries/6").signed], ["/entries/6", "/entries/5"]);
  assert.equal(to(undefined).kind, "fact");
  assert.equal(difference(({ articles }) => (articles[1].facts[0].href = "/")).kind, "fact");
});

test("another word before a fact is named", () => {
  const labelled = (label) => difference(({ articles }) => (articles[0].facts[1].label = label));

  assert.equal(labelled("What"), null);
  assert.deepEqual([labelled("Step").shown, labelled("Step").signed], ["Step", "What"]);
});

test("a fact left out, made up or told twice is named", () => {
  const flag = { name: "flag.late", text: "Entered late" };
  const facts = (change) => difference(({ articles }) => change(articles[0].facts));

  assert.equal(facts((of) => of.pop()).kind, "fact-missing");
  assert.deepEqual(facts((of) => of.push(flag)), {
    kind: "fact-extra",
    place: 5,
    fact: "flag.late",
    shown: flag.text,
    signed: "",
  });
  assert.equal(facts((of) => of.push({ ...of[0] })).kind, "fact-extra");
  assert.equal(facts((of) => of.unshift({ name: "step", text: "Recalled" })).kind, "fact-extra");
});

test("a statement left out, made up, shown twice or elsewhere is named", () => {
  const kind = (change) => difference(({ articles }) => change(articles)).kind;

  assert.equal(kind((of) => of.splice(1, 1)), "article-missing");
  assert.equal(kind((of) => of.push({ index: 7, isApart: false, facts: [] })), "article-extra");
  assert.equal(kind((of) => of.push({ index: NaN, isApart: false, facts: [] })), "article-extra");
  assert.equal(kind((of) => of.unshift({ ...of[0] })), "article-extra");
  assert.equal(kind((of) => (of[0].isApart = true)), "article-moved");
  assert.equal(kind((of) => (of[2].isApart = false)), "article-moved");
  assert.equal(kind((of) => of.reverse()), "article-moved");
});

for (const name of Object.keys(BLOCKS)) {
  test(`what the page says of ${name} is compared, all of it`, () => {
    const block = (change) => difference(({ blocks }) => change(blocks[name]));
    const extra = { name: `${name}.x`, text: "x" };

    assert.equal(block((facts) => facts.splice(0)).kind, "fact-missing");
    assert.equal(block((facts) => (facts[0].text = "x")).kind, "fact");
    assert.equal(block((facts) => (facts[0].href = "/x")).kind, "fact");
    assert.equal(block((facts) => facts.push(extra)).kind, "fact-extra");
    assert.equal(block((facts) => facts.push(extra)).place, "page");
  });
}

test("a drawing changed, left out, added or drawn twice is named", () => {
  const kind = (change) => difference(({ drawings }) => change(drawings))?.kind;
  const lie = spelled({ ...BAR, children: ["Gold"] });
  const moved = spelled({ ...BAR, attributes: [["role", "img"], ["viewBox", "0 0 9 9"]] });

  assert.equal(kind((of) => (of[0].spelling = moved)), undefined);
  assert.equal(kind((of) => (of[0].spelling = lie)), "drawing");
  assert.equal(kind((of) => of.pop()), "drawing");
  assert.equal(kind((of) => of.push({ name: "map", spelling: lie })), "drawing");
  assert.equal(kind((of) => of.push({ ...of[0] })), "drawing");
  assert.equal(kind((of) => (of[0].name = "milk")), "drawing");
});

test("what sums up all of the way is compared, of the same ledger", () => {
  const kind = (change) => wholeDifference(12, change);

  assert.equal(kind(() => {}), null);
  assert.equal(kind(({ facts }) => (facts[0].text = "100 %")), "fact");
  assert.equal(kind(({ facts }) => facts.pop()), "fact-missing");
  assert.equal(kind(({ facts }) => facts.push({ name: "tests.0", text: "passed" })), "fact-extra");
  assert.equal(kind(({ drawings }) => drawings.pop()), "drawing");
  assert.equal(kind(({ words }) => words.push("All tests passed")), "word");
  assert.equal(wholeDifference(13, ({ facts }) => facts.pop()), null);
});

test("the title and each line above a fold are compared, apart from the code's parts", () => {
  const kind = (change) => {
    const parts = [{ name: "kind", text: "Lot" }, ...standing(CONTENT.parts)];
    change(parts);
    try {
      verifyParts(parts, CONTENT, MESSAGES);
    } catch (error) {
      return error.kind;
    }
    return ofCode(parts).map(({ name }) => name);
  };

  assert.deepEqual(kind(() => {}), ["kind"]);
  assert.equal(kind((parts) => (parts[1].text = "Gold")), "fact");
  assert.equal(kind((parts) => parts.splice(1, 1)), "fact-missing");
  assert.equal(kind((parts) => parts.push({ ...parts[2] })), "fact-extra");
  assert.equal(kind((parts) => parts.push({ name: "fold.1", text: "x" })), "fact-extra");
});

test("a word that is neither signed nor the page's own is named", () => {
  const lie = "All tests passed";

  assert.equal(difference(({ words }) => words.push(" — · ")), null);
  for (const sign of ["\u2705", "\u25cb", "\u202e", "\u2588 \u2588"]) {
    assert.equal(difference(({ words }) => words.push(sign)).shown, sign);
  }
  assert.deepEqual(difference(({ words }) => words.push(lie)), {
    kind: "word",
    place: "page",
    fact: "",
    shown: lie,
    signed: "",
  });
});

test("a page older than the ledger is out of date, not false", async () => {
  const newer = { ...CONTENT.articles[1], index: 12 };
  const content = { ...CONTENT, articles: [...CONTENT.articles, newer], indices: [5, 6, 8, 12] };
  const of = (size) => ({ ...page(), size });

  assert.equal(await outcome(() => verifyShown(of(12), content, MESSAGES)), "stale");
  assert.equal(await outcome(() => verifyShown(of(13), content, MESSAGES)), "fact-mismatch");
  assert.equal(await outcome(() => verifyShown(of(NaN), content, MESSAGES)), "fact-mismatch");
});

test("a code is shown as a kind of thing, its name, and its keys and values", () => {
  const host = "ledger.example";
  const item = "https://id.gs1.org/01/09520123456788";
  const lot = parseIdentifier(`${item}/10/32a%2Fb`, { host });
  const serial = parseIdentifier(`${item}/21/7`, { host });
  const own = parseIdentifier(`https://${host}/id/animal/spring/7`, { host });

  assert.deepEqual(partsOf(lot, MESSAGES), [
    ["kind", "Lot"],
    ["name", "32a/b"],
    ["01", "09520123456788"],
    ["10", "32a/b"],
  ]);
  assert.deepEqual(partsOf(serial, MESSAGES, lot).slice(1), [
    ["name", "7"],
    ["01", "09520123456788"],
    ["21", "7"],
    ["10", "32a/b"],
  ]);
  assert.deepEqual(partsOf(own, MESSAGES), [
    ["kind", "Animal"],
    ["name", "7"],
    ["own", `https://${host}/id/animal/spring/7`],
  ]);
  assert.deepEqual(partsOf(own, {})[0], ["kind", "animal"]);
});
