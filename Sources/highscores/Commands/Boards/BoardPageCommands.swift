import ArgumentParser
import JSON
import Leaderboards
import Operations
import Scoring
import Storage
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
            let found = try await CommandContext().withBoards { service, administration in
                try await service.leaderboard(page.request(owner, administration, start: .top))
            }
            try page.print(found)
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

        @Argument(help: "The player: Telegram's id or @username.")
        var player: NamedPlayer

        @OptionGroup var page: BoardPageOptions

        func run() async throws {
            let (found, player) = try await CommandContext().withBoards { service, administration in
                let player = try await self.player.find(administration)
                let request = try await page.request(owner, administration, start: .around("\(player.id)"))
                return (try await service.leaderboard(request), player)
            }
            guard found.lines.contains(where: { $0.playerID == "\(player.id)" }) else {
                throw CommandFailure(.notFound, "player \(player.words) is not on this leaderboard")
            }
            try page.print(found, marking: "\(player.id)")
        }
    }
}

extension BoardCommand {
    struct WatchCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "watch",
            "Draw a leaderboard from the top, anew as it changes, until Ctrl-C.",
            "highscores board watch tetris",
            "the global leaderboard",
            "highscores board watch tetris --chat 'Friday Arcade' --window day",
            "today's of a chat; in a pipe it is shown once, as by 'board show'"
        )

        @OptionGroup var owner: BoardOwner
        @OptionGroup var page: BoardPageOptions

        func run() async throws {
            try await CommandContext().withBoards { service, administration in
                let request = try await page.request(owner, administration, start: .top)
                guard StandardOutput.canRedraw, !page.output.json, !page.output.ndjson else {
                    return try page.print(try await service.leaderboard(request))
                }
                try await StandardOutput.redraw { try page.text(of: try await service.leaderboard(request)) }
            }
        }
    }
}

/// Which part of a leaderboard is looked at, and how it is shown.
struct BoardPageOptions: ParsableArguments {
    @Option(help: "The time over which runs count: all, day, week, month or season.")
    var window: WindowKind = .all

    @Option(
        help: ArgumentHelp(
            "A time in the window that is meant, or the label of one; now by default.",
            valueName: "time"
        )
    )
    var at: String?

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
        guard let at, Instant(argument: at) == nil, Int(at) == nil || window != .season else { return }
        throw ValidationError(
            "'--at' takes a time, \(Instant.spellings), or a label that 'board windows' prints."
        )
    }

    /// The question for a leaderboard, or a part of it.
    fileprivate func request(
        _ owner: BoardOwner,
        _ administration: Administration,
        start: LeaderboardRequest.Start
    ) async throws -> LeaderboardRequest {
        let (game, chat) = try await owner.find(administration)
        if let chat, chat.instances.isEmpty {
            throw CommandFailure(.notFound, "nobody has pressed a button in chat \(chat.words) yet")
        }
        return LeaderboardRequest(
            viewer: .operator(game: game, chat: chat?.instances.first),
            board: game.board,
            window: window,
            at: try at.flatMap { try moment($0, by: game.rules.calendar(zone: chat?.zone)) },
            limit: limit,
            start: start
        )
    }

    /// The beginning of the window of a label, by the clocks of those who play, or a time.
    private func moment(_ text: String, by calendar: WindowCalendar) -> Instant? {
        for kind in [window, .day, .week, .month] where kind != .all {
            if let interval = calendar.interval(kind, labelled: text) { return interval.from }
        }
        return Instant(argument: text)
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
        let (records, shown, total) = try await CommandContext().withBoards {
            service,
            administration -> ([Record], Int, Int) in
            var (records, shown, total) = ([Record](), 0, 0)
            var request = try await self.request(owner, administration, start: .top)
            if !isTable { try StandardOutput.write(output.head(Self.columns)) }
            while shown < limit {
                try Task.checkCancellation()
                request.limit = min(Self.pageSize, limit - shown)
                let page = try await service.leaderboard(request)
                if isTable {
                    records += page.lines.map(\.record)
                } else {
                    let text = page.lines.map { output.line($0.record.selecting(names)) }.joined()
                    guard try StandardOutput.write(text) else { return ([], limit, limit) }
                }
                (shown, total) = (shown + page.lines.count, page.total)
                progress.show(shown, of: min(limit, total))
                guard let next = page.next else { break }
                request.start = .cursor(next)
            }
            return (records, shown, total)
        }
        progress.end()
        if isTable { try output.print(records, columns: Self.columns) }
        Self.tell(shown: shown, of: total)
    }

    private static let pageSize = 2000
    private static let columns = ["rank", "score", "name", "username", "player", "achieved_at"]

    /// Prints a page; in lists, who was asked for is marked.
    fileprivate func print(_ page: LeaderboardPage, marking player: String? = nil) throws {
        if output.json {
            try StandardOutput.write(page.document(includingChat: true) + [UInt8(ascii: "\n")])
            return
        }
        let records = page.lines.map { line -> Record in
            guard let player else { return line.record }
            return line.record + ["asked": line.playerID == player ? true : nil]
        }
        try output.print(records, columns: Self.columns + (player == nil ? [] : ["asked"]))
        Self.tell(shown: page.lines.count, of: page.total)
    }

    /// A page as a person sees it, with its name.
    fileprivate func text(of page: LeaderboardPage) throws -> String {
        let place = page.chat.map { "chat \($0)" } ?? "global"
        let head =
            "\(page.game.name), \(place), \(page.board.window.rawValue): \(counted(page.total, "entry", "entries"))"
        return try "\(head)\n\n"
            + output.text(of: page.lines.map(\.record), columns: Self.columns, for: .current)
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
