package import JSON
import Leaderboards
import Postgres
import Storage

extension Receipt.Place {
    /// Writes the place as an element of an answer's `boards`, the form in which the log keeps it, too.
    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("board", boardName)
            writer.member("scope", board.scope.rawValue)
            writer.member("window", board.window.rawValue)
            writer.member("rank", orNull: rank)
            writer.member("previous_rank", orNull: previousRank)
            writer.member("entries", entries)
            guard let next else { return writer.nullMember("next") }
            writer.object("next") { writer in
                writer.member("rank", next.rank)
                writer.member("score", next.score)
            }
        }
    }

    /// Reads what ``write(to:)`` wrote.
    init?(_ value: JSONValue) {
        guard let scope = value["scope"]?.string.flatMap(Scope.init), let entries = value["entries"]?.int64,
            let window = value["window"]?.string.flatMap({ WindowKind(rawValue: $0) })
        else { return nil }
        board = BoardKind(scope: scope, window: window)
        boardName = value["board"]?.string ?? Game.mainBoard
        rank = value["rank"]?.int64.map { Int($0) }
        previousRank = value["previous_rank"]?.int64.map { Int($0) }
        self.entries = Int(entries)
        next = value["next"].flatMap { next in
            guard let rank = next["rank"]?.int64, let score = next["score"]?.int64 else { return nil }
            return Next(rank: Int(rank), score: score)
        }
    }
}

extension Receipt {
    /// The part of the answer that the log keeps for a repetition.
    var loggedAnswer: [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("best", orNull: best)
            writer.member("previous_best", orNull: previousBest)
            writer.array("boards") { writer in
                for place in places { place.write(to: &writer) }
            }
            guard isNamed || board != Game.mainBoard else { return }
            writeResults(to: &writer)
            // The row is of the game's own board, and tells that one's reasons.
            writer.array("reasons") { writer in for reason in reasons { writer.value(reason) } }
        }
        return writer.bytes
    }

    /// Writes what became of the run on each board as the answer's member `results`.
    package func writeResults(to writer: inout JSONWriter) {
        writer.object("results") { writer in
            for result in results {
                writer.key(escaping: result.board)
                writer.object { writer in
                    writer.member("outcome", result.outcome.rawValue)
                    writer.member("score", Int64(result.score.value))
                    writer.member("best", orNull: result.best)
                    writer.member("previous_best", orNull: result.previousBest)
                }
            }
        }
    }

    /// The answer that was given when a run was logged.
    init(replaying logged: LoggedScore) {
        let answer = logged.answer.flatMap { try? JSON.parse($0.bytes) }
        let results = answer?["results"]?.entries.compactMap { Result($0.key, $0.value) } ?? []
        let first = results.first
        self.init(
            outcome: first?.outcome ?? Outcome(logged.outcome),
            run: logged.run,
            score: Int64((first?.score ?? logged.score).value),
            best: answer?["best"]?.int64,
            previousBest: answer?["previous_best"]?.int64,
            places: answer?["boards"]?.elements.compactMap { Place($0) } ?? [],
            reasons: answer?["reasons"]?.elements.compactMap(\.string) ?? logged.reasons,
            isReplay: true,
            board: first?.board ?? Game.mainBoard,
            others: Array(results.dropFirst()),
            isNamed: first != nil
        )
    }
}

extension Receipt.Result {
    fileprivate init?(_ board: String, _ value: JSONValue) {
        guard let score = value["score"]?.numberText.flatMap({ Score(digits: $0) }),
            let outcome = value["outcome"]?.string.flatMap(Receipt.Outcome.init)
        else { return nil }
        self.init(
            board: board,
            score: score,
            outcome: outcome,
            best: value["best"]?.int64,
            previousBest: value["previous_best"]?.int64
        )
    }
}

extension Receipt.Outcome {
    /// The outcome as the log keeps it.
    var logged: LoggedOutcome {
        switch self {
        case .newBest: .newBest
        case .updated: .updated
        case .notBetter: .notBetter
        case .held: .held
        case .refused: .refused
        }
    }

    /// The outcome that a page is told of a logged run.
    init(_ logged: LoggedOutcome) {
        switch logged {
        case .newBest: self = .newBest
        case .updated: self = .updated
        case .notBetter, .imported, .elsewhere: self = .notBetter
        case .held: self = .held
        case .refused: self = .refused
        }
    }
}
