import assert from "node:assert/strict";
import { test } from "node:test";

import { foldsOf } from "../../scanner_web/folds.js";

/** Return articles, one for each time: those that do not say more were "Milked". */
function articles(times, more = {}) {
  return times.map((time, index) => {
    const facts = [["step", "Milked"], ["time", `${time}, 06:00 (UTC+8)`]];
    return { index, isApart: false, isAlarm: false, day: time, facts, ...more[index] };
  });
}

const days = (count, month = "2026-05") =>
  Array.from({ length: count }, (_, at) => `${month}-${String(at + 1).padStart(2, "0")}`);
const lines = (given) => foldsOf(given, {}).map(([, line]) => line);

test("few steps stand in the open", () => {
  assert.deepEqual(foldsOf(articles(days(12)), {}), []);
});

test("more are folded by day, each line with its own number", () => {
  const found = foldsOf(articles([...days(12), "2026-05-12"]), {});

  assert.equal(found.length, 12);
  assert.deepEqual(found[0], ["fold.0", "2026-05-01 · Milked"]);
  assert.deepEqual(found[11], ["fold.11", "2026-05-12 · Milked × 2"]);
});

test("what has too many days is folded by month, and each long month by day", () => {
  const found = lines(articles([...days(31), ...days(3, "2026-06")]));

  assert.deepEqual(found.slice(0, 2), ["2026-05 · Milked × 31", "2026-05-01 · Milked"]);
  assert.equal(found.at(-1), "2026-06 · Milked × 3");
  assert.equal(found.length, 33);
});

test("what has too many months is folded by year", () => {
  const times = Array.from({ length: 40 }, (_, at) => `${2000 + Math.floor(at / 12)}-${
    String((at % 12) + 1).padStart(2, "0")}-01`);

  const years = lines(articles(times));

  assert.equal(years[0], "2000 · Milked × 12");
  assert.equal(years.length, 4);
});

test("an alarm is not folded away, and parts what stands around it", () => {
  const found = lines(articles(Array(14).fill("2026-05-01"), { 5: { isAlarm: true } }));

  assert.deepEqual(found, ["2026-05-01 · Milked × 5", "2026-05-01 · Milked × 8"]);
});

test("a line says what else was done, a few words of it, and that there are remarks", () => {
  const titles = ["Packed", "Shipped", "Arrived", "Received", "Sold"];
  const more = Object.fromEntries(titles.map((title, at) => [
    at,
    { facts: [["step", title], ["time", "2026-05-01"]] },
  ]));
  more[0].facts.push(["flag.late", "late"]);
  more[1].facts.push(["in-error", "taken back"]);
  const [line] = lines(articles(Array(14).fill("2026-05-01"), more));

  assert.equal(line, "2026-05-01 · Packed · Shipped · Arrived · Received · Sold · … · ✎ · ⚑");
});

test("a line says when in the words of the reader's language", () => {
  const months = { "date.month.5": "May", "date.month.6": "Jun" };
  const messages = { ...months, "date.day": "{day} {month} {year}", "date.month": "{month} {year}" };

  const found = foldsOf(articles([...days(31), ...days(3, "2026-06")]), messages);

  assert.deepEqual(found[0], ["fold.0", "May 2026 · Milked × 31"]);
  assert.deepEqual(found[1], ["fold.1", "1 May 2026 · Milked"]);
});

test("what is said by others is folded by itself", () => {
  const others = articles(days(13)).map((each) => ({ ...each, isApart: true }));

  assert.equal(foldsOf([...others, ...articles(days(3))], {}).length, 13);
});
