import ArgumentParser
import JSON
import Leaderboards
import Postgres
import Operations
import Storage

struct ScoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        "score",
        "Look at submitted scores and correct them.",
        "highscores score list --game tetris --player 5000000001",
        "everything that one player submitted",
        "highscores score get 0f3c1e52-6a0b-4d8e-9f21-7c5d3b2a1e00",
        "why one run is, or is not, on each leaderboard",
        "highscores score remove --game tetris --player 5000000001 --score-over 9000",
        "cheated scores; the best of what remains takes their places",
        subcommands: [
            ListCommand.self, GetCommand.self, SubmitCommand.self, SetCommand.self, RemoveCommand.self,
            RestoreCommand.self,
        ]
    )

    struct ListCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "list",
            "List runs, the latest first: all, or those of a game, a chat or a player.",
            "highscores score list --player @zoe --since yesterday",
            "the latest runs of one player in all games",
            "highscores score list --game tetris --chat -3788475317572404878",
            "what was played in one chat"
        )

        @OptionGroup var filter: RunFilterOptions

        @OptionGroup var list: ListLimit

        @OptionGroup var output: OutputOptions

        func run() async throws {
            let found = try await CommandContext().withAdministration { administration in
                let found = try await filter.find(administration)
                return try await administration.runs(found.runs, of: found.games, limit: list.limit)
            }
            try list.print(found.map { Record($0.run, of: $0.game) }, columns: Record.runColumns, output)
        }
    }

    struct GetCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "get",
            "Tell why a run is, or is not, on each of its leaderboards, board by board.",
            "highscores score get 0f3c1e52-6a0b-4d8e-9f21-7c5d3b2a1e00",
            "the run's id is the run_id of the answer, or in 'score list'",
            "highscores score get 0f3c1e52-6a0b-4d8e-9f21-7c5d3b2a1e00 --json",
            "with everything that was submitted",
            "highscores score get 0f3c1e52-6a0b-4d8e-9f21-7c5d3b2a1e00 --board daily",
            "on one board; without it on all that the run feeds",
            more: """
                VERDICTS
                  on_board  the entry is this run's
                  summed    it is part of the sum that is the entry
                  bettered  a better run of the player, or an earlier equal one, is the entry
                  replaced  a later run of the player is the entry
                  held      it waits for review
                  refused   the game's rules or a reviewer refused it
                  removed   an operator took it off
                  banned    the player may not play the game
                  missing   'game rebuild' puts the leaderboard right
                """
        )

        @Argument(help: ArgumentHelp("The run: its id, or the beginning of it.", valueName: "run-id"))
        var run: NamedRun

        @Option(help: "Its game, which spares looking through the others.")
        var game: String?

        @OptionGroup var board: BoardOption
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let found = try await CommandContext().withAdministration { administration in
                let place = game == nil ? nil : try await administration.find(board.name(of: game), nil).game
                return try await administration.explain(
                    run.find(administration),
                    of: place,
                    board: board.board
                )
            }
            let columns = [
                "board", "scope", "window", "label", "verdict", "why", "rank", "entry_score", "entry_run",
                "ended_at",
            ]
            let places = found.flatMap { found in found.places.map { Record($0, found) } }
            let records = found.map { Record($0.run, of: $0.game) }
            if output.json {
                let names = try output.names(of: columns)
                var writer = JSONWriter()
                writer.object { writer in
                    writer.member("schema", documentSchema)
                    writer.key("run")
                    records[0].write(to: &writer)
                    // One for each board that the run feeds, the game's own first.
                    writer.key("runs")
                    writer.array { for record in records { record.write(to: &$0) } }
                    writer.key("boards")
                    writer.array { for place in places { place.selecting(names).write(to: &$0) } }
                }
                try StandardOutput.write(writer.text + "\n")
                return
            }
            try output.print(places, columns: columns)
            for found in found { for line in found.words { remark(line) } }
        }
    }
}

/// Which runs a command is about.
struct RunFilterOptions: ParsableArguments {
    @Option(help: "The game: BOT/SHORT_NAME, or SHORT_NAME where only one bot has it.", completion: .games)
    var game: String?

    @OptionGroup var board: BoardOption

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Only those played in this chat: chat_instance, chat id or title.",
            valueName: "chat"
        )
    )
    var chat: NamedChat?

    @Option(help: ArgumentHelp("Only those of this player: Telegram's id or @username.", valueName: "player"))
    var player: NamedPlayer?

    @OptionGroup var time: TimeRange

    @Option(help: ArgumentHelp("Only those with a higher score.", valueName: "score"))
    var scoreOver: Score?

    /// Whether nothing but the game is said.
    var isOpen: Bool { chat == nil && player == nil && time.isOpen && scoreOver == nil }

    /// What was chosen, the games that it is for, and the chat and the player by what they are called.
    func find(_ administration: Administration) async throws -> (
        runs: RunFilter, games: [Game], chat: ChatRecord?, player: PlayerProfile?
    ) {
        var filter = RunFilter()
        let player = try await self.player?.find(administration)
        (filter.player, filter.since, filter.until) = (player?.id, time.since, time.until)
        filter.scoreOver = scoreOver?.value
        let found = try await administration.find(board.name(of: game), chat)
        filter.chat = found.chat?.id
        if let game = found.game { return (filter, [game], found.chat, player) }
        let games = try await administration.gamesWithBoards()
        let ofBot = found.chat.map { chat in games.filter { $0.bot == chat.bot.id } } ?? games
        return (filter, ofBot, found.chat, player)
    }
}

extension Record {
    fileprivate static let runColumns = [
        "run", "game", "chat", "player", "name", "score", "submitted", "status", "outcome", "reasons",
        "started_at",
        "accepted_at",
    ]

    /// A run with what operators look at.
    fileprivate init(_ run: RunRecord, of game: Game) {
        let state = run.state
        let verdict = RunVerdict(state, isBanned: run.isBanned, entry: nil, keep: .best)
        self.init([
            "run": state.key.run, "game": game.name, "chat": run.chat, "player": state.player,
            "name": run.playerName, "score": state.score.value, "submitted": run.submitted.value,
            // Whatever is no obstacle counts.
            "status": verdict == .missing ? "counts" : verdict.rawValue, "outcome": state.outcome.name,
            "reasons": run.reasons, "started_at": state.startedAt, "accepted_at": state.acceptedAt,
            "metadata": run.metadata.map { FieldValue.json($0.text) },
        ])
    }

    fileprivate init(_ place: RunExplanation.Place, _ found: RunExplanation) {
        let score = place.entry.map { found.game.rules.score(ofScoreKey: $0.sortKey.scoreKey) }
        self.init([
            "board": found.game.board, "scope": place.board.chat == nil ? "global" : "chat",
            "window": place.board.window.rawValue,
            "label": place.board.label, "verdict": place.verdict.rawValue,
            "why": Self.reason(place, found, score), "rank": place.rank, "entry_score": score,
            "entry_run": place.entry?.run, "ended_at": place.endedAt,
        ])
    }

    private static func reason(_ place: RunExplanation.Place, _ found: RunExplanation, _ score: Int64?)
        -> String
    {
        switch place.verdict {
        case .onBoard: place.endedAt == nil ? "it is the entry" : "it is the entry; the window is over"
        case .summed: "it is part of the sum"
        case .bettered: "bettered by \(score ?? 0)"
        case .replaced: "replaced by \(score ?? 0)"
        case .held: "it waits for review: \(found.brokenRules.joined(separator: ", "))"
        case .refused where found.run.state.outcome == .held || found.run.reasons.isEmpty:
            "a reviewer refused it"
        case .refused: "refused: \(found.brokenRules.joined(separator: ", "))"
        case .removed: "an operator removed it"
        case .banned: "the player is banned"
        case .missing: "the leaderboard is not as the log says"
        }
    }
}
