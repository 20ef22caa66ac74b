import Storage
import Synchronization

/// Lines of leaderboards as they were read last; they are of now where the leaderboard's stamp is.
package final class PageMemory: Sendable {
    private struct Key: Hashable {
        let address: BoardAddress
        let question: BoardQuestion
    }

    private struct State {
        var answers: Generations<Key, PageLines>
        var statistics = MemoryStatistics()
    }

    /// About what an answer takes, and each of its lines, as it was read and as it is sent.
    private static let answerBytes = 400
    private static let lineBytes = 600

    private let state: Mutex<State>

    /// - Parameter limit: How many bytes it may take; 0 turns it off.
    init(limit: Int) { state = Mutex(State(answers: Generations(limit: limit))) }

    /// How often parts of leaderboards could be served from it.
    package var statistics: MemoryStatistics {
        state.withLock { state in
            var statistics = state.statistics
            statistics.bytes = state.answers.bytes
            return statistics
        }
    }

    /// What is remembered as the answer to a question about a leaderboard that has a stamp.
    func recall(_ question: BoardQuestion, about address: BoardAddress, at stamp: BoardStamp) -> PageLines? {
        state.withLock { state in
            guard let found = state.answers.find(Key(address: address, question: question)) else {
                state.statistics.misses += 1
                return nil
            }
            guard found.answer.board.stamp == stamp else {
                state.statistics.failures += 1
                return nil
            }
            state.statistics.hits += 1
            return found
        }
    }

    func remember(_ lines: PageLines, of address: BoardAddress, for question: BoardQuestion) {
        guard lines.answer.board.stamp != nil else { return }
        let bytes = Self.answerBytes + Self.lineBytes * lines.answer.lines.count
        state.withLock { $0.answers.store(lines, Key(address: address, question: question), bytes: bytes) }
    }
}
