import Glibc

/// A number of an internet host.
package struct IPAddress: Hashable, Sendable {
    /// As IPv6 has it; numbers of IPv4 in the block that is set aside for them there.
    fileprivate let bits: UInt128

    private static let ipv4 = UInt128(0xFFFF) << 32

    /// Reads a number.
    ///
    /// - Parameter text: A number of IPv4 or IPv6; nil when it is neither.
    package init?(_ text: some StringProtocol) {
        let text = String(text.prefix { $0 != "%" })
        var (short, long) = (in_addr(), in6_addr())
        if inet_pton(AF_INET, text, &short) == 1 {
            bits = Self.ipv4 | UInt128(UInt32(bigEndian: short.s_addr))
        } else if inet_pton(AF_INET6, text, &long) == 1 {
            bits = withUnsafeBytes(of: &long) { $0.reduce(0) { $0 << 8 | UInt128($1) } }
        } else {
            return nil
        }
    }

    private init(bits: UInt128) { self.bits = bits }

    fileprivate var isIPv4: Bool { bits >> 32 == 0xFFFF }

    /// Whether it is this machine's own.
    var isLoopback: Bool { isIPv4 ? bits >> 24 & 0xFF == 127 : bits == 1 }

    /// What one household or server has to itself: with IPv6 a network of 64 bits.
    var holder: IPAddress { isIPv4 ? self : IPAddress(bits: (bits >> 64) << 64) }
}

/// A range of numbers of internet hosts, as `10.0.0.0/8`, `2001:db8::/32`, or one alone.
package struct IPNetwork: Hashable, Sendable {
    private let prefix: UInt128
    private let shift: Int

    /// Reads a network.
    ///
    /// - Parameter text: A number, and how many of its bits count; without those all. Nil when it is not of that form.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let address = IPAddress(parts[0]) else { return nil }
        let width = parts[0].contains(":") ? 128 : 32
        var length = width
        if parts.count == 2 {
            guard let number = Int(parts[1]), (0...width).contains(number), String(number) == parts[1] else {
                return nil
            }
            length = number
        }
        shift = width - length
        prefix = shift == 128 ? 0 : address.bits >> UInt128(shift)
    }

    /// Whether a host is in the network.
    package func contains(_ address: IPAddress) -> Bool {
        shift == 128 || address.bits >> UInt128(shift) == prefix
    }
}
