/** What the camera page calls; the file assigns it to `self.jsQR`. */
export {};

declare global {
  /** Return the code in a picture of RGBA bytes, null if there is none. */
  var jsQR: (
    data: Uint8ClampedArray,
    width: number,
    height: number,
    options?: { inversionAttempts?: "dontInvert" | "attemptBoth" },
  ) => { data: string } | null;
}
