package import NIOCore

/// How long a client may take for what, and how much it may send.
package struct ConnectionLimits: Hashable, Sendable {
    /// From the first byte of a head to its last, and from there to the last byte of the body.
    package var read: TimeAmount = .seconds(10)
    /// Without a request on a connection, or without progress in sending an answer.
    package var idle: TimeAmount = .seconds(30)
    /// For reading on after a refusal.
    ///
    /// Closing a socket with unread bytes resets the connection, and the reset may overtake the refusal.
    package var closeDelay: TimeAmount = .seconds(2)
    /// The longest head, in bytes.
    package var headBytes: Int = 32 * 1024
    /// The longest address in a head, in bytes (RFC 9112, section 3, wants 8,000 at the least).
    package var targetBytes: Int = 8 * 1024
    /// In how many pieces a body may come: chunks of single bytes are more work than they carry.
    package var bodyParts: Int = 4096
    /// The rest of a body that is read and dropped when the answer is complete before it, so that the connection can
    /// be used again; more than that closes it.
    package var drainedBytes: Int = 16 * 1024
}
