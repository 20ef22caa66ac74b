import HTTPTypes
import Scoring

extension Operation {
    static let startRun = Operation(
        .post,
        "/v1/runs",
        id: "startRun",
        summary: "Starts a run.",
        description:
            "Exchanges a launch token for a run, which takes one score. A launch may start any number of "
            + "runs until it expires; starting one writes nothing. A body is optional and means nothing.",
        credential: .launchToken,
        answers: [
            Answer(
                status: 201,
                description: "The run has begun.",
                contentType: "application/json",
                schema: "Run",
                example: Example.run
            )
        ],
        problems: [
            .malformedJSON, .tokenMissing, .tokenInvalid, .tokenExpired, .playerBanned, .gameDisabled,
            .notFound, .bodyTooLarge, .mediaTypeUnsupported, .databaseUnavailable,
        ]
    )

    static let submitScore = Operation(
        .post,
        "/v1/scores",
        id: "submitScore",
        summary: "Submits a score.",
        description:
            "When the answer is 200, the score is on disk. A 503 means that nobody knows: repeating the same run "
            + "or Idempotency-Key is safe and tells. A run takes one score; the same score again gives the first answer again.",
        credential: .pageToken,
        parameters: [.boards, .idempotencyKey],
        body: Body(
            description: "The score and, if the game likes, anything to be kept with it.",
            schema: "ScoreSubmission",
            example: Example.submission,
            isRequired: true
        ),
        answers: [
            Answer(
                status: 200,
                description: "The score is on disk.",
                contentType: "application/json",
                schema: "Receipt",
                example: Example.receipt,
                headers: ["Idempotency-Replayed"]
            )
        ],
        problems: [
            .malformedJSON, .unknownParameterValue, .runRequired, .idempotencyKeyRequired, .tokenMissing,
            .tokenInvalid, .tokenExpired, .playerBanned, .gameDisabled, .notFound, .noSuchWindow,
            .runAlreadyScored, .bodyTooLarge, .mediaTypeUnsupported, .scoreInvalid, .rateLimited,
            .overloaded, .databaseUnavailable,
        ]
    )

    static let readLeaderboard = Operation(
        .get,
        "/v1/leaderboard",
        id: "readLeaderboard",
        summary: "Reads a leaderboard of the player's own chat or game.",
        description:
            "Ranks are computed from the database at the moment of asking. `me` is null without an entry.",
        credential: .pageToken,
        parameters: Parameter.leaderboard,
        answers: [leaderboardPage(with: Example.leaderboard)],
        problems: [
            .unknownParameterValue, .tokenMissing, .tokenInvalid, .tokenExpired, .notFound, .noSuchWindow,
            .overloaded, .databaseUnavailable,
        ]
    )

    static let readPublicLeaderboard = Operation(
        .get,
        "/v1/games/{bot}/{short_name}/leaderboard",
        id: "readPublicLeaderboard",
        summary: "Reads the global leaderboard of a public game.",
        description:
            "Needs no credential. Players are named by pseudonyms of the game unless it shows identities.",
        parameters: [.bot, .shortName] + Parameter.leaderboard,
        answers: [leaderboardPage(with: nil)],
        problems: [
            .unknownParameterValue, .tokenInvalid, .notFound, .noSuchWindow, .overloaded,
            .databaseUnavailable,
        ]
    )

    private static func leaderboardPage(with example: String?) -> Answer {
        Answer(
            status: 200,
            description: "A part of the leaderboard.",
            contentType: "application/json",
            schema: "Leaderboard",
            example: example
        )
    }
}
