/// What is stored of the key of a studio's server.
///
/// Looking one up takes as long as the bytes of two hashes agree, which tells nobody anything about a key.
package struct APIKeyHash: Hashable, Sendable {
    package let bytes: [UInt8]

    package init(bytes: [UInt8]) { self.bytes = bytes }
}
