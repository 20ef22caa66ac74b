import Leaderboards
import TestSupport
import Tokens
@testable import Scoring

@testable import Web

/// The values that the examples of the API document show.
enum Sample {
    static let game = Game.sample(
        tokenID: 0x2f1c_7b0e_5d0a_4e61,
        botUsername: "tetris_bot",
        url: "https://games.example/tetris/",
        rules: GameRules(zone: "Europe/Berlin"),
        isPublic: true
    )

    static let access = BoardAccess(
        bot: game.bot,
        game: game.id,
        player: PlayerID(rawValue: 5_000_000_001),
        chatInstance: ChatInstance("-3788475317572404878"),
        expiresAt: instant("2026-03-01T18:30:00.000Z")
    )

    static let runID = RunID(Identifier128(high: 0x2f1c_7b0e_5d0a_4e61, low: 0x9a37_0c5f_2b8f_1d11))

    static func run(chat: ChatInstance? = ChatInstance("-3788475317572404878"), name: String? = "Zoë")
        -> StartedRun
    {
        let launch = Launch(
            id: LaunchID(Identifier128(high: 1, low: 2)),
            bot: game.bot,
            game: game.id,
            player: PlayerID(rawValue: 5_000_000_001),
            chatInstance: chat,
            target: .none,
            launchedAt: instant("2026-03-01T12:30:00.000Z"),
            lifetime: .seconds(86_400)
        )
        return StartedRun(
            run: Run(
                id: runID,
                launch: launch,
                startedAt: instant("2026-03-01T12:30:00.250Z"),
                lifetime: .seconds(6 * 3600)
            ),
            runToken: "r1.AbCd…",
            boardToken: "b1.EfGh…",
            game: game,
            playerName: name
        )
    }

    static func receipt(score: Int64 = 1234, isReplay: Bool = false) -> Receipt {
        Receipt(
            outcome: .newBest,
            run: runID,
            score: score,
            best: score,
            previousBest: 1000,
            places: [
                Receipt.Place(
                    board: .chatAll,
                    rank: 3,
                    previousRank: 7,
                    entries: 17,
                    next: Receipt.Place.Next(rank: 2, score: 1300)
                )
            ],
            reasons: [],
            isReplay: isReplay
        )
    }

    static let held = Receipt(
        outcome: .held,
        run: runID,
        score: 5,
        best: nil,
        previousBest: nil,
        places: [],
        reasons: ["too_fast"],
        isReplay: false
    )

    static let history = HistoryPage(
        items: [Score(1234)].compactMap(\.self).map { score in
            HistoryPage.Item(
                run: runID,
                board: "main",
                score: score,
                outcome: .newBest,
                reasons: [],
                startedAt: instant("2026-03-01T12:30:00.250Z"),
                acceptedAt: instant("2026-03-01T12:35:10.000Z")
            )
        },
        next: "h1.QrSt…"
    )

    static let description = GameDescription(
        boards: [
            game,
            Game.sample(
                id: 2,
                rules: GameRules(
                    order: .lower,
                    windows: [.all, .week, .season],
                    telegramScore: .off,
                    scoreFormat: .milliseconds,
                    scoreUnit: "m"
                ),
                root: game.id,
                board: "hard"
            ),
        ],
        scopes: [.chat, .global]
    )

    static let opened = OpenedLaunch(
        launch: "l1.MnOp…",
        url: "https://games.example/tetris/#hs=l1.MnOp…",
        expiresAt: instant("2026-03-02T12:30:00.250Z"),
        boardToken: "b1.EfGh…"
    )

    static func page(
        board: BoardKind = BoardKind(scope: .chat, window: .week),
        username: String? = "zoe",
        me: LeaderboardPage.Me = .entry(LeaderboardPage.Viewer(rank: 3, score: 1234, percentile: 88.235)),
        total: Int = 17,
        showsIdentity: Bool = false
    ) -> LeaderboardPage {
        LeaderboardPage(
            game: game,
            chat: ChatInstance("-3788475317572404878"),
            board: board,
            from: instant("2026-02-22T23:00:00.000Z"),
            to: instant("2026-03-01T23:00:00.000Z"),
            zone: "Europe/Berlin",
            isFinal: false,
            order: game.rules.order,
            total: total,
            lines: [
                LeaderboardPage.Line(
                    rank: 1,
                    playerID: "5000000001",
                    name: "Zoë",
                    username: username,
                    score: 1300,
                    achievedAt: instant("2026-03-01T12:35:10.000Z"),
                    isViewer: false
                )
            ],
            me: me,
            next: "c1.IjKl…",
            previous: nil,
            showsIdentity: showsIdentity
        )
    }

    static func instant(_ text: String) -> Instant {
        guard let instant = Instant(rfc3339: text) else { preconditionFailure("\(text) is no time") }
        return instant
    }
}
