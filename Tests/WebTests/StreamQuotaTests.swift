import Foundation
import Leaderboards
import Testing
import Tokens

@testable import Web

/// How many streams one player and one address may hold, and whose address counts.
@Suite struct StreamQuotaTests {
    private static func access(_ player: Int64, bot: Int64 = 7) -> BoardAccess {
        BoardAccess(
            bot: BotID(rawValue: bot),
            game: GameID(rawValue: 1),
            player: PlayerID(rawValue: player),
            chatInstance: nil,
            expiresAt: Instant(milliseconds: .max)
        )
    }

    @Test func `a player and an address have so many streams, and room again when one ends`() throws {
        let quota = StreamQuota(StreamLimits(perPlayer: 2, perAddress: 3))
        let (here, there) = (IPAddress("192.0.2.1"), IPAddress("192.0.2.2"))
        var shares = [
            try quota.open(Self.access(1), from: here), try quota.open(Self.access(1), from: there),
        ]
        let refusal = #expect(throws: Problem.self) { try quota.open(Self.access(1), from: nil) }
        #expect(refusal?.code == .tooManyStreams)
        #expect(refusal?.retryAfter != nil)
        // Somebody else in the same place, and the same id at another bot.
        shares.append(try quota.open(Self.access(2), from: here))
        shares.append(try quota.open(Self.access(1, bot: 8), from: here))
        #expect(throws: Problem.self) { try quota.open(Self.access(3), from: here) }
        shares.append(try quota.open(Self.access(3), from: nil))
        // What was refused was not counted.
        shares.removeFirst()
        shares.append(try quota.open(Self.access(1), from: here))
        #expect(throws: Problem.self) { try quota.open(Self.access(4), from: here) }
        shares.removeAll()
        #expect(quota.isEmpty)
    }

    @Test(
        arguments: [
            ("192.0.2.1", nil, "192.0.2.1"), ("::ffff:192.0.2.1", nil, "192.0.2.1"), ("127.0.0.1", nil, nil),
            ("127.9.9.9", nil, nil), ("::1", nil, nil), ("::ffff:127.0.0.1", nil, nil),
            // Whoever is not trusted says what they like.
            ("192.0.2.1", "198.51.100.7", "192.0.2.1"), ("127.0.0.1", "198.51.100.7", nil),
            ("10.1.2.3", nil, nil), ("10.1.2.3", "198.51.100.7", "198.51.100.7"),
            ("10.1.2.3", "203.0.113.9, 198.51.100.7", "198.51.100.7"),
            ("10.1.2.3", "203.0.113.9,198.51.100.7, 10.9.9.9", "198.51.100.7"), ("10.1.2.3", "10.9.9.9", nil),
            ("10.1.2.3", "127.0.0.1", nil),
            // With a port, and blanks around it.
            ("10.1.2.3", "198.51.100.7:5678", "198.51.100.7"), ("10.1.2.3", "198.51.100.7 ", "198.51.100.7"),
            ("10.1.2.3", "203.0.113.9,\t198.51.100.7\t", "198.51.100.7"),
            ("10.1.2.3", "[2001:db9::1]:1", "2001:db9::"), ("10.1.2.3", "[2001:db9::1]", "2001:db9::"),
            ("10.1.2.3", "203.0.113.9, 10.9.9.9:80", "203.0.113.9"), ("10.1.2.3", "[::1]:1", nil),
            // What cannot be read is counted as whoever wrote it.
            ("10.1.2.3", "", "10.1.2.3"), ("10.1.2.3", "unknown", "10.1.2.3"),
            ("10.1.2.3", "198.51.100.7, ", "10.1.2.3"), ("10.1.2.3", "unknown, 10.9.9.9", "10.9.9.9"),
            ("10.1.2.3", "198.51.100.7:x", "10.1.2.3"), ("10.1.2.3", "198.51.100.7:70000", "10.1.2.3"),
            ("10.1.2.3", "[2001:db9::1", "10.1.2.3"), ("10.1.2.3", "[198.51.100.7]x", "10.1.2.3"),
            ("11.1.2.3", "198.51.100.7", "11.1.2.3"), ("2001:db8:5::1", "198.51.100.7", "198.51.100.7"),
            ("2001:db9::1", "198.51.100.7", "2001:db9::"), ("2001:db9:0:0:1:2:3:4%eth0", nil, "2001:db9::"),
        ] as [(String, String?, String?)]
    )
    func `the address that counts is the last one that somebody trusted has seen`(
        peer: String,
        forwarded: String?,
        client: String?
    ) throws {
        let networks = ["10.0.0.0/8", "2001:db8::/32"].compactMap { IPNetwork($0) }
        let limits = StreamLimits(trustedProxies: networks)
        let peer = try #require(IPAddress(peer))
        #expect(limits.client(peer: peer, forwarded: forwarded) == client.flatMap { IPAddress($0) })
    }

    @Test func `behind the shipped compose file players are told apart`() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Deploy/compose.yaml")
        let text = try String(contentsOf: file, encoding: .utf8)
        func value(_ name: String) throws -> Substring {
            let start = try #require(text.range(of: name + ": "))
            return text[start.upperBound...].prefix { !$0.isNewline }
        }
        let subnet = try value("subnet")
        #expect(try value("HIGHSCORES_TRUSTED_PROXIES") == subnet)
        // What comes by a published port comes from the gateway, which is the subnet's first address.
        let base = try #require(subnet.range(of: ".0/"))
        let gateway = try #require(IPAddress(subnet[..<base.lowerBound] + ".1"))
        let limits = StreamLimits(trustedProxies: [try #require(IPNetwork(subnet))])
        let player = IPAddress("198.51.100.7")
        #expect(limits.client(peer: gateway, forwarded: "198.51.100.7") == player)
    }

    @Test(arguments: [
        ("0.0.0.0/0", "9.9.9.9", true), ("::/0", "9.9.9.9", true), ("0.0.0.0/0", "2001:db8::1", false),
        ("10.0.0.0/31", "10.0.0.1", true), ("10.0.0.0/31", "10.0.0.2", false), ("10.0.0.1", "10.0.0.1", true),
        ("10.0.0.1", "10.0.0.2", false), ("2001:db8::/33", "2001:db8:7fff::", true),
        ("2001:db8::/33", "2001:db8:8000::", false), ("::1/128", "::1", true),
    ])
    func `a network holds the addresses that begin like it`(network: String, address: String, isInside: Bool)
        throws
    {
        let network = try #require(IPNetwork(network))
        #expect(network.contains(try #require(IPAddress(address))) == isInside)
    }

    @Test(arguments: [
        "", "x", "10.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8/8", "10.0.0.0/08", "::/129",
        "1::2::3",
        "10.0.0.256", "proxy.example",
    ])
    func `what is no network is none`(text: String) {
        #expect(IPNetwork(text) == nil)
    }
}
