/**
 * How much of what each step gave went into a lot, and where the rest is.
 *
 * Of what went into other things as well, the part that went into the lot is counted, by
 * mass. What lacks for a sum is said, never guessed. Twin of `ledger/lotbalance.py`.
 */

import { ZERO, add, sum } from "./mass.js";
import { keyOf, processOf } from "./massflow.js";
import { items, member, text } from "./wording.js";

/** @typedef {import("./made.js").Unknown} Unknown */
/** @typedef {import("./massflow.js").Flow} Flow */
/** @typedef {import("./massflow.js").Flows} Flows */

/**
 * @typedef {object} Step all transformations of one process
 * @property {string} process
 * @property {boolean} isMilking
 * @property {bigint} into
 * @property {bigint} out
 * @property {bigint} gap
 * @property {Map<string, bigint>} losses
 */

/**
 * @typedef {object} Batch
 * @property {bigint} made
 * @property {bigint} here
 * @property {bigint} others
 * @property {bigint} stock
 * @property {string} counted
 * @property {bigint} untold
 */

/**
 * @typedef {object} Balance
 * @property {Map<string, Step>} steps
 * @property {bigint} raw
 * @property {bigint} milk
 * @property {bigint} added
 * @property {bigint} dried
 * @property {bigint} lot
 * @property {Batch[]} batches
 * @property {string[]} overdrawn
 * @property {boolean} isShared
 */

/**
 * Follow the mass of a lot back, each part by the share of it that went there.
 *
 * @param {Flows} flows
 * @returns {Balance | Unknown}
 */
export function balanceOf(flows) {
  const ordered = flows.order(flows.lot);
  if (!ordered) return { reason: "cycle", name: "" };
  const reached = flows.reached(ordered);
  const lacking = missing(flows, ordered);
  if (lacking) return lacking;
  /** @type {Balance} */
  const found = {
    steps: new Map(), raw: ZERO, milk: ZERO, added: ZERO, dried: ZERO,
    lot: flows.massMade(flows.lot), batches: [], overdrawn: [], isShared: false,
  };
  /** @type {Map<string, bigint>} */
  const need = new Map();
  /** @type {Map<Flow, bigint>} */
  const taken = new Map();
  /** @type {Map<string, Flow[]>} */
  const users = new Map();
  for (const flow of reached) {
    if (flow.isMilking) continue;
    for (const name of flow.inputs.keys()) {
      const known = users.get(name);
      if (known) known.push(flow);
      else users.set(name, [flow]);
    }
  }
  for (const name of [...ordered].reverse()) {
    const makers = flows.makers(name);
    const made = flows.massMade(name);
    let wanted = sum(
      (users.get(name) || []).map((flow) =>
        flow.out ? ((flow.inputs.get(name) || ZERO) * (taken.get(flow) || ZERO)) / flow.out : ZERO,
      ),
    );
    if (name === flows.lot) wanted = made;
    if (makers.length > 0 && wanted > made) {
      found.overdrawn.push(name);
      wanted = made;
    }
    if (makers.length > 0 && wanted < made) found.isShared = true;
    need.set(name, wanted);
    if (makers.length === 0) found.raw += wanted;
    for (const flow of makers) {
      const part = made ? (wanted * (flow.outputs.get(name) || ZERO)) / made : ZERO;
      add(taken, flow, part);
      if (flow.isMilking) found.milk += part;
    }
    if (made) found.added += (wanted * (flows.added.get(name) || ZERO)) / made;
  }
  found.raw += found.milk + found.added;
  for (const flow of reached) addStep(found, flows, flow, taken.get(flow) || ZERO);
  found.batches = flows.sources(flows.lot).map((name) => batchOf(flows, name, need.get(name) || ZERO));
  return found;
}

/**
 * @param {Flows} flows
 * @param {readonly string[]} ordered
 * @returns {Unknown | null} a mass that is not known, of those that are needed
 */
function missing(flows, ordered) {
  const lacking = ordered.find((name) => flows.added.get(name) === null);
  if (lacking !== undefined) return { reason: "mass", name: lacking };
  for (const { inputs, outputs, out, isMilking } of flows.reached(ordered)) {
    for (const [name, mass] of inputs) {
      if (mass === null && !isMilking) return { reason: "mass", name };
    }
    for (const [name, mass] of outputs) {
      if (mass === null && (out === null || keyOf(name) !== "21")) return { reason: "mass", name };
    }
  }
  return null;
}

/**
 * Add a transformation, as far as it went into the lot.
 *
 * @param {Balance} found
 * @param {Flows} flows
 * @param {Flow} flow
 * @param {bigint} taken
 */
function addStep(found, flows, flow, taken) {
  const process = processOf(flow);
  const step = found.steps.get(process) || {
    process, isMilking: flow.isMilking, into: ZERO, out: ZERO, gap: ZERO, losses: new Map(),
  };
  found.steps.set(process, step);
  /** @param {bigint | null} mass */
  const part = (mass) => (flow.out ? ((mass || ZERO) * taken) / flow.out : ZERO);
  let lost = ZERO;
  for (const element of flow.bodies.flatMap((body) => items(body["caravan:loss"]))) {
    const mass = part(flows.mass(element));
    lost += mass;
    if (mass) add(step.losses, text(member(element, "reason")), mass);
  }
  step.out += taken;
  if (!flow.isMilking) {
    const into = part(flow.into);
    step.into += into;
    step.gap += into - taken - lost;
  }
  if (process.endsWith("drying")) found.dried += taken;
}

/**
 * Return where a batch went: to this lot, to others, or still there.
 *
 * @param {Flows} flows
 * @param {string} name
 * @param {bigint} here
 * @returns {Batch}
 */
function batchOf(flows, name, here) {
  const others = sum(
    flows.flows.map(({ inputs, outputs }) =>
      outputs.has(flows.lot) ? ZERO : inputs.get(name) || ZERO,
    ),
  );
  let stock = ZERO;
  let stocked = "";
  for (const { event } of flows.accounts) {
    if (event.bizStep !== "stock_taking") continue;
    for (const element of items(event.body.quantityList)) {
      if (text(member(element, "epcClass")) !== name) continue;
      stock = flows.mass(element) || ZERO;
      stocked = event.eventTime.slice(0, 10);
    }
  }
  const told = here + others + stock;
  const made = flows.makers(name).length > 0 ? flows.massMade(name) : told;
  return { made, here, others, stock, counted: stocked, untold: made - told };
}
