/**
 * Limits that food law sets to what is measured, each with its edition and source.
 *
 * A reader is told a limit beside the figures, never that something passed: whether a
 * test was well made no ledger knows. None of these numbers has been compared with the
 * printed standard by this project. The same table is in `ledger/limits.py`.
 */

/**
 * @typedef {object} Limit
 * @property {string} component what is measured, as sensor reports spell it
 * @property {string} product of what: `raw-milk` or `milk-powder`, both of camels
 * @property {string} comparison what a value within the limit is: `>=` or `<=` it
 * @property {string} value the limit, decimal
 * @property {string} unit that the values must have; empty for none
 * @property {string} of `snf` if it is a share of the solids that are not fat; or empty
 * @property {string} edition of the standard
 * @property {string} source the key of its name in the locale: `limit.source.…`
 * @property {boolean} verified whether somebody has compared it with the standard
 */

const XINJIANG = ["DBS65/010-2023", "xinjiang-raw-camel-milk"];
const INNER_MONGOLIA = ["DBS15/016-2019", "inner-mongolia-camel-milk-powder"];
const COOLING = ["536/2008", "state-council-dairy"];

/** All limits that are told. @type {readonly Limit[]} */
export const LIMITS = [
  limit("fat", "raw-milk", ">=", "4", "P1", "", XINJIANG),
  limit("protein", "raw-milk", ">=", "3.5", "P1", "", XINJIANG),
  limit("density", "raw-milk", ">=", "1.028", "23", "", XINJIANG),
  limit("acidity", "raw-milk", ">=", "16", "", "", XINJIANG),
  limit("acidity", "raw-milk", "<=", "24", "", "", XINJIANG),
  limit("fat", "milk-powder", ">=", "28", "P1", "", INNER_MONGOLIA),
  limit("protein", "milk-powder", ">=", "36", "P1", "snf", INNER_MONGOLIA),
  limit("cooling_time", "raw-milk", "<=", "120", "MIN", "", COOLING),
  limit("temperature_after", "raw-milk", "<=", "4", "CEL", "", COOLING),
];

/**
 * @param {string} component
 * @param {string} product
 * @param {string} comparison
 * @param {string} value
 * @param {string} unit
 * @param {string} of
 * @param {readonly string[]} standard
 * @returns {Limit}
 */
function limit(component, product, comparison, value, unit, of, [edition = "", source = ""]) {
  return {
    component: `caravan:${component}`,
    product, comparison, value, unit, of, edition, source,
    verified: false,
  };
}
