import Leaderboards
import Postgres
import Storage
import Synchronization

/// Reads pages that were asked for at about the same time with one statement.
///
/// Each page is of one snapshot: its total, its ranks, its lines and the viewer's place fit together. Nothing of what
/// is read outlives the statement but the zones of chats, and those only as a guess.
struct PageBatch: Sendable {
    /// A page on its way.
    private struct Draft {
        let index: Int
        /// The zone by which the leaderboard is looked up.
        var zone: String
        var label = ""
        var page = 0
        var me: Int?
    }

    /// How often a page is looked up again because the windows begin in another zone than was thought.
    private static let maximumAttempts = 3

    private let guesses = ZoneGuesses()

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
        var drafts = queries.indices.map { Draft(index: $0, zone: guesses.zone(for: queries[$0].view)) }
        for _ in 0..<Self.maximumAttempts where !drafts.isEmpty {
            var questions = BoardQuestions()
            drafts = drafts.compactMap { draft in
                var draft = draft
                do throws(Refusal) {
                    try ask(queries[draft.index], &draft, &questions)
                    return draft
                } catch {
                    results[draft.index] = .failure(error)
                    return nil
                }
            }
            guard !questions.isEmpty else { break }
            let answers = try session.run(.boardsAnswer(questions))
            var pages: [Int: PageLines] = [:]
            drafts = drafts.compactMap { draft in
                var draft = draft
                do throws(Refusal) {
                    guard let content = try content(queries[draft.index], &draft, answers, &pages) else {
                        return draft
                    }
                    results[draft.index] = .success(content)
                } catch {
                    results[draft.index] = .failure(error)
                }
                return nil
            }
        }
        return results
    }

    private func ask(
        _ query: PageQuery,
        _ draft: inout Draft,
        _ questions: inout BoardQuestions
    ) throws(Refusal) {
        let view = query.view
        draft.label = if let label = query.label { label } else { try query.interval(in: draft.zone).label }
        let address = BoardAddress(
            game: view.game.id,
            // No chat has the number 0, and so nobody is on its leaderboard.
            chat: view.scope == .chat ? view.chat ?? ChatInstance(rawValue: 0) : nil,
            window: query.window,
            label: draft.label
        )
        draft.page = questions.ask(query.question, about: address)
        guard let viewer = view.viewer else { return }
        // Who asks for a page around themselves is told their place with it.
        if case .around(viewer, _) = query.question {
            draft.me = draft.page
        } else {
            draft.me = questions.ask(.place(of: viewer), about: address)
        }
    }

    /// Puts a page together; nil where another leaderboard is meant, since the windows begin in another zone than was
    /// thought.
    private func content(
        _ query: PageQuery,
        _ draft: inout Draft,
        _ answers: [BoardAnswer?],
        _ pages: inout [Int: PageLines]
    ) throws(Refusal) -> PageContent? {
        guard let answer = answers[draft.page] else { throw .notFound("the game no longer exists") }
        let interval = try query.interval(in: answer.board.zone)
        if answer.board.zone != draft.zone {
            guesses.note(answer.board.zone, for: query.view)
            draft.zone = answer.board.zone
            guard interval.label == draft.label else { return nil }
        }
        let lines = pages[draft.page] ?? PageLines(answer)
        pages[draft.page] = lines
        return PageContent(interval: interval, lines: lines, me: draft.me.flatMap { answers[$0] })
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
