/**
 * The balance of a lot in rows, and drawn: what went in, what became of the rest. Twin of
 * `ledger/balance.py`.
 */

import { barsShape } from "./chart.js";
import { balanceOf } from "./lotbalance.js";
import { ONE, ZERO, add, cents, decimal, descending, fill, kilograms, packMass, positive, row, sum } from "./mass.js";
import { flowsOf } from "./massflow.js";
import { why } from "./share.js";
import { date, given, short, visible, word } from "./wording.js";

/** @typedef {import("./account.js").Account} Account */
/** @typedef {import("./chart.js").Shape} Shape */
/** @typedef {import("./lotbalance.js").Balance} Balance */
/** @typedef {import("./lotbalance.js").Batch} Batch */
/** @typedef {import("./mass.js").Reader} Reader */
/** @typedef {import("./mass.js").Row} Row */
/** @typedef {import("./massflow.js").Flows} Flows */
/** @typedef {import("./wording.js").Messages} Messages */

const MOST_NAMED = 3;
const LOW = BigInt(58);
const HIGH = BigInt(75);

/**
 * Return what went into a lot and what became of the rest, step by step.
 *
 * @param {readonly Account[]} accounts
 * @param {Reader} reader
 * @returns {Row[]}
 */
export function balanceRows(accounts, { members, messages }) {
  const flows = flowsOf(accounts, members);
  if (flows.makers(flows.lot).length === 0) return [];
  const balance = balanceOf(flows);
  if ("reason" in balance) return [row("balance.problem", why(balance, messages))];
  const rows = [...balance.steps.values()].map((step, place) => {
    const name = `balance.${place}`;
    const lost = [...step.losses].map(
      ([reason, mass]) => `${word("loss", reason, messages)} ${kilograms(mass, messages)}`,
    );
    return visible([
      [`${name}.step`, word("process", step.process, messages)],
      [`${name}.in`, step.into ? kilograms(step.into, messages) : ""],
      [`${name}.lost`, lost.join(" · ")],
      [`${name}.gap`, cents(step.gap) ? kilograms(step.gap, messages) : ""],
      [`${name}.out`, kilograms(step.out, messages)],
    ]);
  });
  let mass = kilograms(balance.lot, messages);
  if (flows.net) {
    const count = String(balance.lot / flows.net);
    mass = fill("balance.packs", messages, { count, net: packMass(flows.net, messages), mass });
  }
  rows.push(row("balance.packs", mass));
  if (balance.added) {
    const added = kilograms(balance.added, messages);
    rows.push(row("balance.added", fill("balance.added", messages, { mass: added })));
  }
  if (balance.isShared) rows.push(row("balance.shared", shared(flows, balance, messages)));
  rows.push(batchesRow(balance.batches, messages));
  rows.push(row("balance.ratio", ratio(flows, balance, messages)));
  const { length: count } = balance.overdrawn;
  if (count > 0) {
    const names = balance.overdrawn.slice(0, MOST_NAMED).map(short).join(" · ");
    rows.push(row("balance.overdrawn", fill("balance.overdrawn", messages, { count, names })));
  }
  return rows.filter(({ length }) => length > 0);
}

/**
 * Return the balance as two bars: of what went in, and of the batches packed.
 *
 * @param {readonly Account[]} accounts
 * @param {Reader} reader
 * @returns {Shape | null}
 */
export function balanceShape(accounts, { members, messages }) {
  const flows = flowsOf(accounts, members);
  const balance = flows.makers(flows.lot).length > 0 ? balanceOf(flows) : null;
  if (!balance || "reason" in balance || !balance.raw) return null;
  const { batches, steps } = balance;
  /** @type {Map<string, bigint>} */
  const losses = new Map();
  for (const step of steps.values()) {
    // What was kept of a milking went into no lot.
    for (const [reason, mass] of step.isMilking ? [] : step.losses) add(losses, reason, mass);
  }
  const untold = fill("balance.untold", messages);
  /** @type {[string, bigint][]} */
  const milked = [
    [fill("balance.this", messages), balance.lot],
    .../** @type {[string, bigint][]} */ (
      [...losses].map(([reason, mass]) => [word("loss", reason, messages), mass])
    ).sort(([, a], [, b]) => descending(a, b)),
    [untold, sum([...steps.values()].map(({ gap }) => positive(gap)))],
  ];
  /** @type {[string, bigint][]} */
  const made = [
    [fill("balance.packed", messages), sum(batches.map((batch) => batch.here))],
    [fill("balance.others", messages), sum(batches.map(({ others }) => others))],
    [fill("balance.stock", messages), sum(batches.map(({ stock }) => stock))],
    [untold, sum(batches.map((batch) => positive(batch.untold)))],
  ];
  /** @type {[string, bigint, [string, bigint][]][]} */
  const bars = [
    [balance.raw === balance.milk ? "balance.milked" : "balance.raw", balance.raw, milked],
    ["balance.made", sum(batches.map((batch) => batch.made)), made],
  ];
  return barsShape(
    fill("balance.title", messages),
    bars.map(([key, whole, parts]) => ({
      called: fill(key, messages, { mass: kilograms(whole, messages) }),
      parts: parts.flatMap(([called, mass]) =>
        cents(mass) > ZERO ? [{ label: called, size: mass, words: kilograms(mass, messages) }] : [],
      ),
    })),
  );
}

/**
 * Tell of how much milk only a part is in the lot, as the way sums up all of it.
 *
 * @param {Flows} flows
 * @param {Balance} balance
 * @param {Messages} messages
 * @returns {string}
 */
function shared(flows, { milk }, messages) {
  const found = flows.milkings(flows.lot);
  const all = sum(found.map(({ out }) => out || ZERO));
  if (cents(all) <= cents(milk)) return fill("balance.shared", messages);
  const [milked, mass] = [kilograms(all, messages), kilograms(milk, messages)];
  return fill("balance.shared.milk", messages, { milked, milkings: found.length, mass });
}

/**
 * Return where the batches went that a lot was packed of.
 *
 * @param {readonly Batch[]} batches
 * @param {Messages} messages
 * @returns {Row}
 */
function batchesRow(batches, messages) {
  const name = "balance.batches";
  /** @type {[string, bigint][]} */
  const masses = [
    ["made", sum(batches.map(({ made }) => made))],
    ["here", sum(batches.map(({ here }) => here))],
    ["others", sum(batches.map(({ others }) => others))],
    ["stock", sum(batches.map(({ stock }) => stock))],
    ["untold", sum(batches.map(({ untold }) => positive(untold)))],
    ["over", sum(batches.map(({ untold }) => positive(-untold)))],
  ];
  const last = batches.map((batch) => batch.counted).sort().pop() || "";
  return visible([
    [name, fill(name, messages, { count: batches.length })],
    ...masses.flatMap(([key, mass]) => given(`${name}.${key}`, cents(mass) ? kilograms(mass, messages) : "")),
    [`${name}.counted`, date(last, messages)],
  ]);
}

/**
 * Compare milk and powder with what was published, if it is camels' milk alone.
 *
 * @param {Flows} flows
 * @param {Balance} balance
 * @param {Messages} messages
 * @returns {string}
 */
function ratio(flows, { raw, dried }, messages) {
  const made = flows.madeOf(flows.lot);
  if ("reason" in made || made.parts.size !== 1 || !made.parts.has("milk:camel")) return "";
  if (!made.isExact || !dried) return "";
  const tenths = ((raw * BigInt(20)) / dried + ONE) / BigInt(2);
  const key = LOW <= tenths && tenths <= HIGH ? "balance.ratio" : "balance.ratio.beyond";
  const [shown, low, high] = [tenths, LOW, HIGH].map((each) => decimal(each, 1));
  return fill(key, messages, { ratio: String(shown), low: String(low), high: String(high) });
}
