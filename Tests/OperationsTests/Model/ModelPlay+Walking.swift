import Leaderboards
import Operations
import Scoring
import ScoringSupport

extension ModelPlay {
    /// A page before or after another one.
    struct Walk: Sendable {
        let place: Place
        let cursor: String
        /// The line that the cursor was made of.
        let line: LeaderboardModel.Line
        let isBackward: Bool
    }

    /// Goes on with walks, whatever happened since the pages before.
    mutating func walk() async throws {
        for _ in 0..<4 {
            guard let index = walks.indices.randomElement(using: &generator) else { return }
            let walk = walks.remove(at: index)
            walks += try await go(walk, limit: limit()).next.filter { $0.isBackward == walk.isBackward }
        }
    }

    /// Reads the page that a step leads to.
    private mutating func go(
        _ walk: Walk,
        limit: Int
    ) async throws -> (lines: ArraySlice<LeaderboardModel.Line>, next: [Walk]) {
        let (reader, instance) = (reader(), instance())
        let lines = lines(walk.place)
        let range: Range<Int>
        if walk.isBackward {
            let end = lines.count { model.isBefore($0, walk.line, on: walk.place.board) }
            range = max(0, end - limit)..<end
        } else {
            let begin = lines.count { !model.isBefore(walk.line, $0, on: walk.place.board) }
            range = begin..<min(begin + limit, lines.count)
        }
        let shown = try await page(
            walk.place.board,
            walk.place.kind,
            walk.place.chat,
            reader,
            at: nil,
            .cursor(walk.cursor),
            limit,
            on: instance
        )
        let what = "\(walk.isBackward ? "up" : "down") from \(walk.line)"
        try compare(shown, lines, range, walk.place, reader, what)
        try compareEnds(of: shown, walk.place, now: ensemble.now(instance))
        return (lines[range], steps(from: shown, lines, walk.place))
    }

    /// The steps that a page offers, each from its line at the edge.
    func steps(from page: LeaderboardPage, _ lines: [LeaderboardModel.Line], _ place: Place) -> [Walk] {
        [(page.next, page.lines.last, false), (page.previous, page.lines.first, true)].compactMap {
            cursor,
            edge,
            isBackward in
            guard let cursor, let edge else { return nil }
            return Walk(place: place, cursor: cursor, line: lines[edge.rank - 1], isBackward: isBackward)
        }
    }

    /// Reads every leaderboard from its top to its end and back up again.
    mutating func compareBoards() async throws {
        for board in model.boards where removed[board.name] == nil {
            let numbers = (0..<Self.chatCount).filter {
                board.chat == nil || model.chats.chat($0) == board.chat
            }
            guard let number = numbers.randomElement(using: &generator),
                let at = model.runs.map(\.startedAt).first(where: {
                    model.label(board.kind, on: board.name, chat: number, at: $0) == board.label
                })
            else { throw failure("\(board) cannot be read") }
            try await read(board.kind, on: board.name, chat: number, at: at)
            let place = Place(board: board.name, kind: board.kind, chat: number, label: board.label)
            let lines = lines(place)
            let limit = Int.random(in: max(1, min(100, lines.count / 4))...100, using: &generator)
            let top = try await page(
                board.name,
                board.kind,
                number,
                .members,
                at: at,
                .top,
                limit,
                on: instance()
            )
            try compare(top, lines, 0..<min(limit, lines.count), place, .members, "from the top")
            var next = steps(from: top, lines, place)
            var seen = lines.prefix(limit)
            while let walk = next.first(where: { !$0.isBackward }) {
                let (shown, steps) = try await go(walk, limit: limit)
                seen += shown
                next = steps
            }
            try require(Array(seen), is: lines, "all lines of \(place) from the top down")
            var above: [LeaderboardModel.Line] = []
            while let walk = next.first(where: \.isBackward) {
                let (shown, steps) = try await go(walk, limit: limit)
                above = shown + above
                next = steps
            }
            let last = lines.isEmpty ? 0 : (lines.count - 1) / limit * limit
            try require(above, is: Array(lines[..<last]), "the lines of \(place) from the last page up")
        }
        try await compareWindows()
    }
}
