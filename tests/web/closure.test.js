import assert from "node:assert/strict";
import { test } from "node:test";

import { Bindings } from "../../scanner_web/verify/bindings.js";
import { findLot, walk } from "../../scanner_web/verify/closure.js";
import { cycleIn } from "../../scanner_web/verify/cycle.js";
import { parseEvent } from "../../scanner_web/verify/event.js";

const HOST = "oasis.example";
const ID = `https://${HOST}/id`;
const MAKER = `${ID}/party/maker`;
const RIGHTS = { steps: new Set(), persistent: new Set() };

/** Return a directory in which the maker may bring anything under `made` into being. */
function directory() {
  const bindings = new Bindings(`${HOST}/milk-00c0ffee`);
  const prefixes = [`${ID}/made`];
  bindings.putParty(1, { action: "admit", party: MAKER, kind: "maker", name: null, places: [], prefixes, rights: RIGHTS });
  return bindings;
}

/** Return an event of the maker's. */
function event(index, members) {
  const body = {
    type: "TransformationEvent",
    eventID: `urn:uuid:${index}`,
    eventTime: "2026-06-11T06:00:00+08:00",
    eventTimeZoneOffset: "+08:00",
    bizStep: "commissioning",
    readPoint: { id: `${ID}/place/spring` },
    ...members,
  };
  return { index, parties: [MAKER], event: parseEvent(body, { host: HOST }) };
}

/** Return the lists of these events: everything is known. */
function listsOf(events) {
  const whole = (name) => events.filter((logged) => logged.event.subjects.includes(name));
  return { whole, alarms: whole };
}

const sets = (links) => new Map(Object.entries(links).map(([name, to]) => [name, new Set(to)]));

test("what came of itself is a cycle, and what lies between two cycles", () => {
  assert.deepEqual(cycleIn(sets({ a: ["b"], b: ["c"], c: [] })), []);
  assert.deepEqual(cycleIn(sets({ a: ["a"] })), ["a"]);
  assert.deepEqual(cycleIn(sets({ a: ["b"], b: ["c"], c: ["b"], d: ["c"] })), ["b", "c"]);
  assert.deepEqual(cycleIn(sets({ a: ["b", "e"], b: ["a", "c"], c: ["d"], d: ["c"], e: [] })), [
    "a", "b", "c", "d",
  ]);
});

test("a cycle of ten thousand goods is found at once", () => {
  const links = new Map();
  for (let at = 0; at < 10000; at += 1) links.set(`${at}`, new Set([`${(at + 1) % 10000}`]));
  const chain = new Map([...links].map(([name, to]) => [name, name === "9999" ? new Set() : to]));
  const begun = performance.now();

  assert.equal(cycleIn(links).length, 10000);
  assert.deepEqual(cycleIn(chain), []);
  assert.ok(performance.now() - begun < 5000);
});

test("goods that came of each other end the walk, and are told", () => {
  const [one, two] = [`${ID}/made/1`, `${ID}/made/2`];
  const events = [
    event(5, { inputEPCList: [two], outputEPCList: [one] }),
    event(6, { inputEPCList: [one], outputEPCList: [two] }),
  ];

  const known = { lot: null, lists: listsOf(events), directory: directory() };
  const { members, cycle } = walk(one, known);

  assert.deepEqual(members.map(({ subject, level }) => [subject, level]), [[one, 0], [two, 1]]);
  assert.deepEqual(cycle, [one, two]);
});

test("what goods were packed in and made of is followed for both", () => {
  const [goods, tank, milk] = [`${ID}/made/1`, `${ID}/made/2`, `${ID}/milk/3`];
  const events = [
    event(5, { inputEPCList: [milk], outputEPCList: [tank] }),
    event(6, { inputEPCList: [tank], outputEPCList: [goods] }),
    event(7, { type: "AggregationEvent", action: "ADD", parentID: tank, childEPCs: [goods] }),
  ];

  const known = { lot: null, lists: listsOf(events), directory: directory() };
  const members = walk(goods, known).members.map(({ subject, relation }) => [subject, relation]);

  assert.deepEqual(members, [[goods, "subject"], [tank, "parent"], [milk, "source"]]);
});

test("a destination in any shape is read, and none is a mistake of the program", () => {
  const made = `${ID}/made/1`;
  for (const destinationList of [null, 7, "x", {}, [null], [[]], [{}], [{ destination: 7 }]]) {
    const events = [event(5, { outputEPCList: [made], destinationList })];

    const { members } = walk(made, { lot: null, lists: listsOf(events), directory: directory() });

    assert.equal(members.length, 1);
  }
});

test("a party by the name of a prototype has no standing by that", () => {
  const made = `${ID}/made/1`;
  const events = [event(5, { outputEPCList: [made], destinationList: [{ destination: "__proto__" }] })];

  const { standing } = walk(made, { lot: null, lists: listsOf(events), directory: directory() });

  assert.deepEqual([...(standing.get(made)?.parties || [])].sort(), ["__proto__", MAKER]);
});

test("only a serial has a lot", () => {
  const known = { lot: null, lists: listsOf([]), directory: directory() };

  assert.equal(findLot(`${ID}/made/1`, known), null);
  assert.throws(() => findLot("https://id.gs1.org/01/09521234543213/21/7", known), {
    code: "not-packed",
  });
});

test("a transformation of many outputs is read once", () => {
  const shared = `${ID}/made/shared`;
  const things = [1, 2, 3, 4].map((number) => `${ID}/made/${number}`);
  const told = things.map((thing, place) =>
    event(10 + place, {
      transformationID: shared,
      inputEPCList: things,
      outputEPCList: [thing],
    }),
  );
  const lists = listsOf(told);
  const asked = [];
  const whole = (name) => {
    asked.push(name);
    return lists.whole(name);
  };

  const known = { lot: null, lists: { ...lists, whole }, directory: directory() };
  const { members, followed } = walk(things[0], known);

  assert.deepEqual(members.map(({ subject }) => subject), things);
  assert.deepEqual([...followed].sort(), [10, 11, 12, 13]);
  assert.equal(asked.filter((name) => name === shared).length, 1);
});

test("a destination that is spelled as two parties is neither of them", () => {
  const [stranger, other] = [`${ID}/party/a`, `${ID}/party/b`];
  const run = `${ID}/made/run`;
  const ship = (index, thing, names) =>
    event(index, {
      type: "ObjectEvent",
      action: "OBSERVE",
      epcList: [thing],
      destinationList: names.map((destination) => ({ type: "owning_party", destination })),
    });
  const made = (index, thing, ...inputEPCList) =>
    event(index, { outputEPCList: [thing], inputEPCList, transformationID: run });
  const [one, two] = [`${ID}/made/1`, `${ID}/made/2`];
  const part = event(14, { transformationID: run, inputEPCList: [`${ID}/made/3`] });
  const told = [
    made(10, one, two), made(11, two),
    ship(12, one, [`${stranger} ${other}`]), ship(13, two, [stranger, other]),
    { ...part, parties: [stranger] },
  ];

  const known = { lot: null, lists: listsOf(told), directory: directory() };
  const { members } = walk(one, known);

  // The stranger speaks of the second, and by it the third is a source of it alone.
  assert.deepEqual(members.map(({ subject, level }) => [subject.at(-1), level]), [
    ["1", 0], ["2", 1], ["3", 2],
  ]);
});
