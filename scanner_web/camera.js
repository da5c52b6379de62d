/**
 * The page at `/scan`: read a code with the phone's camera, or from a picture of it.
 *
 * Nothing is sent but the text of the code, to the search of this server, when one was
 * read. Where the browser cannot read codes itself, the vendored jsQR does; either is
 * loaded and started only when the reader asks for it.
 */

/** @typedef {(picture: HTMLCanvasElement) => Promise<string | null>} Read */

/** Wide enough for a code that fills a third of the picture; more takes a phone longer. */
const WIDTH = 640;
const PAUSE_MS = 120;

const page = part("main");
const said = part("#said");
const video = /** @type {HTMLVideoElement} */ (part("video"));
const start = /** @type {HTMLButtonElement} */ (part("#start"));
const picture = /** @type {HTMLInputElement} */ (part("#picture"));

/** @type {Promise<Read> | undefined} */
let reader;

start.hidden = !(navigator.mediaDevices && "getUserMedia" in navigator.mediaDevices);
start.addEventListener("click", () => void readCamera());
picture.addEventListener("change", () => void readPicture());

/** Read what the camera sees until there is a code in it. */
async function readCamera() {
  start.disabled = true;
  tell("starting");
  /** @type {MediaStream | null} */
  let stream = null;
  try {
    const facingMode = "environment";
    stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: { facingMode } });
    video.srcObject = stream;
    video.hidden = false;
    await video.play();
    tell("looking");
    const read = await pick();
    const canvas = document.createElement("canvas");
    for (;;) {
      const text = await read(drawn(canvas, video, video.videoWidth, video.videoHeight));
      if (text !== null) {
        open(text);
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      if (stream.getTracks().some(({ readyState }) => readyState === "ended")) throw new Error("ended");
    }
  } catch (error) {
    const isRefused = error instanceof DOMException && error.name === "NotAllowedError";
    tell(isRefused ? "refused" : "failed");
    video.hidden = true;
    start.disabled = false;
  } finally {
    for (const track of stream ? stream.getTracks() : []) track.stop();
  }
}

/** Read the code in a picture that the reader chose or took. */
async function readPicture() {
  const [file] = picture.files || [];
  if (!file) return;
  tell("starting");
  try {
    const bitmap = await createImageBitmap(file);
    const canvas = drawn(document.createElement("canvas"), bitmap, bitmap.width, bitmap.height);
    const text = await (await pick())(canvas);
    if (text === null) tell("nothing");
    else open(text);
  } catch {
    tell("unreadable");
  }
  picture.value = "";
}

/** @returns {Promise<Read>} what reads codes here, found out once */
function pick() {
  if (!reader) reader = pickReader();
  return reader;
}

/** @returns {Promise<Read>} */
async function pickReader() {
  /** @typedef {{detect: (from: HTMLCanvasElement) => Promise<{rawValue: string}[]>}} Detector */
  /** @typedef {{new (options: object): Detector, getSupportedFormats: () => Promise<string[]>}} Detectors */
  const { BarcodeDetector } = /** @type {{BarcodeDetector?: Detectors}} */ (
    /** @type {unknown} */ (globalThis)
  );
  if (BarcodeDetector && (await BarcodeDetector.getSupportedFormats()).includes("qr_code")) {
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    return async (canvas) => (await detector.detect(canvas))[0]?.rawValue ?? null;
  }
  await import("./vendor/jsqr/jsQR.js");
  return async (canvas) => {
    const context = canvas.getContext("2d");
    if (context === null) throw new Error("canvas: no context");
    const { data, width, height } = context.getImageData(0, 0, canvas.width, canvas.height);
    return globalThis.jsQR(data, width, height, { inversionAttempts: "dontInvert" })?.data || null;
  };
}

/**
 * Draw a picture, no wider than is read.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {CanvasImageSource} from
 * @param {number} width
 * @param {number} height
 * @returns {HTMLCanvasElement}
 */
function drawn(canvas, from, width, height) {
  const scale = Math.min(1, WIDTH / Math.max(1, Math.min(width, height)));
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (context === null) throw new Error("canvas: no context");
  context.drawImage(from, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/**
 * Let this server find the page that a code means.
 *
 * @param {string} text
 */
function open(text) {
  tell("found");
  const lang = page.dataset.lang || "";
  location.assign(`/search?lang=${lang}&q=${encodeURIComponent(text)}`);
}

/** @param {string} what is said, by the name of its text in the page */
function tell(what) {
  said.textContent = said.getAttribute(`data-${what}`);
}

/**
 * @param {string} selector
 * @returns {HTMLElement}
 */
function part(selector) {
  const found = document.querySelector(selector);
  if (!(found instanceof HTMLElement)) throw new Error(`page: no ${selector}`);
  return found;
}
