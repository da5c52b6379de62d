/**
 * Where coarse places lie, and how far it is between them. Positions are of our own table,
 * rounded to a tenth of a degree; an area that is not in it is not drawn. Twin of
 * `ledger/position.py`.
 */

/** @typedef {readonly [latitude: number, longitude: number]} Position in tenths of a degree */

const EARTH_KM = 6371;
const STEP_KM = 10;

/**
 * Return the great-circle distance between two positions, to the nearest ten.
 *
 * @param {Position} start
 * @param {Position} end
 * @returns {number}
 */
export function kilometres([south, west], [north, east]) {
  const across =
    Math.sin(radians(north - south) / 2) ** 2 +
    Math.cos(radians(south)) * Math.cos(radians(north)) * Math.sin(radians(east - west) / 2) ** 2;
  const far = 2 * EARTH_KM * Math.asin(Math.sqrt(across));
  return Math.floor(far / STEP_KM + 0.5) * STEP_KM;
}

/**
 * @param {number} tenths of a degree
 * @returns {number}
 */
function radians(tenths) {
  return (tenths * Math.PI) / 1800;
}

/** @type {ReadonlyMap<string, Position>} by code, as GB/T 2260 orders them */
export const POSITIONS = new Map(
  (
    "110000 399 1164,120000 391 1172,130100 380 1145,140100 379 1125,150100 408 1117," +
    "152921 388 1057,152922 392 1017,152923 419 1011,210100 418 1234,220100 439 1253," +
    "230100 458 1265,310000 312 1215,320100 321 1188,320500 313 1206,330100 303 1202," +
    "330200 299 1216,330500 309 1201,340100 318 1172,350100 261 1193,350200 245 1181," +
    "360100 287 1159,370100 367 1171,370200 361 1204,410100 347 1136,420100 306 1143," +
    "430100 282 1129,440100 231 1133,440300 225 1141,450100 228 1084,500000 296 1066," +
    "510100 306 1041,530100 250 1027,610100 343 1089,620100 361 1038,630100 366 1018," +
    "640100 385 1062,650100 438 876,650200 456 849,650402 429 892,650502 428 935," +
    "650521 436 930,652301 440 873,652302 442 880,652325 440 896,652328 438 903," +
    "652701 449 821,652801 417 862,652822 418 842,652824 390 882,652825 381 855," +
    "652827 423 864,652901 412 803,652902 417 830,652922 413 802,652924 412 828," +
    "652926 418 819,652927 412 792,652928 406 804,652929 405 790,653001 397 762," +
    "653023 409 784,653101 395 760,653130 398 785,653131 378 752,653201 371 799," +
    "654002 439 813,654201 467 830,654226 468 857,654301 478 881,654321 477 869," +
    "654322 470 895,654323 471 875,654325 467 904,659001 443 860"
  )
    .split(",")
    .map((row) => {
      const [code = "", latitude, longitude] = row.split(" ");
      return [code, [Number(latitude), Number(longitude)]];
    }),
);
