import HTTPTypes
import Scoring

extension Operation {
    static let openMiniApp = Operation(
        .post,
        "/v1/launches",
        id: "openMiniApp",
        summary: "Lets somebody play in a Mini App.",
        description:
            "Validates what Telegram gave the app with the bot's token and returns a launch, as a press of a game's "
            + "button would. It has no message; its chat is that of the `chat_instance`, if there is one. The data are "
            + "taken for an hour.",
        body: Body(
            description: "What Telegram gave the app, and which game it is.",
            schema: "MiniAppLaunch",
            example: Example.miniAppLaunch,
            isRequired: true
        ),
        answers: [
            Answer(
                status: 201,
                description: "The launch.",
                contentType: "application/json",
                schema: "OpenedMiniApp",
                example: Example.openedMiniApp,
                links: [
                    Link(
                        name: "run",
                        operation: "startRun",
                        description: "With `launch` as the token: a run."
                    )
                ]
            )
        ],
        problems: [
            .malformedJSON, .unknownParameterValue, .tokenInvalid, .tokenExpired, .playerBanned,
            .gameDisabled,
            .notFound, .bodyTooLarge, .mediaTypeUnsupported, .databaseUnavailable,
        ]
    )

    static let openForServer = Operation(
        .post,
        "/v1/games/{bot}/{short_name}/launches",
        id: "openForServer",
        summary: "Lets somebody play whose press a studio's own bot was told of.",
        description:
            "For a bot whose updates the studio handles itself: answer the callback query with the `url`. Pass "
            + "`chat_instance` and the message on as Telegram sent them, so that scores reach the chat's leaderboard "
            + "and Telegram's own. What is said of chats, messages and names is believed within the game: it changes "
            + "nothing that a press or another game knows, and a name fills in where none is known.",
        credential: .apiKey,
        parameters: [.bot, .shortName],
        body: Body(
            description: "Who pressed, and where.",
            schema: "ServerLaunch",
            example: Example.serverLaunch,
            isRequired: true
        ),
        answers: [
            Answer(
                status: 201,
                description: "The launch.",
                contentType: "application/json",
                schema: "OpenedLaunch",
                example: Example.openedLaunch,
                links: [
                    Link(
                        name: "run",
                        operation: "startRun",
                        description: "With `launch` as the token: a run."
                    )
                ]
            )
        ],
        problems: [
            .malformedJSON, .unknownParameterValue, .tokenMissing, .tokenInvalid, .playerBanned,
            .gameDisabled, .chatConflict, .bodyTooLarge, .mediaTypeUnsupported, .databaseUnavailable,
        ]
    )

    static let submitScores = Operation(
        .post,
        "/v1/games/{bot}/{short_name}/scores",
        id: "submitScores",
        summary: "Submits scores from a studio's own server.",
        description:
            "Takes one score or a list of up to \(ServerScoresBody.counts.upperBound). Each is answered in its place "
            + "with a status of its own, and one that is refused keeps no other back. `id` names the run in the game: "
            + "repeating it with the same score is safe and gives the first answer again, with another score it is "
            + "409. Scores of one player are taken in the order given.",
        credential: .apiKey,
        parameters: [.bot, .shortName],
        body: Body(
            description: "One score, or a list of them; at most 1 MiB.",
            schema: "ServerScores",
            example: Example.serverScores,
            isRequired: true
        ),
        answers: [
            Answer(
                status: 200,
                description: "What became of each score: with status 200 it is on disk.",
                contentType: "application/json",
                schema: "ServerResults",
                example: Example.serverResults
            )
        ],
        problems: [
            .malformedJSON, .unknownParameterValue, .tokenMissing, .tokenInvalid, .bodyTooLarge,
            .mediaTypeUnsupported, .overloaded, .databaseUnavailable,
        ]
    )

    static let readGameLeaderboard = Operation(
        .get,
        "/v1/games/{bot}/{short_name}/leaderboard",
        id: "readGameLeaderboard",
        summary: "Reads a leaderboard of a game.",
        description:
            "With an API key any leaderboard of its game; without a credential the global ones of a public game. On "
            + "global ones players are named by pseudonyms of the game unless it shows identities.",
        credential: .apiKey,
        isOpen: true,
        parameters: [.bot, .shortName] + Parameter.gameLeaderboard,
        answers: [
            leaderboardPage(
                of: "readGameLeaderboard",
                keeping: [("bot", "path.bot"), ("short_name", "path.short_name"), ("chat", "query.chat")],
                example: nil
            )
        ],
        problems: [
            .unknownParameterValue, .tokenMissing, .tokenInvalid, .notFound, .noSuchWindow, .overloaded,
            .databaseUnavailable,
        ]
    )
}
