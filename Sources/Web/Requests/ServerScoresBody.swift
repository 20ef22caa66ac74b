import JSON
import Leaderboards
import Scoring

/// The body of a server's submission: a list of scores, or one alone.
struct ServerScoresBody {
    /// One score as it was read, with the server's name of the run, if there is one to answer by.
    typealias Item = (id: String?, score: Result<ServerScore, Problem>)

    /// How many scores one body may hold.
    static let counts = 1...1000

    let items: [Item]

    /// Reads a body.
    ///
    /// - Throws: ``Problem`` where there is no list of scores; what is wrong with one of them is kept with it.
    init(_ bytes: [UInt8]) throws(Problem) {
        let object = try jsonObject(bytes)
        // A list is of many scores; an object names the boards of one.
        guard let scores = object["scores"], object["id"] == nil || scores.kind == .array else {
            items = [Self.item(object)]
            return
        }
        // Which of two lists a parser takes differs between languages, so none is taken.
        guard object.members(named: "scores") == 1 else {
            throw Problem(.malformedJSON, "'scores' stands in the body more than once.")
        }
        guard scores.kind == .array, Self.counts.contains(scores.elements.count) else {
            throw .parameter(
                "scores",
                takes: "a list of \(Self.counts.lowerBound) to \(Self.counts.upperBound) objects"
            )
        }
        items = scores.elements.map(Self.item)
    }

    private static func item(_ value: JSONValue) -> Item {
        let id = value["id"]?.string.flatMap { $0.isIdempotencyKey ? $0 : nil }
        return (id, Result { () throws(Problem) in try score(value, id: id) })
    }

    private static func score(_ value: JSONValue, id: String?) throws(Problem) -> ServerScore {
        guard value.kind == .object else { throw Problem(.malformedJSON, "A score is an object.") }
        let members = BodyMembers(value)
        guard let id else { throw members.wrong("id", takes: "1 to 128 visible ASCII characters") }
        guard let player = try members.object("player") else {
            throw members.wrong("player", takes: "an object with 'id'")
        }
        let body = try ScoreBody(value)
        return ServerScore(
            id: id,
            player: try player.playerID(),
            playerName: try player.text("name"),
            chatInstance: try members.chatInstance(),
            scores: body.score.map { [BoardScore(Game.mainBoard, $0)] } ?? body.scores ?? [],
            startedAt: try members.time("started_at"),
            metadata: body.metadata
        )
    }
}
