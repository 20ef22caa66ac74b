import Leaderboards
import Postgres
import Storage
import TestSupport

/// A database as an evening of play leaves it: two bots, three games, 1,000 people, of whom everybody plays in one of 50
/// chats, and 1,000 chats in which somebody played before.
struct PageScene: Sendable {
    static let time = Instant(milliseconds: 1_773_576_000_000)

    let game: Game
    /// Keeps the latest run, edits scoreboards at times only.
    let secondGame: Game
    let bot = BotID(rawValue: 7)
    var now: Instant { Self.time }
    /// As many as one batch has when the service is busy.
    let batch: ClosedRange<Int64> = 1...24
    /// Chat leaderboards of all time of the first game, one for each of the batch.
    let boards: [BoardID]
    let globalBoard: BoardID

    init(_ session: Session) throws(PostgresError) {
        guard let game = try session.run(.gameGet(GameID(rawValue: 1))),
            let secondGame = try session.run(.gameGet(GameID(rawValue: 2)))
        else { throw PostgresError(.decoding, "no game") }
        (self.game, self.secondGame) = (game, secondGame)
        let names = batch.map { BoardName(chat: ChatID(rawValue: $0)) }
        let global = BoardName(chat: nil)
        let found = try session.run(.boardsFind(names + [global], game: game.id))
        guard let globalBoard = found[global] else { throw PostgresError(.decoding, "no leaderboard") }
        self.globalBoard = globalBoard
        boards = names.map { found[$0] ?? globalBoard }
    }

    func chat(_ number: Int64) -> ChatID { ChatID(rawValue: number) }
    var chats: [ChatID] { batch.map(chat) }
    func address(_ number: Int64) -> TelegramChatID { TelegramChatID(rawValue: -1000 - number) }
    func alias(_ number: Int64) -> ChatAlias {
        ChatAlias(instance: ChatInstance(rawValue: number * 10), address: address(number))
    }
    var aliases: [ChatAlias] { batch.map(alias) }

    /// The first of the 20 who play in a chat, or one of those behind.
    func player(_ number: Int64, _ place: Int64 = 0) -> PlayerID {
        PlayerID(rawValue: 20 * (number - 1) + 1 + place)
    }
    var players: [PlayerID] { batch.map { player($0) } }
    func profile(_ player: PlayerID) -> PlayerProfile {
        .sample(player.rawValue, "Player \(player)", username: "player\(player)")
    }

    /// A delivery that waits, one of each chat.
    func key(_ number: Int64, _ place: Int64 = 0) -> DeliveryKey {
        DeliveryKey(game: game.id, chat: chat(number), player: player(number, place))
    }
    var keys: [DeliveryKey] { batch.map { key($0) } }
    func target(_ number: Int64, message: Int64 = 1) -> StoredTarget? {
        Target.message(chat: address(number), id: message).stored
    }

    /// Runs of the first game that are in the log.
    var runKeys: [RunKey] {
        (1...24 as ClosedRange<Int64>).map { position in
            // Those that end in 4 are of the first game.
            let number: Int64 = 104 + 10 * position
            let run = RunID(Identifier128(high: 0, low: UInt64(number)))
            return RunKey(launchedAt: Self.time + .seconds(-86_400 * (number % 30)), run: run)
        }
    }

    /// Runs that are not.
    var newRuns: [LoggedRun] { newRuns(feeding: []) }

    /// The same, of which each feeds boards besides.
    func newRuns(feeding boards: [GameID]) -> [LoggedRun] {
        batch.compactMap { number in
            Score(Int32(number)).map { score in
                let row = LoggedScore(
                    run: RunID(Identifier128(high: 9, low: UInt64(number))),
                    launchedAt: now,
                    player: player(number),
                    chat: chat(number),
                    score: score,
                    startedAt: now,
                    acceptedAt: now,
                    outcome: .notBetter,
                    reasons: [],
                    answer: nil,
                    metadata: nil
                )
                return LoggedRun(row, boards: boards.map { ($0, row) })
            }
        }
    }

    func sortKey(_ player: PlayerID) -> SortKey {
        SortKey(scoreKey: -500, achievedAt: now, player: player)
    }
    /// Places on the chats' leaderboards and on that of the whole game.
    var probes: [Probe] {
        zip(boards, players).flatMap { board, player in
            [board, globalBoard].map { Probe(board: $0, sortKey: sortKey(player)) }
        }
    }
    var positionKeys: [PositionKey] {
        batch.flatMap { number in
            [chat(number), nil].map { PositionKey(board: BoardName(chat: $0), player: player(number)) }
        }
    }
    var newEntries: [(BoardID, Entry)] {
        probes.map { probe in
            (probe.board, Entry(sortKey: probe.sortKey, run: RunID(Identifier128(high: 9, low: 1))))
        }
    }

    var sightings: [TargetSighting] {
        batch.compactMap { number in
            target(number).map { target in
                TargetSighting(game: game.id, chat: chat(number), target: target, pressedAt: now)
            }
        }
    }

    /// One that nobody settled, of the chat with the most messages.
    var claim: DeliveryClaim {
        get throws(PostgresError) {
            guard let target = target(1) else { throw PostgresError(.decoding, "no target") }
            return DeliveryClaim(
                key: key(1, 14),
                call: DeliveryCall(step: .score, value: 10, claimedAt: now),
                target: target,
                lease: Identifier128(high: 0, low: 7)
            )
        }
    }
}
