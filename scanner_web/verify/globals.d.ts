/**
 * All that verify/ may know of the world around it: text encoding, base64 and
 * WebCrypto. No document, no fetch, no storage, no clock but `Date`.
 */
export {};

declare global {
  class TextEncoder {
    encode(text?: string): Uint8Array<ArrayBuffer>;
  }

  class TextDecoder {
    constructor(
      label?: string,
      options?: { readonly fatal?: boolean; readonly ignoreBOM?: boolean },
    );
    decode(bytes?: ArrayBufferLike | ArrayBufferView): string;
  }

  function atob(base64: string): string;
  function btoa(binary: string): string;

  interface CryptoKey {
    readonly type: string;
  }

  interface SubtleCrypto {
    digest(algorithm: "SHA-256" | "SHA-512", bytes: BufferSource): Promise<ArrayBuffer>;
    importKey(
      format: "raw",
      key: BufferSource,
      algorithm: { readonly name: "Ed25519" },
      extractable: boolean,
      usages: readonly "verify"[],
    ): Promise<CryptoKey>;
    verify(
      algorithm: { readonly name: "Ed25519" },
      key: CryptoKey,
      signature: BufferSource,
      message: BufferSource,
    ): Promise<boolean>;
  }

  type BufferSource = ArrayBuffer | ArrayBufferView<ArrayBuffer>;

  /** `subtle` is absent on a page that came over plain http. */
  var crypto: { readonly subtle?: SubtleCrypto } | undefined;
}
