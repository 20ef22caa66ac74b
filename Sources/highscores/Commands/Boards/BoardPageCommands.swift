import ArgumentParser
import JSON
import Leaderboards
import Scoring
import Web

extension BoardCommand {
    struct ShowCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "show",
            "Show a leaderboard from the top.",
            "highscores board show my_bot/tetris --limit 100",
            "the global leaderboard",
            "highscores board show tetris --window month --at 2026-02-01T00:00:00Z",
            "that of a past month",
            "highscores board show tetris --chat -3788475317572404878 --json",
            "that of a chat, as GET /v1/leaderboard gives it"
        )

        @OptionGroup var owner: BoardOwner
        @OptionGroup var page: BoardPageOptions

        func run() async throws {
            guard page.output.json else { return try await page.list(owner) }
            try page.print(try await page.read(owner, start: .top))
        }
    }
}

extension BoardCommand {
    struct AroundCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "around",
            "Show a player's entry with those around it.",
            "highscores board around tetris 5000000001",
            "on the global leaderboard",
            "highscores board around tetris 5000000001 --window week --limit 5",
            "on this week's"
        )

        @OptionGroup var owner: BoardOwner

        @Argument(help: "The player, by their Telegram id.", completion: .players)
        var player: Int64

        @OptionGroup var page: BoardPageOptions

        func validate() throws {
            guard player > 0 else { throw ValidationError("A player's id is a positive number.") }
        }

        func run() async throws {
            let found = try await page.read(owner, start: .around("\(player)"))
            guard found.lines.contains(where: { $0.playerID == "\(player)" }) else {
                throw CommandFailure(.notFound, "player \(player) is not on this leaderboard")
            }
            try page.print(found)
        }
    }
}

/// Which part of a leaderboard is looked at, and how it is shown.
struct BoardPageOptions: ParsableArguments {
    @Option(help: "The time over which runs count: all, day, week, month or season.")
    var window: WindowKind = .all

    @Option(
        help: ArgumentHelp(
            "A time in the window that is meant, such as 2026-03-01T12:00:00Z; now by default.",
            valueName: "time"
        )
    )
    var at: Instant?

    @Option(parsing: .unconditional, help: "How many entries.")
    var limit = 10

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (1...1_000_000).contains(limit) else {
            throw ValidationError("'--limit' takes a number from 1 to 1000000.")
        }
        guard !(output.json && output.fields != nil) else {
            throw ValidationError("'--json' prints the whole document; use '--ndjson' with '--fields'.")
        }
    }

    fileprivate func read(
        _ owner: BoardOwner,
        start: LeaderboardRequest.Start
    ) async throws -> LeaderboardPage {
        try await CommandContext().withBoards(owner) { service, game in
            try await service.leaderboard(request(owner, game, limit: limit, start: start))
        }
    }

    private func request(
        _ owner: BoardOwner,
        _ game: Game,
        limit: Int,
        start: LeaderboardRequest.Start
    ) -> LeaderboardRequest {
        LeaderboardRequest(
            viewer: .operator(game: game, chat: owner.chat),
            window: window,
            at: at,
            limit: limit,
            start: start
        )
    }

    /// Prints a leaderboard from the top, read page by page.
    ///
    /// The pages are those of the API, so no entry that did not move is left out. Programs get each line by itself, so
    /// that the leaderboard need not be in memory; a table has to be laid out as a whole.
    fileprivate func list(_ owner: BoardOwner) async throws {
        let names = try output.names(of: Self.columns)
        let isTable = !output.ndjson && StandardOutput.isTerminal
        let progress = Progress(
            "reading",
            of: limit,
            "entries",
            isShown: StandardError.takesStatus && (isTable || !StandardOutput.isTerminal)
                && limit > Self.pageSize
        )
        defer { progress.end() }
        let (records, shown, total) = try await CommandContext().withBoards(owner) {
            service,
            game -> ([Record], Int, Int) in
            var (records, shown, total) = ([Record](), 0, 0)
            var start = LeaderboardRequest.Start.top
            while shown < limit {
                try Task.checkCancellation()
                let page = try await service.leaderboard(
                    request(owner, game, limit: min(Self.pageSize, limit - shown), start: start)
                )
                if isTable {
                    records += page.lines.map(\.record)
                } else {
                    let text = page.lines.map { output.line($0.record.selecting(names)) }.joined()
                    guard try StandardOutput.write(text) else { return ([], limit, limit) }
                }
                (shown, total) = (shown + page.lines.count, page.total)
                progress.show(shown, of: min(limit, total))
                guard let next = page.next else { break }
                start = .cursor(next)
            }
            return (records, shown, total)
        }
        progress.end()
        if isTable { try output.print(records, columns: Self.columns) }
        Self.tell(shown: shown, of: total)
    }

    private static let pageSize = 2000
    private static let columns = ["rank", "score", "name", "username", "player", "achieved_at"]

    fileprivate func print(_ page: LeaderboardPage) throws {
        if output.json {
            try StandardOutput.write(page.document(includingChat: true) + [UInt8(ascii: "\n")])
            return
        }
        try output.print(page.lines.map(\.record), columns: Self.columns)
        Self.tell(shown: page.lines.count, of: page.total)
    }

    private static func tell(shown: Int, of total: Int) {
        if shown < total {
            remark("\(shown) of \(total) entries")
        } else if total == 0 {
            remark("nobody has a score on this leaderboard yet")
        }
    }
}

extension LeaderboardPage.Line {
    fileprivate var record: Record {
        Record([
            "rank": rank, "score": score, "name": name, "username": username, "player": playerID,
            "achieved_at": achievedAt,
        ])
    }
}
