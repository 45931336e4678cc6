/**
 * What a Byzantine protocol needs of cryptography. Pure code asks for it by this port: Ed25519 (RFC 8032) and SHA-256 in a
 * process; in the simulator a cheap scheme in which only the holder of a key can sign.
 */
export interface Signer {
  /** Signs as this node. */
  sign(bytes: Uint8Array): Uint8Array
  /** True if `nodeId` signed exactly these bytes. */
  verify(nodeId: string, bytes: Uint8Array, signature: Uint8Array): boolean
  /** A collision-resistant digest of 32 bytes. */
  digest(bytes: Uint8Array): Uint8Array
}
