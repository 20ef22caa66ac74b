import Encodings
import Leaderboards
import TestSupport
import Testing
import Tokens

/// Tokens say what they were made to say, or nothing.
struct TokenTests {
    private static let secret = "one secret of thirty-two characters"
    private let keys = TokenKeys(secrets: [Self.secret])
    private let now = Instant(milliseconds: 1_772_366_400_000)
    static let game = Game.sample(id: 12, tokenID: .min + 12, bot: 9_999_999_999)

    private let game = Self.game

    private func find(_ id: GameTokenID) -> Game? { id == game.tokenID ? game : nil }

    private func token(_ launch: Launch, _ keys: TokenKeys? = nil) -> String {
        (keys ?? self.keys).token(for: launch, of: game.tokenID)
    }

    private func token(_ run: Run) -> String { keys.token(for: run, of: game.tokenID) }

    private func read(_ launch: String, _ keys: TokenKeys? = nil) throws(TokenError) -> Launch {
        try (keys ?? self.keys).launch(launch, now: now, find)
    }

    private static let targets: [Target] = [
        .none, .message(chat: TelegramChatID(rawValue: -1_997_852_516_352), id: Int64(Int32.max)),
        .message(chat: TelegramChatID(rawValue: 5_000_000_001), id: 1),
        .inline("\(String(repeating: "A", count: 32))"),
        .inline("\(String(repeating: "~", count: 200))"), .inline("!"),
    ]

    private func launch(_ target: Target = .none, chat: Int64? = .min) -> Launch {
        Launch(
            id: LaunchID(Identifier128(high: .max, low: 1)),
            bot: game.bot,
            game: game.id,
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
            bot: game.bot,
            game: game.id,
            player: PlayerID(rawValue: (1 << 52) - 1),
            chatInstance: ChatInstance(rawValue: .max),
            expiresAt: now + .seconds(60)
        )
    }

    @Test(arguments: Self.targets)
    func `a launch comes back whole`(target: Target) throws {
        let launch = launch(target)
        #expect(try read(token(launch)) == launch)
        let withoutChat = self.launch(target, chat: nil)
        #expect(try read(token(withoutChat)) == withoutChat)
    }

    @Test(arguments: Self.targets)
    func `a run comes back whole, even after its launch`(target: Target) throws {
        let run = run(target)
        #expect(try keys.run(token(run), now: now, find) == run)
        #expect(try keys.run(token(run), now: run.launch.expiresAt + .seconds(1), find) == run)
    }

    @Test func `the right to a board comes back whole`() throws {
        #expect(try keys.boardAccess(keys.token(for: access, of: game.tokenID), now: now, find) == access)
    }

    @Test func `a run token with the longest inline id fits into 200 characters`() {
        let run = run(.inline("\(String(repeating: "A", count: 32))"))
        #expect(token(run).utf8.count <= 200)
        #expect(token(run.launch).utf8.count <= 200)
    }

    /// 42 bits of an id stand in a row by chance in one place of 4 * 10^12, and here in fewer than 10^5.
    @Test func `nothing that a token says can be read from it`() throws {
        let inline = String(repeating: "A", count: 32)
        let said: [Int64] = [
            game.tokenID.rawValue, game.bot.rawValue, (1 << 52) - 1, Int64(Int32.max), .max, .min,
            -1_997_852_516_352,
        ]
        let tokens = [token(run(Self.targets[1])), token(launch(.inline("\(inline)")))] + kinds.map(\.token)
        for token in tokens {
            let bytes = try #require(Base64URL.decode(token))
            #expect(Disclosure.numbers(in: bytes).isDisjoint(with: said))
            #expect(!String(decoding: bytes, as: UTF8.self).contains("AAAA"))
        }
    }

    @Test func `a token is good until the moment of its expiry`() {
        let (launch, run) = (launch(), run())
        let (launchToken, runToken, boardToken) = (
            token(launch), token(run), keys.token(for: access, of: game.tokenID)
        )
        let tick = Duration.milliseconds(-1)
        #expect(throws: Never.self) { try keys.launch(launchToken, now: launch.expiresAt + tick, find) }
        #expect(throws: TokenError.expired) { try keys.launch(launchToken, now: launch.expiresAt, find) }
        #expect(throws: Never.self) { try keys.run(runToken, now: run.expiresAt + tick, find) }
        #expect(throws: TokenError.expired) { try keys.run(runToken, now: run.expiresAt, find) }
        #expect(throws: Never.self) { try keys.boardAccess(boardToken, now: access.expiresAt + tick, find) }
        #expect(throws: TokenError.expired) { try keys.boardAccess(boardToken, now: access.expiresAt, find) }
    }

    /// What each kind of token is read by, and one such token.
    private var kinds: [(token: String, read: (String) throws(TokenError) -> Void)] {
        let cursor = PageCursor(
            board: .init(
                game: game.tokenID,
                kind: BoardKind(scope: .chat, window: .week),
                chat: ChatInstance(rawValue: 5),
                label: "2026-W09"
            ),
            sortKey: SortKey(scoreKey: -1, achievedAt: now, player: PlayerID(rawValue: 3)),
            isBackward: true
        )
        return [
            (
                token(launch(.inline("x"))),
                { text throws(TokenError) in _ = try read(text) }
            ),
            (token(run()), { text throws(TokenError) in _ = try keys.run(text, now: now, find) }),
            (
                keys.token(for: access, of: game.tokenID),
                { text throws(TokenError) in _ = try keys.boardAccess(text, now: now, find) }
            ),
            (
                keys.token(for: cursor),
                { text throws(TokenError) in _ = try keys.cursor(text, in: game.tokenID) }
            ),
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

    @Test func `a payload sealed for one purpose is not believed under another`() {
        let sealed = keys.seal([1, 2, 3], for: .launch)
        for purpose in TokenKeys.Purpose.allCases where purpose != .launch {
            #expect(throws: TokenError.invalid) { try keys.open(sealed, for: purpose) }
        }
    }

    @Test func `tokens of a game that is not there are refused, whichever secret sealed them`() {
        let lost = GameTokenID(rawValue: game.tokenID.rawValue ^ 1)
        #expect(throws: TokenError.unknownGame) { try read(keys.token(for: launch(), of: lost)) }
        #expect(throws: TokenError.unknownGame) {
            try keys.run(keys.token(for: run(), of: lost), now: now, find)
        }
        #expect(throws: TokenError.unknownGame) {
            try keys.boardAccess(keys.token(for: access, of: lost), now: now, find)
        }
        #expect(throws: TokenError.invalid) { try keys.cursor(kinds[3].token, in: lost) }
    }

    @Test func `another deployment's tokens are refused`() {
        let other = TokenKeys(secrets: ["another secret of thirty-two characters"])
        #expect(throws: TokenError.invalid) { try read(token(launch(), other)) }
    }

    @Test func `secrets are rotated without an outage`() throws {
        let new = "a new secret of thirty-two characters"
        let appended = TokenKeys(secrets: [Self.secret, new])
        let rotated = TokenKeys(secrets: [new, Self.secret])
        let launch = launch()
        #expect(token(launch, appended) == token(launch))
        #expect(try read(token(launch), rotated) == launch)
        #expect(try read(token(launch, rotated), appended) == launch)
        #expect(throws: TokenError.invalid) { try read(token(launch, rotated)) }
    }

    @Test func `a webhook's secret is the bot's own and survives rotation`() {
        let (bot, other) = (BotID(rawValue: 7), BotID(rawValue: 8))
        let secret = keys.webhookSecrets(for: bot)[0]
        let rotated = TokenKeys(secrets: ["a new secret of thirty-two characters", Self.secret])
        let secrets = keys.webhookSecrets(for: bot)
        #expect(secret.utf8.count == 64)
        #expect(secret.utf8.allSatisfy { "0123456789abcdef".utf8.contains($0) })
        #expect(TokenKeys.isSecret(secret, among: secrets))
        #expect(TokenKeys.isSecret(secret, among: rotated.webhookSecrets(for: bot)))
        #expect(!TokenKeys.isSecret(rotated.webhookSecrets(for: bot)[0], among: secrets))
        for wrong in [nil, "", secret + "0", String(secret.dropLast()), secret.uppercased()] {
            #expect(!TokenKeys.isSecret(wrong, among: secrets))
        }
        #expect(!TokenKeys.isSecret(secret, among: keys.webhookSecrets(for: other)))
    }

    @Test(arguments: 0..<64)
    func `a webhook's secret is wrong when any one of its digits is`(position: Int) {
        let bot = BotID(rawValue: 7)
        let secrets = keys.webhookSecrets(for: bot)
        var digits = Array(secrets[0].utf8)
        digits[position] = digits[position] == UInt8(ascii: "0") ? UInt8(ascii: "1") : UInt8(ascii: "0")
        #expect(!TokenKeys.isSecret(String(decoding: digits, as: UTF8.self), among: secrets))
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
