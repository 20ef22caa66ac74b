@testable import BotAPI
import Leaderboards
import Scoring
import Synchronization
import TestSupport
import Testing

@testable import Updates

extension UpdateEffects {
    /// Effects that fail the test when one is used that the test did not set.
    static func unused(_ change: (inout UpdateEffects) -> Void = { _ in }) -> UpdateEffects {
        var effects = UpdateEffects(
            open: { _ in
                Issue.record("unexpected press")
                return .notice(.starting)
            },
            record: { fact, _ throws(Refusal) in Issue.record("unexpected fact \(fact)") },
            admitMessage: { _, _, _, _ throws(Refusal) in
                Issue.record("unexpected memory of an update")
                return false
            },
            board: { _ throws(Refusal) in
                Issue.record("unexpected look at a leaderboard")
                return nil
            },
            announce: { _, _, _ throws(Refusal) in Issue.record("unexpected announcements") },
            noteSent: { _, _ in },
            isLoaded: { true },
            games: { _ in [] },
            register: { _, _ throws(Refusal) in Issue.record("unexpected registration") },
            webhookSecret: { _ in
                Issue.record("unexpected secret")
                return ""
            },
            asPoller: { _, _ in Issue.record("unexpected polling") }
        )
        change(&effects)
        return effects
    }
}

extension Game {
    static func maze(_ shortName: String, title: String = "A game") -> Game {
        .sample(shortName, bot: 77, botUsername: "Maze_Bot", title: title, url: "https://maze.example")
    }
}

/// Values gathered from concurrent code.
final class Log<Value: Sendable>: Sendable {
    private let entries = Mutex<[Value]>([])

    var values: [Value] { entries.withLock { $0 } }

    func add(_ value: Value) { entries.withLock { $0.append(value) } }
}

/// A clock that never waits and writes down how long it should have.
final class NoWaitClock: Clock {
    private let start = ContinuousClock.now
    private let offset = Mutex<Duration>(.zero)
    let sleeps = Log<Duration>()

    var now: ContinuousClock.Instant { start + offset.withLock { $0 } }
    var minimumResolution: Duration { .zero }

    func sleep(until deadline: ContinuousClock.Instant, tolerance: Duration?) async throws {
        try Task.checkCancellation()
        let duration = deadline - now
        sleeps.add(duration)
        offset.withLock { $0 += duration }
    }
}

/// A Bot API server that gives prepared answers in order, each when the right method is called.
final class ScriptedServer: Sendable {
    struct Step: Sendable {
        let method: String
        let result: Result<BotHTTPResponse, TransportError>

        static func ok(_ method: String, _ result: String) -> Step {
            let body = Array(#"{"ok":true,"result":\#(result)}"#.utf8)
            return Step(method: method, result: .success(BotHTTPResponse(status: 200, body: body)))
        }

        static func refused(_ method: String, _ code: Int, _ description: String) -> Step {
            let body = #"{"ok":false,"error_code":\#(code),"description":"\#(description)"}"#
            return Step(
                method: method,
                result: .success(BotHTTPResponse(status: code, body: Array(body.utf8)))
            )
        }

        static func failed(_ method: String, sent: Bool) -> Step {
            Step(
                method: method,
                result: .failure(TransportError(mayHaveBeenSent: sent, detail: "no connection"))
            )
        }
    }

    private let steps: Mutex<[Step]>
    private let exhausted = AsyncStream<Void>.makeStream()
    /// Every call as its method and body.
    let calls = Log<String>()

    init(_ steps: [Step]) {
        self.steps = Mutex(steps)
    }

    /// Returns once the last answer was given and another call has come.
    func waitUntilExhausted() async {
        for await _ in exhausted.stream { return }
    }

    func bot() throws -> Bot {
        let token = try BotToken("77:AAE-none")
        let client = BotClient(token: token, baseURL: "https://bots.example") {
            request throws(TransportError) in
            try await self.answer(request)
        }
        return Bot(client: client)
    }

    private func answer(_ request: BotRequest) async throws(TransportError) -> BotHTTPResponse {
        let method = request.url.revealed.split(separator: "/").last.map(String.init) ?? ""
        let step = steps.withLock { steps -> Step? in
            guard let index = steps.firstIndex(where: { $0.method == method }) else { return nil }
            return steps.remove(at: index)
        }
        guard let step else {
            exhausted.continuation.yield()
            // A long poll without updates: only cancellation ends it.
            try? await Task.sleep(for: .seconds(3600))
            throw TransportError(mayHaveBeenSent: true, detail: "cancelled")
        }
        calls.add("\(method) \(String(decoding: request.body, as: UTF8.self))")
        return try step.result.get()
    }
}
