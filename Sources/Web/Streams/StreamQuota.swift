import Leaderboards
import Synchronization
import Tokens

/// How many streams one player and one address may hold.
package struct StreamLimits: Hashable, Sendable {
    package var perPlayer: Int
    package var perAddress: Int
    /// Whose `X-Forwarded-For` is believed.
    package var trustedProxies: [IPNetwork]

    package init(perPlayer: Int = 64, perAddress: Int = 1024, trustedProxies: [IPNetwork] = []) {
        self.perPlayer = perPlayer
        self.perAddress = perAddress
        self.trustedProxies = trustedProxies
    }

    /// Who is at the other end.
    ///
    /// - Parameter peer: Where the connection comes from.
    /// - Returns: The address to count by; nil where there is none but this machine's or a proxy's. Whom a proxy names
    ///   unreadably is counted as the proxy.
    func client(peer: IPAddress?, forwarded: String?) -> IPAddress? {
        guard var address = peer else { return nil }
        var hops = forwarded?.split(separator: ",", omittingEmptySubsequences: false) ?? []
        // Each proxy adds whom it was asked by at the end; what stands before the last that is believed may be made up.
        while isTrusted(address), let hop = hops.popLast() {
            guard let next = Self.address(of: hop) else { return address.holder }
            address = next
        }
        return isTrusted(address) || address.isLoopback ? nil : address.holder
    }

    /// Reads a hop: a number, after which some proxies write a port.
    private static func address(of hop: Substring) -> IPAddress? {
        let blanks: Set<Character> = [" ", "\t"]
        var text = hop.drop(while: blanks.contains)
        while let last = text.last, blanks.contains(last) { text.removeLast() }
        if text.first == "[" {
            guard let end = text.firstIndex(of: "]"), isPort(text[text.index(after: end)...]) else {
                return nil
            }
            let number = text[..<end].dropFirst()
            return number.contains(":") ? IPAddress(number) : nil
        }
        // Without brackets a second colon belongs to a number of IPv6.
        if let colon = text.firstIndex(of: ":"), colon == text.lastIndex(of: ":") {
            guard isPort(text[colon...]) else { return nil }
            text = text[..<colon]
        }
        return IPAddress(text)
    }

    /// Whether this is a colon and a port, or nothing.
    private static func isPort(_ text: Substring) -> Bool {
        text.isEmpty || text.first == ":" && UInt16(text.dropFirst()) != nil
    }

    private func isTrusted(_ address: IPAddress) -> Bool { trustedProxies.contains { $0.contains(address) } }
}

/// Counts the streams that are open, by player and by address.
package final class StreamQuota: Sendable {
    fileprivate enum Holder: Hashable {
        case player(BotID, PlayerID)
        case address(IPAddress)
    }

    /// One open stream's share; letting go of it gives it back.
    final class Share: Sendable {
        private let quota: StreamQuota
        private let holders: [Holder]

        fileprivate init(_ quota: StreamQuota, _ holders: [Holder]) {
            self.quota = quota
            self.holders = holders
        }

        deinit { quota.close(holders) }
    }

    /// When somebody who holds too many may ask again, in seconds.
    private static let retryAfter = 30

    let limits: StreamLimits
    private let counts = Mutex<[Holder: Int]>([:])

    /// Makes a quota of which nothing is used.
    ///
    /// - Parameter limits: How many streams there may be.
    package init(_ limits: StreamLimits = StreamLimits()) { self.limits = limits }

    /// Takes a share for a stream.
    ///
    /// - Parameter address: Where it goes; nil where nobody is to be counted.
    /// - Returns: The share, to be kept as long as the stream is open.
    /// - Throws: ``Problem`` with `too_many_streams`.
    func open(_ access: BoardAccess, from address: IPAddress?) throws(Problem) -> Share {
        let holders = [Holder.player(access.bot, access.player)] + (address.map { [.address($0)] } ?? [])
        let refusal = counts.withLock { counts -> Problem? in
            for holder in holders {
                let (limit, whose) =
                    switch holder {
                    case .player: (limits.perPlayer, "player")
                    case .address: (limits.perAddress, "address")
                    }
                guard counts[holder, default: 0] < limit else {
                    return Problem(
                        .tooManyStreams,
                        "The \(whose) has \(limit) streams open, which is as many as there may be.",
                        retryAfter: Self.retryAfter
                    )
                }
            }
            for holder in holders { counts[holder, default: 0] += 1 }
            return nil
        }
        if let refusal { throw refusal }
        return Share(self, holders)
    }

    /// Whether no stream is open.
    var isEmpty: Bool { counts.withLock { $0.isEmpty } }

    private func close(_ holders: [Holder]) {
        counts.withLock { counts in
            for holder in holders {
                let left = counts[holder, default: 0] - 1
                counts[holder] = left > 0 ? left : nil
            }
        }
    }
}
