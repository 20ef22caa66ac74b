import Leaderboards
import Logging
import Postgres
import Operations
import Scoring
import Storage
import TestSupport
import Testing

@testable import Application

extension ScratchTemplate {
    /// A database with the schema and nothing in it.
    fileprivate static let schema = ScratchServer.template("application_schema") { pool in
        _ = try await Schema.migrations().apply(pool)
    }
}

@Suite(.scratchDatabase(.schema))
struct AdministrationTests {
    private let arcade = BotRecord(id: BotID(rawValue: 7), username: "Arcade_Bot")
    private let other = BotRecord(id: BotID(rawValue: 8), username: "other_bot")

    private var administration: Administration {
        Administration(pool: ScratchDatabase.current.pool, actor: "ada")
    }

    private func changes(_ change: (inout GameChanges) -> Void = { _ in }) -> GameChanges {
        var changes = GameChanges()
        changes.set(\.url, to: "https://play.example.com/")
        change(&changes)
        return changes
    }

    // MARK: - Finding

    @Test(arguments: ["tetris", "arcade_bot/tetris", "ARCADE_BOT/tetris", "@Arcade_Bot/tetris", "7/tetris"])
    func `a game is found by every name that people use`(_ name: String) async throws {
        let added = try await administration.addGame("tetris", of: arcade, changes())
        _ = try await administration.addGame("snake", of: arcade, changes())
        #expect(try await administration.game(named: name) == added)
    }

    @Test(arguments: ["Tetris", "other_bot/tetris", "8/tetris", "nothing"])
    func `a game that is not there is not found`(_ name: String) async throws {
        _ = try await administration.addGame("tetris", of: arcade, changes())
        let error = try await #require(throws: OperationError.self) {
            try await administration.game(named: name)
        }
        guard case .notFound(let text) = error else { return #expect(Bool(false), "\(error)") }
        #expect(text.contains("'\(name)'"))
    }

    @Test(arguments: ["", "/tetris", "arcade_bot/", "a/b/c"])
    func `what is no name is refused`(_ name: String) async throws {
        let error = try await #require(throws: OperationError.self) {
            try await administration.game(named: name)
        }
        guard case .invalid = error else { return #expect(Bool(false), "\(error)") }
    }

    @Test func `a name of two games lists both`() async throws {
        _ = try await administration.addGame("tetris", of: arcade, changes())
        _ = try await administration.addGame("tetris", of: other, changes())
        let error = try await #require(throws: OperationError.self) {
            try await administration.game(named: "tetris")
        }
        #expect("\(error)".contains("Arcade_Bot/tetris or other_bot/tetris"))
        #expect(try await administration.game(named: "8/tetris").bot == other.id)
    }

    // MARK: - Adding

    @Test func `an added game has the settings asked for, its bot and a row in the audit`() async throws {
        let added = try await administration.addGame(
            "sprint",
            of: arcade,
            changes {
                $0.set(\.title, to: "Sprint 🏃")
                $0.set(\.rules.order, to: .lower)
                $0.set(\.rules.telegramScore, to: .inverted(ceiling: 100_000))
                $0.set(\.rules.zone, to: "Europe/Berlin")
                $0.set(\.rules.bounds.minimumSeconds, to: 1.5)
                $0.set(\.rules.bounds.maximum, to: 99_999)
                $0.set(\.isPublic, to: true)
            },
            reason: "new"
        )
        let game = try await administration.game(named: "sprint")
        #expect(added == game)
        #expect(game.name == "Arcade_Bot/sprint")
        #expect(game.title == "Sprint 🏃")
        #expect(game.rules.order == .lower)
        #expect(game.rules.telegramScore == .inverted(ceiling: 100_000))
        #expect(game.rules.zone == "Europe/Berlin")
        #expect(game.rules.bounds == ScoreBounds(maximum: 99_999, minimumSeconds: 1.5))
        #expect(game.isPublic && game.isEnabled && !game.showsIdentity)
        #expect(try await administration.bots() == [arcade])
        let audit = try await auditRows()
        #expect(audit.map(\.action) == ["ada game.add Arcade_Bot/sprint new"])
        #expect(audit.map(\.order) == ["nil to lower"])
    }

    @Test(arguments: ["http://localhost:8080/game", "http://127.0.0.1/", "http://[::1]:80?a=b"])
    func `a game on this machine may be http`(_ url: String) async throws {
        let added = try await administration.addGame("tetris", of: arcade, changes { $0.set(\.url, to: url) })
        #expect(added.url == url)
    }

    @Test func `a game of the test environment may be http, and its other settings can be changed anywhere`()
        async throws
    {
        let testing = Administration(pool: ScratchDatabase.current.pool, actor: "ada", takesPlainHTTP: true)
        let url = "http://play.example.com/"
        let game = try await testing.addGame("tetris", of: arcade, changes { $0.set(\.url, to: url) })
        var titled = GameChanges()
        titled.set(\.title, to: "Another")
        #expect(try await administration.setGame(game, titled).games?.now.url == url)
        await #expect(throws: OperationError.self) {
            try await administration.setGame(game, changes { $0.set(\.url, to: url) })
        }
    }

    @Test func `a game that is there already is a conflict and stays as it is`() async throws {
        _ = try await administration.addGame("tetris", of: arcade, changes())
        let error = try await #require(throws: OperationError.self) {
            try await administration.addGame("tetris", of: arcade, changes { $0.set(\.title, to: "Another") })
        }
        guard case .conflict = error else { return #expect(Bool(false), "\(error)") }
        #expect(try await administration.games().map(\.title) == ["tetris"])
        #expect(try await auditRows().count == 1)
    }

    @Test func `a dry run of adding leaves nothing`() async throws {
        let change = try await administration.addGame("tetris", of: arcade, changes(), isDryRun: true)
        #expect(change.name == "Arcade_Bot/tetris")
        #expect(try await administration.games().isEmpty)
        #expect(try await administration.bots().isEmpty)
        #expect(try await auditRows().isEmpty)
    }

    static let impossible: [(says: String, name: String, change: @Sendable (inout GameChanges) -> Void)] = [
        ("64", "", { _ in }),
        ("64", String(repeating: "x", count: 65), { _ in }),
        ("slashes", "a/b", { _ in }),
        ("slashes", "a b", { _ in }),
        ("URL", "g", { $0.set(\.url, to: "") }),
        ("URL", "g", { $0.set(\.url, to: "ftp://play.example.com") }),
        ("URL", "g", { $0.set(\.url, to: "https://play.example.com/a b") }),
        ("URL", "g", { $0.set(\.url, to: "https:///path") }),
        ("URL", "g", { $0.set(\.url, to: "https://x/" + String(repeating: "y", count: 2000)) }),
        ("TELEGRAM_API_TEST", "g", { $0.set(\.url, to: "http://play.example.com/") }),
        ("TELEGRAM_API_TEST", "g", { $0.set(\.url, to: "HTTP://127.0.0.1.play.example.com/") }),
        ("TELEGRAM_API_TEST", "g", { $0.set(\.url, to: "http://127.0.0.1:80@play.example.com/") }),
        ("TELEGRAM_API_TEST", "g", { $0.set(\.url, to: "http://localhost.example.com") }),
        ("title", "g", { $0.set(\.title, to: " ") }),
        ("title", "g", { $0.set(\.title, to: "a\u{0}b") }),
        ("Mars/Olympus", "g", { $0.set(\.rules.zone, to: "Mars/Olympus") }),
        ("GMT+5", "g", { $0.set(\.rules.zone, to: "GMT+5") }),
        ("--telegram-score", "g", { $0.set(\.rules.order, to: .lower) }),
        (
            "worst first", "g",
            {
                $0.set(\.rules.order, to: .lower); $0.set(\.rules.telegramScore, to: .same)
            }
        ),
        ("--telegram-score", "g", { $0.set(\.rules.keep, to: .sum) }),
        ("--telegram-score", "g", { $0.set(\.rules.keep, to: .latest) }),
        (
            "above max-score", "g",
            {
                $0.set(\.rules.bounds.minimum, to: 2); $0.set(\.rules.bounds.maximum, to: 1)
            }
        ),
        ("below 0", "g", { $0.set(\.rules.bounds.minimum, to: -1) }),
        ("below 0", "g", { $0.set(\.rules.bounds.maximum, to: -1) }),
        ("above 0", "g", { $0.set(\.rules.bounds.maximumPerSecond, to: 0) }),
        ("above 0", "g", { $0.set(\.rules.bounds.maximumPerSecond, to: .infinity) }),
        ("from 0", "g", { $0.set(\.rules.bounds.minimumSeconds, to: -.leastNonzeroMagnitude) }),
        ("from 0", "g", { $0.set(\.rules.bounds.minimumSeconds, to: .nan) }),
    ]

    @Test(arguments: impossible.indices)
    func `a game that cannot be is refused before anything is written`(_ index: Int) async throws {
        let impossible = Self.impossible[index]
        let error = try await #require(throws: OperationError.self) {
            try await administration.addGame(impossible.name, of: arcade, changes(impossible.change))
        }
        guard case .invalid(let text) = error else { return #expect(Bool(false), "\(error)") }
        #expect(text.contains(impossible.says))
        #expect(try await administration.bots().isEmpty)
    }

    // MARK: - Changing

    @Test func `a change shows what differs, is audited and lets the rest alone`() async throws {
        let game = try await administration.addGame(
            "tetris",
            of: arcade,
            changes { $0.set(\.rules.bounds.maximum, to: 10) }
        )
        var changed = GameChanges()
        changed.set(\.rules.bounds.maximum, to: .some(nil))
        changed.set(\.title, to: "Tetris")
        changed.set(\.isPublic, to: false)
        let change = try await administration.setGame(game, changed, terms: ChangeTerms(reason: "why"))
        #expect(change.settings.map(\.name) == ["title", "max_score"])
        #expect(change.settings.map(\.before) == [.text("tetris"), .integer(10)])
        #expect(change.settings.map(\.after) == [.text("Tetris"), .none])
        #expect(try await administration.game(named: "tetris") == change.games?.now)
        #expect(change.games?.now.url == game.url)
        #expect(try await auditRows().map(\.action).last == "ada game.set Arcade_Bot/tetris why")
    }

    @Test func `a change to what is there already writes nothing`() async throws {
        let game = try await administration.addGame("tetris", of: arcade, changes())
        let change = try await administration.setGame(game, changes())
        #expect(change.settings.isEmpty)
        #expect(try await auditRows().count == 1)
    }

    @Test func `a dry run of a change shows it and leaves nothing`() async throws {
        let game = try await administration.addGame("tetris", of: arcade, changes())
        var changed = GameChanges()
        changed.set(\.isEnabled, to: false)
        let change = try await administration.setGame(game, changed, terms: ChangeTerms(isDryRun: true))
        #expect(change.settings.map(\.name) == ["enabled"])
        #expect(try await administration.game(named: "tetris") == game)
        #expect(try await auditRows().count == 1)
    }

    @Test func `order and keep change until retention has dropped runs`() async throws {
        let game = try await administration.addGame("tetris", of: arcade, changes())
        try await addEntry(to: game)
        #expect(try await administration.use(of: game) == GameUse(players: 1, chats: 0))
        var changed = GameChanges()
        changed.set(\.rules.order, to: .lower)
        changed.set(\.rules.keep, to: .latest)
        changed.set(\.rules.telegramScore, to: .off)
        let change = try await administration.setGame(game, changed)
        let rules = try #require(change.games?.now.rules)
        #expect(rules.order == .lower && rules.keep == .latest)
        // The log knows nothing of the entry.
        #expect(change.rebuild.entriesRemoved == 1)

        try await ScratchDatabase.current.pool.withSession { session throws(PostgresError) in
            _ = try session.execute("UPDATE games SET log_whole_from = now()")
        }
        let whole = try await administration.game(named: "tetris")
        changed.set(\.rules.order, to: .higher)
        let error = try await #require(throws: OperationError.self) {
            try await administration.setGame(whole, changed)
        }
        guard case .conflict(let text) = error else { return #expect(Bool(false), "\(error)") }
        #expect(text.contains("'order'"))
        #expect(try await administration.game(named: "tetris") == whole)

        var allowed = GameChanges()
        allowed.set(\.rules.bounds.maximum, to: 5)
        #expect(try await administration.setGame(whole, allowed).settings.map(\.name) == ["max_score"])
    }

    @Test func `a database without the schema says what to run`() async throws {
        try await ScratchDatabase.current.pool.withSession { session throws(PostgresError) in
            try session.script("DROP TABLE schema_migrations")
        }
        var settings = Settings()
        settings.databaseURL = ScratchDatabase.current.url
        let error = try await #require(throws: OperationError.self) {
            try await settings.withPool(
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            ) { _ in }
        }
        #expect("\(error)".contains("'highscores migrate up'"))
    }

    // MARK: - Helpers

    private func auditRows() async throws -> [(action: String, order: String)] {
        try await ScratchDatabase.current.pool.withSession { session throws(PostgresError) in
            try session.query(
                """
                SELECT concat_ws(' ', actor, action, subject, reason),
                       coalesce(before->>'order', 'nil') || ' to ' || (after->>'order')
                FROM audit ORDER BY audit_id
                """
            ).decode(String.self, String.self).map { (action: $0.0, order: $0.1) }
        }
    }

    private func addEntry(to game: Game) async throws {
        try await ScratchDatabase.current.pool.withSession { session throws(PostgresError) in
            _ = try session.execute(
                """
                WITH board AS (
                    INSERT INTO boards (game_id, window_kind, label, entries)
                    VALUES (\(game.id), 'all', '', 1) RETURNING board_id
                )
                INSERT INTO entries (game_id, board_id, player_id, score_key, achieved_at, run_id)
                SELECT \(game.id), board_id, 1, 1, now(), gen_random_uuid() FROM board
                """
            )
        }
    }
}
