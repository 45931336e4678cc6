export { formatKeys, generateGroupKeys, KEY_FILE_BYTES_MAX, parseKeys, signerOf, type NodeKeys } from './key-file'
export { generateKeyPair, openSigner, PUBLIC_KEY_BYTES, publicKeyOfSeed, SEED_BYTES, SIGNATURE_BYTES, type KeyPair } from './signer'
