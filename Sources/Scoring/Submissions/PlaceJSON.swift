package import JSON
import Leaderboards

extension Receipt.Place {
    /// Writes the place as an element of an answer's `boards`, the form in which the log keeps it, too.
    ///
    /// - Parameter writer: Where the next value is expected.
    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
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
    ///
    /// - Parameter value: One element; anything else gives nil.
    init?(_ value: JSONValue) {
        guard let scope = value["scope"]?.string.flatMap(Scope.init), let entries = value["entries"]?.int64,
            let window = value["window"]?.string.flatMap(Window.init)
        else { return nil }
        board = BoardKind(scope: scope, window: window)
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
    /// The figures of the answer, in the form in which the log keeps them for a repetition.
    var figuresDocument: [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("best", orNull: best)
            writer.member("previous_best", orNull: previousBest)
            writer.array("boards") { writer in
                for place in places { place.write(to: &writer) }
            }
        }
        return writer.bytes
    }
}
