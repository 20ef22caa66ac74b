import Leaderboards
import Testing

/// Tokens say what they were made to say, or nothing.
struct TokenTests {
    private static let secret = "one secret of thirty-two characters"
    private let keys = TokenKeys(secrets: [Self.secret])
    private let now = Instant(milliseconds: 1_772_366_400_000)

    private static let targets: [Target] = [
        .none, .message(chat: TelegramChatID(rawValue: -1_997_852_516_352), id: Int64(Int32.max)),
        .message(chat: TelegramChatID(rawValue: 5_000_000_001), id: 1),
        .inline(String(repeating: "A", count: 32)),
        .inline("Zoë"), .inline(""),
    ]

    private func launch(_ target: Target = .none, chat: Int64? = .min) -> Launch {
        Launch(
            id: LaunchID(Identifier128(high: .max, low: 1)),
            bot: BotID(rawValue: 9_999_999_999),
            game: GameID(rawValue: 12),
            player: PlayerID(rawValue: (1 << 52) - 1),
            chatInstance: chat.map { ChatInstance(rawValue: $0) },
            target: target,
            launchedAt: now,
            lifetime: .seconds(86_400)
        )
    }

    private func run(_ target: Target = .none) -> Run {
        Run(
            id: RunID(Identifier128(high: 7, low: .max)),
            launch: launch(target),
            startedAt: now + .milliseconds(86_399_999),
            lifetime: .seconds(21_600)
        )
    }

    private var access: BoardAccess {
        BoardAccess(
            bot: BotID(rawValue: 1),
            game: GameID(rawValue: 2),
            player: PlayerID(rawValue: 11),
            chatInstance: ChatInstance(rawValue: .max),
            expiresAt: now + .seconds(60)
        )
    }

    @Test(arguments: Self.targets)
    func `a launch comes back whole`(target: Target) throws {
        let launch = launch(target)
        #expect(try keys.launch(keys.token(for: launch), now: now) == launch)
        let withoutChat = self.launch(target, chat: nil)
        #expect(try keys.launch(keys.token(for: withoutChat), now: now) == withoutChat)
    }

    @Test(arguments: Self.targets)
    func `a run comes back whole, even after its launch`(target: Target) throws {
        let run = run(target)
        #expect(try keys.run(keys.token(for: run), now: now) == run)
        #expect(try keys.run(keys.token(for: run), now: run.launch.expiresAt + .seconds(1)) == run)
    }

    @Test func `the right to a board comes back whole`() throws {
        #expect(try keys.boardAccess(keys.token(for: access), now: now) == access)
    }

    @Test func `a run token with the longest inline id fits into 200 characters`() {
        let run = run(.inline(String(repeating: "A", count: 32)))
        #expect(keys.token(for: run).utf8.count <= 200)
        #expect(keys.token(for: run.launch).utf8.count <= 200)
    }

    @Test func `a token is good until the moment of its expiry`() {
        let (launch, run) = (launch(), run())
        let (launchToken, runToken, boardToken) = (
            keys.token(for: launch), keys.token(for: run), keys.token(for: access)
        )
        let tick = Duration.milliseconds(-1)
        #expect(throws: Never.self) { try keys.launch(launchToken, now: launch.expiresAt + tick) }
        #expect(throws: TokenError.expired) { try keys.launch(launchToken, now: launch.expiresAt) }
        #expect(throws: Never.self) { try keys.run(runToken, now: run.expiresAt + tick) }
        #expect(throws: TokenError.expired) { try keys.run(runToken, now: run.expiresAt) }
        #expect(throws: Never.self) { try keys.boardAccess(boardToken, now: access.expiresAt + tick) }
        #expect(throws: TokenError.expired) { try keys.boardAccess(boardToken, now: access.expiresAt) }
    }

    /// What each kind of token is read by, and one such token.
    private var kinds: [(token: String, read: (String) throws(TokenError) -> Void)] {
        let cursor = PageCursor(
            board: .init(
                game: GameID(rawValue: 1),
                kind: BoardKind(scope: .chat, window: .week),
                chat: ChatInstance(rawValue: 5),
                label: "2026-W09"
            ),
            standing: Standing(sortKey: -1, achievedAt: now, player: PlayerID(rawValue: 3)),
            isBackward: true
        )
        return [
            (
                keys.token(for: launch(.inline("x"))),
                { text throws(TokenError) in _ = try keys.launch(text, now: now) }
            ),
            (keys.token(for: run()), { text throws(TokenError) in _ = try keys.run(text, now: now) }),
            (
                keys.token(for: access),
                { text throws(TokenError) in _ = try keys.boardAccess(text, now: now) }
            ),
            (keys.token(for: cursor), { text throws(TokenError) in _ = try keys.cursor(text) }),
        ]
    }

    @Test(arguments: 0..<4)
    func `no changed bit passes`(kind: Int) throws {
        let (token, read) = kinds[kind]
        let bytes = try #require(Base64URL.decode(token))
        for bit in 0..<bytes.count * 8 {
            var changed = bytes
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: TokenError.invalid) { try read(Base64URL.encode(changed)) }
        }
    }

    @Test(arguments: 0..<4)
    func `nothing cut off or added passes`(kind: Int) throws {
        let (token, read) = kinds[kind]
        for length in 0..<token.count {
            #expect(throws: TokenError.invalid) { try read(String(token.prefix(length))) }
            #expect(throws: TokenError.invalid) { try read(String(token.suffix(length))) }
        }
        for addition in ["A", "AA", "AAAA", "=", " ", "\n", "\0"] {
            #expect(throws: TokenError.invalid) { try read(token + addition) }
            #expect(throws: TokenError.invalid) { try read(addition + token) }
        }
        #expect(throws: TokenError.invalid) { try read(String(repeating: "A", count: 100_000)) }
    }

    @Test func `no kind of token passes for another`() {
        for (index, kind) in kinds.enumerated() {
            for (other, reader) in kinds.enumerated() {
                if index == other {
                    #expect(throws: Never.self) { try reader.read(kind.token) }
                } else {
                    #expect(throws: TokenError.invalid) { try reader.read(kind.token) }
                }
            }
        }
    }

    @Test func `a payload signed for one purpose is not believed under another`() {
        let sealed = keys.seal([1, 2, 3], for: .launch)
        for purpose in TokenKeys.Purpose.allCases where purpose != .launch {
            #expect(throws: TokenError.invalid) { try keys.open(sealed, for: purpose) }
        }
    }

    @Test func `another deployment's tokens are refused`() {
        let other = TokenKeys(secrets: ["another secret of thirty-two characters"])
        #expect(throws: TokenError.invalid) { try keys.launch(other.token(for: launch()), now: now) }
    }

    @Test func `secrets are rotated without an outage`() throws {
        let new = "a new secret of thirty-two characters"
        let appended = TokenKeys(secrets: [Self.secret, new])
        let rotated = TokenKeys(secrets: [new, Self.secret])
        let launch = launch()
        #expect(appended.token(for: launch) == keys.token(for: launch))
        #expect(try rotated.launch(keys.token(for: launch), now: now) == launch)
        #expect(try appended.launch(rotated.token(for: launch), now: now) == launch)
        #expect(throws: TokenError.invalid) { try keys.launch(rotated.token(for: launch), now: now) }
    }

    @Test func `a webhook's secret is the bot's own and survives rotation`() {
        let (bot, other) = (BotID(rawValue: 7), BotID(rawValue: 8))
        let secret = keys.webhookSecrets(for: bot)[0]
        let rotated = TokenKeys(secrets: ["a new secret of thirty-two characters", Self.secret])
        #expect(secret.utf8.count == 64)
        #expect(secret.utf8.allSatisfy { "0123456789abcdef".utf8.contains($0) })
        #expect(keys.acceptsWebhook(header: secret, for: bot))
        #expect(rotated.acceptsWebhook(header: secret, for: bot))
        #expect(!keys.acceptsWebhook(header: rotated.webhookSecrets(for: bot)[0], for: bot))
        for wrong in [nil, "", secret + "0", String(secret.dropLast()), secret.uppercased()] {
            #expect(!keys.acceptsWebhook(header: wrong, for: bot))
        }
        #expect(!keys.acceptsWebhook(header: secret, for: other))
    }

    @Test(arguments: 0..<64)
    func `a webhook's secret is wrong when any one of its digits is`(position: Int) {
        let bot = BotID(rawValue: 7)
        var digits = Array(keys.webhookSecrets(for: bot)[0].utf8)
        digits[position] = digits[position] == UInt8(ascii: "0") ? UInt8(ascii: "1") : UInt8(ascii: "0")
        #expect(!keys.acceptsWebhook(header: String(decoding: digits, as: UTF8.self), for: bot))
    }

    @Test func `an idempotency key names one run within its launch`() {
        let first = LaunchID(Identifier128(high: 1, low: 1))
        let second = LaunchID(Identifier128(high: 1, low: 2))
        let run = TokenKeys.run(of: first, idempotencyKey: "a")
        #expect(TokenKeys.run(of: first, idempotencyKey: "a") == run)
        #expect(TokenKeys.run(of: first, idempotencyKey: "b") != run)
        #expect(TokenKeys.run(of: second, idempotencyKey: "a") != run)
    }
}
