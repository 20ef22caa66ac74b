import Leaderboards
import TestSupport
import Testing

@testable import Tokens

/// No number that was read from outside ends the process.
@Suite struct TokenFuzzTests {
    private static let keys = TokenKeys(secrets: ["a secret of the tests that is long enough"])
    private static let game = Game.sample()

    @Test func `tokens of any numbers are read or refused`() throws {
        var fuzz = Fuzz(seed: 11_903)
        let now = Instant(seconds: 1_772_366_400)
        var read = 0
        for _ in 0..<150_000 {
            // Sealed rightly, so that what is inside is read.
            let purpose = fuzz.pick(TokenKeys.Purpose.allCases)
            switch purpose {
            case .launch, .run:
                let token = Self.keys.seal(Self.play(&fuzz, isRun: purpose == .run), for: purpose)
                let expiry =
                    purpose == .run
                    ? (try? Self.keys.run(token, now: now) { _ in Self.game })?.expiresAt
                    : (try? Self.keys.launch(token, now: now) { _ in Self.game })?.expiresAt
                if let expiry { read += 1; #expect(expiry > now) }
            case .board:
                let token = Self.keys.seal(
                    Self.numbers(3, &fuzz, after: [0, 0, 0, 0, 0, 0, 0, 1]),
                    for: .board
                )
                if (try? Self.keys.boardAccess(token, now: now) { _ in Self.game }) != nil { read += 1 }
            case .cursor:
                var head = TokenWriter()
                head.append("main")
                head.append("chat/all")
                head.append(fuzz.numeral())
                let payload = Self.numbers(4, &fuzz, after: head.bytes) + [1]
                let token = Self.keys.seal(payload, for: .cursor, in: Self.game.tokenID)
                if (try? Self.keys.cursor(token, in: Self.game.tokenID)) != nil { read += 1 }
            case .history:
                var head = TokenWriter()
                head.append(fuzz.number())
                head.append("hard")
                let payload = Self.numbers(3, &fuzz, after: head.bytes)
                let token = Self.keys.seal(payload, for: .history, in: Self.game.tokenID)
                if (try? Self.keys.historyCursor(token, in: Self.game.tokenID)) != nil { read += 1 }
            }
        }
        #expect(read > 30_000)
    }

    /// What a launch or a run token holds, its numbers drawn.
    private static func play(_ fuzz: inout Fuzz, isRun: Bool) -> [UInt8] {
        let id = [UInt8](repeating: 7, count: 16)
        let launch = numbers(4, &fuzz, after: [0, 0, 0, 0, 0, 0, 0, 1] + id) + [0]
        return isRun ? numbers(2, &fuzz, after: launch + id) : launch
    }

    private static func numbers(_ count: Int, _ fuzz: inout Fuzz, after head: [UInt8]) -> [UInt8] {
        var writer = TokenWriter()
        writer.append(head)
        for _ in 0..<count { writer.append(fuzz.number()) }
        return writer.bytes
    }
}
