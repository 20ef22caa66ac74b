import Simulator
import Synchronization

/// The calls about scores that came in a storm, fetched before the simulator forgets them.
final class StormCalls: Sendable {
    private struct State {
        var last = 0
        var calls: [CallBudget.Call] = []
        var statuses: [Int: Int] = [:]
    }

    private let state = Mutex(State())

    /// All so far.
    var all: [CallBudget.Call] { state.withLock { $0.calls } }

    /// How many were answered with each HTTP status; 0 is without an answer.
    var statuses: [Int: Int] { state.withLock { $0.statuses } }

    /// Fetches what has come since the last time.
    func collect(_ storm: Storm) {
        let names = storm.chats.flatMap { chat in chat.keys.map { ($0, chat) } }
        let chats = Dictionary(names, uniquingKeysWith: { first, _ in first })
        state.withLock { state in
            let new = storm.arena.telegram.calls.drop { $0.number <= state.last }
            state.last = new.last?.number ?? state.last
            for call in new where ["setgamescore", "getgamehighscores"].contains(call.method.lowercased()) {
                // A supergroup has limits of its own, whatever the group that it was was told.
                let chat = call.chat.flatMap { chats[$0] }
                state.statuses[call.status, default: 0] += 1
                state.calls.append(
                    CallBudget.Call(
                        chat: "\(chat?.name ?? "?") \(call.chat?.text ?? "?")",
                        isPrivate: chat?.isPrivate ?? false,
                        time: call.elapsed
                    )
                )
            }
        }
    }
}
