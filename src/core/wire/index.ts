export {
  decodeReply, decodeRequest, encodeReply, encodeRequest, type ClientReply, type ClientRequest,
} from './client-protocol'
export { FRAME_PREFIX_BYTES, FrameReader, writeFramePrefix } from './frames'
export {
  decodeHello, decodeWelcome, encodeHello, encodeWelcome, PROTOCOL_VERSION, refusalText, type Hello, type Refusal, type Welcome,
} from './hello'
