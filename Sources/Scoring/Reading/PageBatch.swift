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

    /// Reads pages.
    ///
    /// - Parameters:
    ///   - wishes: The pages, of any games.
    ///   - session: A session; no transaction is needed.
    /// - Returns: The content of each page in order.
    func read(
        _ wishes: [PageWish],
        session: Session
    ) throws(PostgresError) -> [Result<PageContent, Refusal>] {
        var results = [Result<PageContent, Refusal>](
            repeating: .failure(.databaseUnavailable),
            count: wishes.count
        )
        var drafts = wishes.indices.map { Draft(index: $0, zone: guesses.zone(for: wishes[$0].view)) }
        for _ in 0..<Self.maximumAttempts {
            var questions = BoardQuestions()
            drafts = drafts.compactMap { draft in
                var draft = draft
                do throws(Refusal) {
                    try ask(wishes[draft.index], &draft, &questions)
                    return draft
                } catch {
                    results[draft.index] = .failure(error)
                    return nil
                }
            }
            guard !questions.isEmpty else { break }
            let answers = try session.run(.answers(to: questions))
            var pages: [Int: PageLines] = [:]
            drafts = drafts.compactMap { draft in
                let wish = wishes[draft.index]
                guard let answer = answers[draft.page] else {
                    results[draft.index] = .failure(.notFound("the game no longer exists"))
                    return nil
                }
                do throws(Refusal) {
                    let interval = try wish.interval(in: answer.board.zone)
                    if answer.board.zone != draft.zone {
                        guesses.note(answer.board.zone, for: wish.view)
                        guard interval.label == draft.label else {
                            var draft = draft
                            draft.zone = answer.board.zone
                            return draft
                        }
                    }
                    let lines = pages[draft.page] ?? PageLines(answer)
                    pages[draft.page] = lines
                    let me = draft.me.flatMap { answers[$0] }.flatMap { Self.place(of: $0) }
                    results[draft.index] = .success(PageContent(interval: interval, lines: lines, me: me))
                } catch {
                    results[draft.index] = .failure(error)
                }
                return nil
            }
            if drafts.isEmpty { break }
        }
        return results
    }

    private func ask(
        _ wish: PageWish,
        _ draft: inout Draft,
        _ questions: inout BoardQuestions
    ) throws(Refusal) {
        let view = wish.view
        draft.label = if let label = wish.label { label } else { try wish.interval(in: draft.zone).label }
        let address = BoardAddress(
            game: view.game.id,
            // No chat has the number 0, and so nobody is on its leaderboard.
            chat: view.scope == .chat ? view.chat ?? ChatInstance(rawValue: 0) : nil,
            window: wish.window,
            label: draft.label
        )
        draft.page = questions.ask(wish.start.question(limit: wish.limit), about: address)
        guard let viewer = view.viewer else { return }
        // Who asks for a page around themselves is told their place with it.
        draft.me =
            wish.start == .around(viewer) ? draft.page : questions.ask(.place(of: viewer), about: address)
    }

    private static func place(of answer: BoardAnswer) -> PageContent.Place? {
        answer.place.map { PageContent.Place(rank: answer.countBefore + 1, sortKey: $0) }
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

    func zone(for view: BoardView) -> String {
        guard let key = key(view) else { return view.game.rules.zone }
        return zones.withLock { $0.isEmpty ? nil : $0[key] } ?? view.game.rules.zone
    }

    func note(_ zone: String, for view: BoardView) {
        guard let key = key(view) else { return }
        zones.withLock { zones in
            if zones.count >= Self.capacity { zones = [:] }
            zones[key] = zone == view.game.rules.zone ? nil : zone
        }
    }

    private func key(_ view: BoardView) -> Key? {
        view.owner.map { Key(bot: view.game.bot, chat: $0) }
    }
}
