/**
 * What makes each block that sums up accounts, by its name: loaded when the first verdict
 * is told.
 */

import { balanceRows, balanceShape } from "./verify/balance.js";
import { temperatureShape } from "./verify/chart.js";
import { growthRows, growthShape, milkRows } from "./verify/growth.js";
import { journeyRows, journeyShape } from "./verify/journey.js";
import { shareRows } from "./verify/share.js";
import { briefRows, coldPoints, coldRows, gapRows, testRows, wayRows } from "./verify/way.js";

/** @typedef {import("./whole.js").Drawing} Drawing */
/** @typedef {import("./whole.js").Rows} Rows */

/** @type {Readonly<Record<string, Rows>>} */
export const ROWS = {
  brief: briefRows, share: shareRows, way: wayRows, map: journeyRows, cold: coldRows, balance: balanceRows,
  tests: testRows, gaps: gapRows, growth: growthRows, milk: milkRows,
};
/** @type {Readonly<Record<string, Drawing>>} */
export const DRAWINGS = {
  map: journeyShape, balance: balanceShape, growth: growthShape,
  cold: (accounts, known) => temperatureShape(coldPoints(accounts), known),
};
