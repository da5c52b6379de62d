/** What of nacl-fast.js the verifier uses. Written for this project; the rest of the folder is not. */
export {};

declare global {
  /** Assigned when nacl-fast.js is imported; `self` must exist by then. */
  var nacl:
    | {
        readonly sign: {
          readonly detached: {
            verify(
              message: Uint8Array,
              signature: Uint8Array,
              publicKey: Uint8Array,
            ): boolean;
          };
        };
      }
    | undefined;
}
