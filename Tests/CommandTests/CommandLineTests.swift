import Application
import ArgumentParser
import BotAPI
import Leaderboards
import Postgres
import Operations
import Scoring
import Storage
import Testing

@testable import highscores

@Suite
struct CommandLineTests {
    private static func parse(_ arguments: String...) throws -> any ParsableCommand {
        try HighscoresCommand.parseAsRoot(arguments)
    }

    @Test func `a negative chat_instance is taken as it is`() throws {
        let command = try Self.parse(
            "board",
            "show",
            "tetris",
            "--chat",
            "-3788475317572404878",
            "--limit",
            "5"
        )
        let show = try #require(command as? BoardCommand.ShowCommand)
        #expect(show.owner.chat?.text == "-3788475317572404878")
        #expect(show.page.limit == 5)
    }

    @Test(arguments: [
        ("2f1c", true), ("2F1C7b0e-5d", true), ("2f1c7b0e-5d0a-4e61-9a37-0c5f2b8f1d11", true), ("2f1", false),
        ("2f1g7", false), ("2f1c7b0e-5d0a-4e61-9a37-0c5f2b8f1d111", false), ("", false), ("٢٢٢٢٢", false),
    ])
    func `a run goes by the beginning of its id`(text: String, isTaken: Bool) {
        #expect((NamedRun(argument: text) != nil) == isTaken)
    }

    @Test(arguments: [
        ("gmae list", "there is no 'highscores gmae'; did you mean 'highscores game'?"),
        ("review lst --wide", "there is no 'highscores review lst'; did you mean 'highscores review list'?"),
        (
            "review frobnicate x",
            "there is no 'highscores review frobnicate'; there are list, accept, refuse"
        ), ("review list --wide", nil), ("--frob", nil),
    ])
    func `who types a command that there is not is told which there are`(line: String, text: String?) {
        #expect(HighscoresCommand.suggestion(for: line.split(separator: " ").map(String.init)) == text)
    }

    @Test(arguments: [
        (String(repeating: "я", count: 500), true), ("пока 👨‍👩‍👧", true),
        (String(repeating: "x", count: 501), false),
        ("two\nlines", false), ("a\u{202E}b", false), ("a\u{0}b", false), ("a\u{2028}b", false),
    ])
    func `a reason is up to 500 visible characters, whatever it is for`(reason: String, isTaken: Bool) throws
    {
        let commands = [
            ["player", "ban", "1"], ["game", "set", "tetris", "--title", "T"], ["audit", "undo", "1"],
            ["score", "set", "2f1c7b0e-5d0a-4e61-9a37-0c5f2b8f1d11", "1"], ["key", "revoke", "1"],
            ["delivery", "retry"], ["import", "scores", "-"], ["game", "rebuild", "tetris"],
            ["review", "accept", "2f1c7b0e-5d0a-4e61-9a37-0c5f2b8f1d11"],
        ]
        for command in commands {
            let parsed = Result { try HighscoresCommand.parseAsRoot(command + ["--reason", reason]) }
            #expect(throws: Never.self) { try HighscoresCommand.parseAsRoot(command) }
            #expect(((try? parsed.get()) != nil) == isTaken, "\(command)")
        }
    }

    @Test func `a negative chat id is taken as it is`() throws {
        let command = try Self.parse("bot", "send-game", "tetris", "--chat", "-1001234567890")
        #expect((command as? BotCommand.SendGameCommand)?.chat.text == "-1001234567890")
    }

    @Test func `deliveries are chosen by game, chat, player and states`() throws {
        let command = try Self.parse(
            "delivery",
            "retry",
            "--game",
            "a/b",
            "--chat",
            "-5",
            "--player",
            "7",
            "--state",
            "dead",
            "--state",
            "no_target"
        )
        let choice = try #require(command as? DeliveryCommand.RetryCommand).selection
        #expect(
            choice.place.game == "a/b" && choice.place.chat?.text == "-5"
                && choice.place.player?.text == "7"
        )
        #expect(choice.state.map(\.rawValue) == ["dead", "no_target"])
    }

    @Test func `the settings of a game become changes`() throws {
        let command = try Self.parse(
            "game",
            "set",
            "tetris",
            "--title",
            "T",
            "--order",
            "lower",
            "--keep",
            "sum",
            "--zone",
            "UTC",
            "--telegram-score",
            "inverted:100",
            "--edit-message",
            "every:30",
            "--show-identity",
            "--no-public",
            "--min-score",
            "-1",
            "--max-score",
            "none",
            "--max-score-per-second",
            "2.5",
            "--min-seconds",
            "3",
            "--max-per-hour",
            "60",
            "--outcome",
            "max-score-per-second=hold",
            "--outcome",
            "max_per_hour=accept",
            "--shadow",
            "--score-format",
            "seconds",
            "--score-unit",
            "none"
        )
        var draft = GameDraft(bot: BotID(rawValue: 7), shortName: "t", title: "", url: "here")
        draft.isPublic = true
        draft.rules.bounds.maximum = 3
        draft.rules.scoreUnit = "m"
        let before = draft
        try #require(command as? GameCommand.SetCommand).settings.changes(url: nil).write(to: &draft)
        #expect(draft.url == before.url && draft.title == "T" && draft.rules.zone == "UTC")
        #expect(draft.rules.order == .lower && draft.rules.keep == .sum)
        #expect(draft.rules.telegramScore == .inverted(ceiling: 100))
        #expect(draft.rules.messageEdits == .every(seconds: 30))
        #expect(draft.rules.scoreFormat == .seconds && draft.rules.scoreUnit == nil)
        #expect(draft.showsIdentity && !draft.isPublic)
        let bounds = draft.rules.bounds
        #expect(bounds.outcomes == [.maximumPerSecond: .hold, .maximumPerHour: .accept])
        #expect(bounds.isShadow && bounds.maximumPerHour == 60)
        #expect(bounds.minimum == -1 && bounds.maximum == nil)
        #expect(bounds.maximumPerSecond == 2.5 && bounds.minimumSeconds == 3)
    }

    @Test(arguments: [true, false])
    func `a setting that is not named stays as it is`(flag: Bool) throws {
        let command = try #require(try Self.parse("game", "set", "tetris") as? GameCommand.SetCommand)
        var draft = GameDraft(bot: BotID(rawValue: 7), shortName: "t", title: "", url: "")
        (draft.isPublic, draft.showsIdentity, draft.rules.bounds.isShadow) = (flag, flag, flag)
        (draft.rules.bounds.minimum, draft.rules.bounds.outcomes) = (5, [.maximumPerHour: .hold])
        let before = draft.rules
        command.settings.changes(url: command.url).write(to: &draft)
        #expect(draft.rules == before && draft.isPublic == flag && draft.showsIdentity == flag)
    }

    @Test(arguments: [
        ["bogus"], ["game", "add", "a/b"], ["game", "set", "t", "--order", "best"],
        ["game", "prune"],
        ["game", "set", "t", "--max-score", "2147483648"],
        ["game", "set", "t", "--telegram-score", "inverted:0"],
        ["game", "set", "t", "--edit-message", "every:0"],
        ["game", "set", "t", "--outcome", "min-seconds"], ["game", "set", "t", "--outcome", "luck=hold"],
        ["game", "set", "t", "--outcome", "min-seconds=maybe"], ["game", "set", "t", "--max-per-hour", "x"],
        ["key", "create"], ["key", "create", "--label", "l"], ["key", "revoke"], ["key", "revoke", "x"],
        ["key", "revoke", "0"],
        ["review", "accept"], ["review", "refuse"], ["review", "accept", "7"],
        ["review", "list", "--state", "held", "--shadow"], ["review", "list", "--state", "lost"],
        ["review", "list", "--code", "too_good"], ["review", "list", "--limit", "0"],
        ["review", "refuse", "2f1c7b0e-5d0a-4e61-9a37-0c5f2b8f1d11", "--player", "5"],
        ["delivery", "list", "--state", "lost"], ["delivery", "list", "--limit", "0"],
        ["delivery", "retry", "--player", "0"], ["delivery", "drop", "--chat", "0"],
        ["board", "show", "t", "--chat", "0"], ["board", "show", "t", "--chat", "+5"],
        ["board", "show", "t", "--limit", "0"], ["board", "show", "t", "--at", "someday"],
        ["board", "show", "t", "--json", "--fields", "rank"], ["board", "show", "t", "--window", "year"],
        ["board", "around", "t"], ["board", "around", "t", "0"], ["board", "around", "t", "me"],
        ["board", "windows", "t", "--window", "year"],
        ["bot", "send-game", "t", "--chat", "0"], ["bot", "send-game", "t"], ["bot", "list", "--limit", "0"],
        ["webhook", "info", "--limit", "0"], ["migrate", "status", "--limit", "0"],
        ["import", "games", "-", "--plan", "x"], ["import", "games", "-", "--max-rows", "-1"],
        ["serve", "--listen", "8080"],
        ["simulator", "--faults", "all hang"], ["simulator", "--faults", "@/nowhere"],
        ["simulator", "--empty", "--game", "t"], ["completions", "tcsh"],
        ["game", "list", "--json", "--ndjson"],
        ["score", "list", "--game", "t", "--limit", "0"], ["score", "get", "5"],
        ["score", "remove"], ["score", "remove", "--game", "t"], ["score", "remove", "--player", "5"],
        ["score", "remove", "0f3c1e52-6a0b-4d8e-9f21-7c5d3b2a1e00", "--player", "5"],
        ["score", "set", "0f3c1e52-6a0b-4d8e-9f21-7c5d3b2a1e00", "1e3"],
        ["score", "set", "0f3c1e52-6a0b-4d8e-9f21-7c5d3b2a1e00", "2147483648"],
        ["score", "submit", "t", "--player", "5"], ["player", "ban"], ["player", "ban", "zoe"],
        ["player", "ban", "5", "--game", "t", "--bot", "b"], ["player", "ban", "5", "--max-rows", "-1"],
        ["player", "ban", "5", "--plan", "x"], ["player", "erase", "0"], ["audit", "undo", "0"],
        ["audit", "list", "--since", "soon"],
    ])
    func `a wrong usage ends with code 2`(_ arguments: [String]) async {
        #expect(await HighscoresCommand.status(of: arguments) == .usage)
    }

    static let commands: [any ParsableCommand.Type] = {
        func leaves(_ command: any ParsableCommand.Type) -> [any ParsableCommand.Type] {
            [command] + command.configuration.subcommands.flatMap(leaves)
        }
        return leaves(HighscoresCommand.self)
    }()

    @Test(arguments: commands.indices)
    func `every command explains itself with two examples in lines of 80 characters`(_ index: Int) {
        let command = Self.commands[index]
        let help = HighscoresCommand.helpMessage(for: command, columns: 80)
        let examples = command.configuration.discussion.split(separator: "\n").filter {
            $0.contains("highscores ")
        }
        #expect(!command.configuration.abstract.isEmpty)
        #expect(examples.count >= 2, "\(command)")
        for line in command.configuration.discussion.split(separator: "\n") {
            #expect(line.count <= 80, "\(line)")
        }
        #expect(help.contains("EXAMPLES"))
    }

    @Test func `there are completions for three shells`() {
        for shell in [CompletionShell.bash, .zsh, .fish] {
            #expect(HighscoresCommand.completionScript(for: shell).contains("send-game"))
        }
    }

    static let errors: [(error: any Error, status: highscores.ExitStatus)] = [
        (SettingsError("A", "b", example: "c"), .usage),
        (OperationError.invalid(""), .usage),
        (OperationError.notFound(""), .notFound),
        (OperationError.ambiguous(name: "", candidates: []), .usage),
        (OperationError.conflict(""), .conflict),
        (OperationError.database(PostgresError(.connectionFailed, "")), .temporary),
        (PostgresError(.invalidConfiguration, ""), .usage),
        (PostgresError(.poolTimeout, ""), .temporary),
        (PostgresError(.migration, ""), .conflict),
        (PostgresError(.cancelled, ""), .interrupted),
        (PostgresError(.decoding, ""), .failed),
        (Scoring.Refusal.noSuchWindow(""), .notFound),
        (Scoring.Refusal.unknownParameterValue(""), .usage),
        (Scoring.Refusal.databaseUnavailable, .temporary),
        (Scoring.Refusal.internal(""), .failed),
        (BotCallError(method: "", answer: .retryAfter(seconds: 1)), .temporary),
        (BotCallError(method: "", answer: .chatGone(detail: "")), .notFound),
        (BotCallError(method: "", answer: .chatForbidden(detail: "")), .notAllowed),
        (BotCallError(method: "", answer: .unauthorized(detail: "")), .notAllowed),
        (BotCallError(method: "", answer: .invalidRequest(detail: "")), .failed),
        (CommandFailure(.partly, ""), .partly),
        (CancellationError(), .interrupted),
    ]

    @Test(arguments: errors.indices)
    func `each error has its exit code`(_ index: Int) {
        let (error, status) = Self.errors[index]
        #expect(highscores.ExitStatus(of: error) == status)
    }

    @Test func `an error's text is readable and holds no control characters`() {
        let error = PostgresError(.connectionFailed, "refused\n\tIs it running?")
        #expect(text(of: error).hasSuffix("refused Is it running?"))
        #expect(text(of: CommandFailure(.failed, "a\u{1B}b\nc")) == "a\\u{1b}b\nc")
    }
}
