// Bytes that are not what the protocol says. Whoever sent them is not listened to again.

/** Bytes from another process that are not one well-formed message or value. */
export class ProtocolError extends Error {
  override readonly name: string = "ProtocolError";
}

/** Bytes that are not one value, as decodeValue() accepts them. */
export class ValueError extends ProtocolError {
  override readonly name: string = "ValueError";
}
