/** What of sha2.js the verifier uses. Written for this project; the rest of the folder is not. */
export function sha256(message: Uint8Array): Uint8Array<ArrayBuffer>;
export function sha512(message: Uint8Array): Uint8Array<ArrayBuffer>;
