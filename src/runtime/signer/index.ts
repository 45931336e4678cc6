export { CommandCheck, commandIn, commandSigner, ownCommand, type SignCommand } from './commands'
export { readPrivateKey, readPublicKey } from './key-file'
export { openSigner, PUBLIC_KEY_BYTES, SEED_BYTES, SIGNATURE_BYTES } from './signer'
