import Leaderboards
import Storage
import TestSupport
import Tokens

@testable import Scoring

/// Streams by what they show, with clocks that stand still until they are moved.
struct Desk {
    static let access = access()
    static let topic = BoardTopic(access)

    var groups: WatchGroups
    var time = Instant(milliseconds: 1_772_366_400_000)
    /// Which chat a topic is about, once there is one.
    var chats: [BoardTopic: Int64] = [:]
    /// Readings that were begun and are not over.
    private(set) var begun: [WatchReading] = []
    private var now = ContinuousClock.now

    init(_ limits: WatchLimits = WatchLimits()) {
        groups = WatchGroups(limits: limits)
        groups.connected()
    }

    static func access(game: Int64 = 1, chat: Int64? = 5) -> BoardAccess {
        BoardAccess(
            bot: BotID(rawValue: 7),
            game: GameID(rawValue: game),
            player: PlayerID(rawValue: 11),
            chatInstance: chat.map { ChatInstance(rawValue: $0) },
            expiresAt: Instant(milliseconds: .max)
        )
    }

    static func game(_ id: GameID, title: String = "Tetris") -> Game {
        .sample(id: id.rawValue, title: title)
    }

    // MARK: - Streams

    /// One stream, read when the test says so.
    struct Stream {
        let id: Int
        let topic: BoardTopic
        let watch: BoardWatch

        /// What it was told since the last look: totals of pages, `.` for a sign of life, `end`, refusals, `closed`.
        var taken: [String] {
            var words: [String] = []
            while let item = watch.takeNow() {
                switch item {
                case .page(let page): words.append("\(page.page.total)")
                case .pulse: words.append(".")
                case .end(let refusal): words.append(refusal.map { "\($0)" } ?? "end")
                case nil: return words + ["closed"]
                }
            }
            return words
        }
    }

    mutating func open(
        _ topic: BoardTopic = Desk.topic,
        expiresIn time: Duration = .seconds(1_000_000)
    ) throws(Refusal) -> Stream {
        let watch = BoardWatch()
        let id = try groups.open(topic, expiresAt: self.time + time, watch: watch, now: now)
        return Stream(id: id, topic: topic, watch: watch)
    }

    mutating func close(_ stream: Stream) { groups.close(stream.id, of: stream.topic) }

    mutating func changed(_ chats: [Int64] = [5], includesGlobal: Bool = false) {
        groups.boardsChanged(
            BoardsChange(
                game: GameID(rawValue: 1),
                chats: Set(chats.map { ChatID(rawValue: $0) }),
                includesGlobal: includesGlobal
            )
        )
    }

    // MARK: - Time and readings

    @discardableResult
    mutating func advance(by duration: Duration = .zero) -> [WatchReading] {
        now += duration
        time = time + duration
        let (readings, messages) = groups.advance(now: now, time: time)
        for (watcher, event) in messages { watcher.post(event) }
        begun += readings
        return readings
    }

    mutating func finish(_ reading: WatchReading, total: Int, to end: Instant? = nil) {
        groups.resolved(reading, to: chats[reading.topic].map { ChatID(rawValue: $0) })
        finishReading(reading, total: total, to: end)
    }

    /// Ends a reading whose chat was told already.
    mutating func finishReading(_ reading: WatchReading, total: Int, to end: Instant? = nil) {
        finish(reading, .success(Self.page(reading.topic, total: total, to: end)))
    }

    mutating func finish(_ reading: WatchReading, failing refusal: Refusal) {
        finish(reading, .failure(refusal))
    }

    private mutating func finish(_ reading: WatchReading, _ result: Result<LeaderboardPage, Refusal>) {
        begun.removeAll { $0 == reading }
        for (watcher, event) in groups.finish(reading, result, now: now) { watcher.post(event) }
    }

    mutating func finishAll(total: Int) {
        for reading in begun { finish(reading, total: total) }
    }

    /// Lets time pass and carries out everything that is to be read.
    mutating func readAll(after duration: Duration = .zero, total: Int) {
        advance(by: duration)
        repeat { finishAll(total: total) } while !advance().isEmpty
    }

    private static func page(_ topic: BoardTopic, total: Int, to end: Instant?) -> LeaderboardPage {
        LeaderboardPage(
            game: game(topic.game),
            chat: topic.chat,
            board: BoardKind(scope: topic.scope, window: topic.window),
            from: nil,
            to: end,
            zone: "UTC",
            isFinal: false,
            order: game(topic.game).rules.order,
            total: total,
            lines: [],
            me: .nobody,
            next: nil,
            previous: nil,
            showsIdentity: false
        )
    }
}
