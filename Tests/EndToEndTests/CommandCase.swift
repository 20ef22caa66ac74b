/// A command of the tree with arguments that the scene makes sense of.
struct CommandCase: Sendable {
    /// In which forms it shows its data.
    enum Form: Sendable {
        /// A line for each thing.
        case list
        /// A line for each field of one thing.
        case record
        /// A leaderboard, whose document is that of the API and names no schema.
        case board
        /// A line for each finding as soon as it is there, without a head at a terminal.
        case findings
        /// Numbers that are drawn at a terminal; a line for each in a pipe.
        case statistics
        /// A text that is the same for people and programs.
        case text
        /// It runs on for itself, and has tests of its own: `DemoTests`, `BenchTests`, those of ``Service``.
        case program
    }

    /// The words of the command.
    let path: String
    /// What follows them; `{name}` is something of the scene.
    let arguments: String
    let form: Form
    /// What a rehearsal says.
    var rehearsal = "dry run"
    /// Fields that only JSON has.
    var beside: Set<String> = []
    /// Further variables.
    var variables: [String: String] = [:]

    init(
        _ path: String,
        _ arguments: String,
        _ form: Form,
        rehearsal: String = "dry run",
        beside: Set<String> = [],
        variables: [String: String] = [:]
    ) {
        self.path = path
        self.arguments = arguments
        self.form = form
        self.rehearsal = rehearsal
        self.beside = beside
        self.variables = variables
    }

    private static let published = ["HIGHSCORES_PUBLIC_URL": "https://play.example"]

    /// Commands that change something without a question, since nothing is lost by it; they take `--yes` all the same.
    static let unasked: Set<String> = [
        "game add", "board add", "game enable", "game rebuild", "game prune", "score submit",
        "score restore", "player unban", "import scores", "import entries", "import players", "import games",
        "restore",
        "delivery retry", "chat set", "key create",
    ]

    /// One case at least for each command that there is.
    static let all: [CommandCase] = [
        CommandCase("demo", "", .program), CommandCase("serve", "", .program),
        CommandCase("simulator", "", .program),
        CommandCase("bench", "", .program),
        CommandCase("game list", "", .list), CommandCase("game get", "tetris", .record),
        CommandCase("game add", "arena_bot/pong --url https://play.example/pong/", .record),
        CommandCase("game set", "tetris --title Ping --telegram-score off", .list),
        CommandCase("game disable", "tetris", .list), CommandCase("game enable", "snake", .list),
        CommandCase("game rebuild", "tetris", .record, rehearsal: "as its log says"),
        CommandCase("game rebuild", "tetris --board hard", .record, rehearsal: "as its log says"),
        CommandCase("game prune", "snake", .record, rehearsal: "no months to go over"),
        CommandCase("game stats", "tetris", .statistics),
        CommandCase("board show", "tetris", .board), CommandCase("board watch", "tetris", .program),
        CommandCase("board show", "tetris --chat {chat}", .board),
        CommandCase("board around", "tetris {omar}", .board), CommandCase("board windows", "tetris", .list),
        CommandCase("board list", "tetris", .list), CommandCase("board add", "tetris extra", .list),
        CommandCase("board set", "tetris main --windows all,week", .list),
        CommandCase("board remove", "tetris hard", .list),
        CommandCase("score list", "--game tetris", .list), CommandCase("score get", "{run}", .list),
        CommandCase("score submit", "tetris --player {ada} --score 8000 --chat {chat}", .record),
        CommandCase("score get", "{run} --board main", .list),
        CommandCase("score submit", "tetris --board hard --player {ada} --score 8 --chat {chat}", .record),
        CommandCase("score set", "{run} 7", .list),
        CommandCase("score remove", "--game tetris --player {zoe}", .list),
        CommandCase("score restore", "--game tetris --player {ada}", .list),
        CommandCase("player list", "", .list), CommandCase("player get", "{zoe}", .record),
        CommandCase("player ban", "{zoe} --game tetris", .list),
        CommandCase("player unban", "{banned} --game snake", .list),
        CommandCase("player export", "{zoe}", .text), CommandCase("player anonymise", "{zoe}", .list),
        CommandCase("player erase", "{zoe}", .list),
        CommandCase("review list", "", .list), CommandCase("review accept", "{held}", .list),
        CommandCase("review list", "--game tetris --board main", .list),
        CommandCase("review refuse", "--game tetris", .list),
        CommandCase("import scores", "{scores} --game snake", .record),
        CommandCase("import entries", "{scores} --game snake", .record),
        CommandCase("import players", "{players} --bot arena_bot", .record),
        CommandCase("import games", "{games}", .list),
        CommandCase("export scores", "tetris", .text), CommandCase("export entries", "tetris", .text),
        CommandCase("export scores", "tetris --board main", .text),
        CommandCase("export players", "", .text), CommandCase("export games", "", .text),
        CommandCase("backup", "{folder}/walk.backup --replace", .record),
        // Into a private PostgreSQL of its own, in which there is nothing.
        CommandCase("restore", "{backup}", .record, variables: ["DATABASE_URL": ""]),
        CommandCase("delivery status", "", .list), CommandCase("delivery status", "--by-chat", .list),
        CommandCase("delivery list", "", .list), CommandCase("delivery list", "--state done", .list),
        CommandCase("delivery retry", "--game tetris", .list),
        CommandCase("delivery drop", "--game tetris", .list),
        CommandCase("delivery reconcile", "tetris --repair --force", .list),
        CommandCase("chat list", "", .list), CommandCase("chat get", "{chat}", .record),
        CommandCase("chat list", "--conflicts", .list), CommandCase("chat merge", "{chat} {other}", .list),
        CommandCase("chat set", "{chat} --zone Asia/Tokyo", .list),
        CommandCase("audit list", "", .list, beside: ["before", "after"]),
        CommandCase("audit get", "{audit}", .list), CommandCase("audit undo", "{audit}", .list),
        CommandCase("bot list", "", .list),
        CommandCase("bot send-game", "tetris --chat -1001000000001", .record),
        CommandCase("webhook set", "--take-webhook", .list, variables: published),
        CommandCase("webhook info", "", .list),
        CommandCase("webhook delete", "", .list),
        CommandCase("key create", "tetris --label match-server", .record), CommandCase("key list", "", .list),
        CommandCase("key revoke", "{key}", .record),
        CommandCase("migrate status", "", .list),
        CommandCase("migrate up", "", .list, rehearsal: "up to date"),
        CommandCase("doctor", "", .findings, variables: ["HIGHSCORES_UPDATES": "off"]),
        CommandCase("sdk", "{folder}/sdk", .list),
        CommandCase("completions", "bash", .text),
        CommandCase("complete", "games", .text), CommandCase("manual", "{folder}/man", .text),
    ]
}
