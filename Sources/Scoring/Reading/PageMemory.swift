import Storage
import Synchronization

/// Lines of leaderboards as they were read last; they are of now where the leaderboard's stamp is.
final class PageMemory: Sendable {
    private struct Key: Hashable {
        let address: BoardAddress
        let question: BoardQuestion
    }

    /// About what lines take beside their answer, and each of them, read and as it is shown.
    private static let sizeOfAnswer = 400
    private static let sizeOfLine = 500

    private let answers: Mutex<RecentValues<Key, PageLines>>

    /// - Parameter limit: How many bytes may be remembered.
    init(limit: Int) { answers = Mutex(RecentValues(limit: limit)) }

    /// What is remembered as the answer to a question about a leaderboard that has a stamp.
    func recall(_ question: BoardQuestion, about address: BoardAddress, at stamp: BoardStamp) -> PageLines? {
        let found = answers.withLock { $0.value(for: Key(address: address, question: question)) }
        return found?.answer.board.stamp == stamp ? found : nil
    }

    func remember(_ lines: PageLines, of address: BoardAddress, for question: BoardQuestion) {
        guard lines.answer.board.stamp != nil else { return }
        let size = Self.sizeOfAnswer + Self.sizeOfLine * lines.answer.lines.count
        answers.withLock { $0.insert(lines, size: size, for: Key(address: address, question: question)) }
    }
}
