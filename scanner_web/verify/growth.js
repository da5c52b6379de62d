/**
 * One animal's figures: what it weighed, and in which milkings it took part.
 *
 * Bounds are published figures for Bactrian camels, added up by age: a remark, never a
 * judgement, and none for other animals. Milk in kilograms is one animal's where it was
 * milked alone or measured by itself. Twin of `ledger/growth.py`.
 */

import { counts } from "./account.js";
import { weightsShape } from "./chart.js";
import { decimal, fill, massOf } from "./mass.js";
import { date, items, measure, member, text, visible, word } from "./wording.js";

/** @typedef {import("./account.js").Account} Account */
/** @typedef {import("./chart.js").Band} Band */
/** @typedef {import("./chart.js").Shape} Shape */
/** @typedef {import("./encoding.js").JsonObject} JsonObject */
/** @typedef {import("./mass.js").Reader} Reader */
/** @typedef {import("./mass.js").Row} Row */
/** @typedef {import("./wording.js").Messages} Messages */

/**
 * What an animal weighed.
 *
 * @typedef {object} Weighing
 * @property {string} day as it is signed
 * @property {number} on the same in days since 1970, in UTC
 * @property {number | null} age in days; null if the birth is not known
 * @property {bigint} grams
 * @property {string} method in the word of the statement
 * @property {bigint | null} gain grams a day since four weeks earlier or more
 * @property {readonly [low: bigint, high: bigint] | null} bounds of the weight
 * @property {boolean} isOutside
 */

/** @type {readonly Band[]} */
const BANDS = [
  // Birth, then 0.3 to 0.9 kg a day for seven months, then -0.2 to 0.5 for seven more.
  [[0, 28000, 45000], [213, 91900, 236700], [426, 49300, 343200]],
  // Grown, from five years on.
  [[1826, 400000, 725000], [14610, 400000, 725000]],
];
const GAINS = /** @type {const} */ ([[213, 300, 900], [426, -200, 500]]);
const LEAST_DAYS = 28;
const OLDEST = 14610;
const HEAVIEST = BigInt(5000000);
const DAY_US = BigInt(86400000000);
const GRAM = BigInt(10 ** 12);
const ZERO = BigInt(0);
const MOST = 24;

/**
 * Return what an animal weighed, by time; not what was weighed with others.
 *
 * @param {readonly Account[]} accounts
 * @param {Pick<Reader, "members">} reader
 * @returns {Weighing[]}
 */
export function weighings(accounts, { members }) {
  const animal = members[0] ? members[0].subject : "";
  const told = byTime(accounts);
  const { born, isCamel } = birth(told, animal);
  /** @type {Weighing[]} */
  const found = [];
  for (const { event } of told) {
    const on = days(event.instantUs);
    const age = born === null ? null : days(event.instantUs - born);
    for (const mass of measured(event.body, animal, "caravan:weight")) {
      const grams = mass / GRAM;
      const before = found.filter((each) => on - each.on >= LEAST_DAYS).pop();
      const bounds = isCamel && age !== null ? boundsAt(age) : null;
      found.push({
        day: event.eventTime.slice(0, 10),
        on,
        age,
        grams,
        method: text(event.body["caravan:method"]),
        gain: before ? (grams - before.grams) / BigInt(on - before.on) : null,
        bounds,
        isOutside: bounds !== null && (grams < bounds[0] || grams > bounds[1]),
      });
    }
  }
  return found;
}

/**
 * Return a row for each weighing, the newest first, and where bounds come from.
 *
 * @param {readonly Account[]} accounts
 * @param {Reader} reader
 * @returns {Row[]}
 */
export function growthRows(accounts, { members, messages }) {
  const found = weighings(accounts, { members });
  const rows = found.slice(-MOST).reverse().map((each, place) => {
    const name = `growth.${place}`;
    return visible([
      [name, date(each.day, messages)],
      [`${name}.weight`, kilograms(each.grams, messages)],
      [`${name}.age`, inMonths(each.age, messages)],
      [`${name}.method`, word("method", each.method, messages)],
      [`${name}.gain`, gainOf(each, messages)],
      [`${name}.band`, bandOf(each, messages)],
    ]);
  });
  if (found.length > MOST) {
    rows.push([["growth.more", fill("growth.more", messages, { count: found.length })]]);
  }
  if (hasBounds(found)) {
    rows.push([["growth.source", fill("growth.source", messages)]]);
  }
  return rows;
}

/**
 * Return the weighings over age against the bounds; null if there are none.
 *
 * @param {readonly Account[]} accounts
 * @param {Reader} reader
 * @returns {Shape | null}
 */
export function growthShape(accounts, { members, messages }) {
  const found = weighings(accounts, { members });
  const points = found.flatMap(({ age, day, grams, isOutside }) => {
    if (age === null || age < 0 || age > OLDEST || grams > HEAVIEST) return [];
    const title = `${date(day, messages)}: ${kilograms(grams, messages)}`;
    return [{ along: age, up: Number(grams), title, isSquare: isOutside }];
  });
  if (points.length === 0) return null;
  return weightsShape(fill("growth.title", messages), points, hasBounds(found) ? BANDS : [], {
    across: fill("growth.months", messages),
    up: word("unit", "KGM", messages),
  });
}

/**
 * Return a row for each month in which an animal was milked, the newest first.
 *
 * @param {readonly Account[]} accounts
 * @param {Reader} reader
 * @returns {Row[]}
 */
export function milkRows(accounts, { members, messages }) {
  const animal = members[0] ? members[0].subject : "";
  /** @type {Map<string, {milkings: number, alone: number, aloneMass: bigint, measured: number, measuredMass: bigint}>} */
  const months = new Map();
  /** @param {string} month */
  const at = (month) => {
    const of = months.get(month) || {
      milkings: 0, alone: 0, aloneMass: ZERO, measured: 0, measuredMass: ZERO,
    };
    months.set(month, of);
    return of;
  };
  for (const { event: { body, eventTime } } of byTime(accounts)) {
    const month = eventTime.slice(0, 7);
    const inputs = items(body.inputEPCList).map(text);
    if (inputs.includes(animal) && text(body["caravan:process"]) === "milking") {
      const of = at(month);
      of.milkings += 1;
      if (inputs.every((name) => name === animal) && items(body.inputQuantityList).length === 0) {
        of.alone += 1;
        for (const element of items(body.outputQuantityList)) of.aloneMass += massOf(element) || ZERO;
      }
    } else {
      for (const mass of measured(body, animal, "caravan:milk")) {
        const of = at(month);
        of.measured += 1;
        of.measuredMass += mass;
      }
    }
  }
  const rows = [...months].sort(([a], [b]) => (a < b ? 1 : -1)).slice(0, MOST).map(([month, of], place) => {
    const name = `milk.${place}`;
    return visible([
      [name, date(month, messages)],
      [`${name}.milkings`, String(of.milkings)],
      [`${name}.alone`, times(of.alone, of.aloneMass, messages)],
      [`${name}.measured`, times(of.measured, of.measuredMass, messages)],
    ]);
  });
  if ([...months.values()].some(({ milkings, alone }) => milkings > alone)) {
    rows.push([["milk.group", fill("milk.group", messages)]]);
  }
  return rows;
}

/**
 * @param {readonly Account[]} accounts
 * @returns {Account[]}
 */
function byTime(accounts) {
  return accounts.filter(counts).sort(({ event: a, index }, { event: b, index: other }) =>
    a.instantUs < b.instantUs ? -1 : a.instantUs > b.instantUs ? 1 : index - other,
  );
}

/**
 * Return when an animal came into being, and whether it is a camel.
 *
 * @param {readonly Account[]} told
 * @param {string} animal
 * @returns {{born: bigint | null, isCamel: boolean}}
 */
function birth(told, animal) {
  for (const { event } of told) {
    if (event.type !== "ObjectEvent" || !event.created.includes(animal)) continue;
    const species = text(member(event.body.ilmd, "caravan:species"));
    return { born: event.instantUs, isCamel: species === "camel" };
  }
  return { born: null, isCamel: false };
}

/**
 * Return what was measured of an animal by itself, as masses.
 *
 * @param {JsonObject} body
 * @param {string} animal
 * @param {string} component
 * @returns {bigint[]}
 */
function measured({ epcList, sensorElementList }, animal, component) {
  if (!Array.isArray(epcList) || epcList.length !== 1 || epcList[0] !== animal) return [];
  return items(sensorElementList)
    .flatMap((element) => items(member(element, "sensorReport")))
    .filter((report) => text(member(report, "component")) === component)
    .flatMap((report) => {
      const [quantity, uom] = [member(report, "value"), member(report, "uom")];
      const mass = massOf({ quantity: quantity ?? null, uom: uom ?? null });
      return mass === null ? [] : [mass];
    });
}

/** @param {readonly Weighing[]} found */
function hasBounds(found) {
  return found.some(({ bounds }) => bounds);
}

/**
 * Return the bounds of the weight at an age, between the corners of a band.
 *
 * @param {number} age
 * @returns {[bigint, bigint] | null}
 */
function boundsAt(age) {
  for (const band of BANDS) {
    for (const [place, [start, low, high]] of band.entries()) {
      const next = band[place + 1];
      if (!next || age < start || age > next[0]) continue;
      const [end, lowEnd, highEnd] = next;
      /** @type {(from: number, to: number) => bigint} */
      const between = (from, to) =>
        BigInt(from + Math.floor(((to - from) * (age - start)) / (end - start)));
      return [between(low, lowEnd), between(high, highEnd)];
    }
  }
  return null;
}

/**
 * @param {bigint} grams
 * @param {Messages} messages
 */
function kilograms(grams, messages) {
  return measure(decimal(grams, 3), "KGM", messages);
}

/**
 * @param {number | null} age
 * @param {Messages} messages
 * @returns {string} whole months, of 30.437 days, or from three on years
 */
function inMonths(age, messages) {
  if (age === null || age < 0) return "";
  if (age >= 3 * 365.25) return measure(String(Math.floor((age * 100) / 36525)), "ANN", messages);
  return measure(String(Math.floor((age * 1000) / 30437)), "MON", messages);
}

/**
 * @param {Weighing} weighing
 * @param {Messages} messages
 * @returns {string} the gain a day, with what is usual at this age
 */
function gainOf({ age, bounds, gain }, messages) {
  if (gain === null) return "";
  const shown = decimal(gain, 3);
  for (const [until, low, high] of GAINS) {
    if (!bounds || age === null || age > until) continue;
    return fill("growth.gain.usual", messages, {
      gain: shown, low: decimal(BigInt(low), 3), high: decimal(BigInt(high), 3),
    });
  }
  return fill("growth.gain", messages, { gain: shown });
}

/**
 * @param {Weighing} weighing
 * @param {Messages} messages
 * @returns {string}
 */
function bandOf({ bounds, isOutside }, messages) {
  if (!bounds) return "";
  const [low, high] = bounds;
  const key = isOutside ? "growth.outside" : "growth.inside";
  return fill(key, messages, { low: decimal(low, 3), high: decimal(high, 3) });
}

/**
 * @param {number} count
 * @param {bigint} mass
 * @param {Messages} messages
 * @returns {string}
 */
function times(count, mass, messages) {
  if (!count) return "";
  const shown = measure(decimal(mass / (GRAM * BigInt(10)), 2), "KGM", messages);
  return fill("milk.times", messages, { count, mass: shown });
}

/**
 * Divide microseconds into days, downwards.
 *
 * @param {bigint} us
 * @returns {number}
 */
function days(us) {
  const whole = us / DAY_US;
  return Number(whole * DAY_US > us ? whole - BigInt(1) : whole);
}
