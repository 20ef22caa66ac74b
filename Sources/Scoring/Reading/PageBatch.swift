import Leaderboards
import Postgres
import Storage
import Synchronization

/// Reads pages that were asked for at about the same time with one statement or two.
///
/// The first asks only what the leaderboards are now. Whatever is remembered of a leaderboard that is still the same is
/// right as of that moment; the second reads the rest. Each page is of one snapshot: its total, its ranks, its lines and
/// the viewer's place fit together.
struct PageBatch: Sendable {
    /// A page on its way.
    private struct Draft {
        let index: Int
        /// The zone by which the leaderboard is looked up.
        var zone: String
        var address: BoardAddress
        /// Where its leaderboard, its lines and its viewer's place are among what is asked.
        var board = 0
        var page = 0
        var me: Int?
    }

    /// How often a page is looked up again because the windows begin in another zone than was thought, or the
    /// leaderboard has just grown.
    private static let maximumAttempts = 3
    /// So small a leaderboard is read, and remembered, as a whole.
    private static let wholeLimit = 64
    private static let whole = BoardQuestion.top(limit: wholeLimit)

    private let guesses = ZoneGuesses()
    private let memory: PageMemory

    init(memory: PageMemory) { self.memory = memory }

    /// Reads pages of any games.
    ///
    /// - Parameter session: A session; no transaction is needed.
    /// - Returns: The content of each page in order.
    func read(_ queries: [PageQuery], _ session: Session) throws(PostgresError) -> [Result<
        PageContent, Refusal
    >] {
        var results = [Result<PageContent, Refusal>](
            repeating: .failure(.databaseUnavailable),
            count: queries.count
        )
        var drafts: [Draft] = []
        /// Notes what became of a page; whether it is still to be read.
        func settle(_ index: Int, _ body: () throws(Refusal) -> PageContent?) -> Bool {
            do throws(Refusal) {
                guard let content = try body() else { return true }
                results[index] = .success(content)
            } catch {
                results[index] = .failure(error)
            }
            return false
        }
        /// Settles pages by what was read of their leaderboards; keeps those that are still to be read.
        func settleDrafts(
            _ board: (Draft) -> BoardFacts?,
            _ body: (PageQuery, Draft) throws(Refusal) -> PageContent?
        ) {
            drafts = drafts.compactMap { draft in
                var draft = draft
                let query = queries[draft.index]
                let isOpen = settle(draft.index) { () throws(Refusal) in
                    guard let board = board(draft) else { throw .notFound("the game no longer exists") }
                    return try isMeant(board, query, &draft) ? body(query, draft) : nil
                }
                return isOpen ? draft : nil
            }
        }
        for (index, query) in queries.enumerated() {
            _ = settle(index) { () throws(Refusal) in
                let zone = guesses.zone(for: query.view)
                drafts.append(Draft(index: index, zone: zone, address: try query.address(in: zone)))
                return nil
            }
        }
        for _ in 0..<Self.maximumAttempts where !drafts.isEmpty {
            var questions = BoardQuestions()
            for index in drafts.indices { drafts[index].board = questions.ask(about: drafts[index].address) }
            let (boards, _) = try session.run(.boardsAnswer(questions))
            settleDrafts({ boards[$0.board] }) { query, draft throws(Refusal) in
                try boards[draft.board].flatMap { board throws(Refusal) in
                    try remembered(query, draft, board)
                }
            }
            guard !drafts.isEmpty else { break }
            questions = BoardQuestions()
            for index in drafts.indices {
                ask(queries[drafts[index].index], &drafts[index], boards, &questions)
            }
            let (_, answers) = try session.run(.boardsAnswer(questions))
            let lines = remember(answers, to: questions)
            settleDrafts({ lines[$0.page]?.answer.board }) { query, draft throws(Refusal) in
                try lines[draft.page].flatMap { page throws(Refusal) in
                    try content(query, draft, page, draft.me.flatMap { lines[$0] })
                }
            }
        }
        return results
    }

    /// Whether a leaderboard is the one that is meant; otherwise the windows begin in another zone than was thought.
    private func isMeant(
        _ board: BoardFacts,
        _ query: PageQuery,
        _ draft: inout Draft
    ) throws(Refusal) -> Bool {
        guard board.zone != draft.zone else { return true }
        guesses.note(board.zone, for: query.view)
        draft.zone = board.zone
        let address = try query.address(in: board.zone)
        defer { draft.address = address }
        return address == draft.address
    }

    private func ask(
        _ query: PageQuery,
        _ draft: inout Draft,
        _ boards: [BoardFacts?],
        _ questions: inout BoardQuestions
    ) {
        draft.me = nil
        guard boards[draft.board]?.total ?? 0 > Self.wholeLimit else {
            draft.page = questions.ask(Self.whole, about: draft.address)
            return
        }
        draft.page = questions.ask(query.question, about: draft.address)
        draft.me = query.placeQuestion.map { questions.ask($0, about: draft.address) }
    }

    /// The page, if all of it is remembered of the leaderboard as it is.
    private func remembered(
        _ query: PageQuery,
        _ draft: Draft,
        _ board: BoardFacts
    ) throws(Refusal) -> PageContent? {
        guard let stamp = board.stamp else {
            return try content(query, draft, PageLines(BoardAnswer(ofEmpty: board)), nil)
        }
        func recall(_ question: BoardQuestion) -> PageLines? {
            memory.recall(question, about: draft.address, at: stamp)
        }
        if board.total <= Self.wholeLimit {
            return try recall(Self.whole).flatMap { all throws(Refusal) in try content(query, draft, all, nil)
            }
        }
        guard let page = recall(query.question) else { return nil }
        guard let question = query.placeQuestion else { return try content(query, draft, page, nil) }
        guard let me = recall(question) else { return nil }
        return try content(query, draft, page, me)
    }

    private func remember(_ answers: [BoardAnswer?], to questions: BoardQuestions) -> [PageLines?] {
        answers.enumerated().map { position, answer in
            guard let answer else { return nil }
            let lines = PageLines(answer)
            let (address, question) = questions.asked(position)
            memory.remember(lines, of: address, for: question)
            return lines
        }
    }

    /// Puts a page together; nil where the leaderboard has outgrown what was read.
    ///
    /// - Parameters:
    ///   - lines: All lines of the leaderboard, or the answer to the query's question.
    ///   - me: The answer to the question for the viewer's place; nil where there is no viewer, or the lines are all.
    private func content(
        _ query: PageQuery,
        _ draft: Draft,
        _ lines: PageLines,
        _ me: PageLines?
    ) throws(Refusal) -> PageContent? {
        let interval = try query.interval(in: draft.zone)
        let answer = lines.answer
        if answer.place == nil, answer.lines.count == answer.board.total {
            let place = query.placeQuestion?.answer(among: answer.lines).countBefore
            return PageContent(
                interval: interval,
                lines: lines,
                range: query.question.answer(among: answer.lines).lines,
                rank: place.map { $0 + 1 },
                scoreKey: place.map { answer.lines[$0].sortKey.scoreKey }
            )
        }
        guard answer.board.total > Self.wholeLimit else { return nil }
        let place = me?.answer.place
        return PageContent(
            interval: interval,
            lines: lines,
            range: answer.lines.indices,
            rank: place.flatMap { _ in me.map { $0.answer.countBefore + 1 } },
            scoreKey: place?.scoreKey
        )
    }
}

/// In which zones the windows of chats were last seen to begin.
///
/// What is held may be wrong: every reading says in which zone the windows do begin, and is repeated where that names
/// another leaderboard.
private final class ZoneGuesses: Sendable {
    private struct Key: Hashable {
        let bot: BotID
        let chat: ChatInstance
    }

    private static let capacity = 10_000

    private let zones = Mutex<[Key: String]>([:])

    func zone(for view: PageQuery.View) -> String {
        guard let key = key(view) else { return view.game.rules.zone }
        return zones.withLock { $0.isEmpty ? nil : $0[key] } ?? view.game.rules.zone
    }

    func note(_ zone: String, for view: PageQuery.View) {
        guard let key = key(view) else { return }
        zones.withLock { zones in
            if zones.count >= Self.capacity { zones = [:] }
            zones[key] = zone == view.game.rules.zone ? nil : zone
        }
    }

    private func key(_ view: PageQuery.View) -> Key? {
        view.chat.map { Key(bot: view.game.bot, chat: $0) }
    }
}
