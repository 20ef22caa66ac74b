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
                example: Example.run,
                links: [
                    Link(
                        name: "score",
                        operation: "submitScore",
                        description: "With `run` as the token: the score of this run."
                    )
                ]
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
                headers: ["Idempotency-Replayed"],
                links: [
                    Link(
                        name: "around",
                        operation: "readLeaderboard",
                        description: "Who is just better and just worse.",
                        parameters: [("around", "me")]
                    )
                ]
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
        answers: [leaderboardPage(of: "readLeaderboard", example: Example.leaderboard)],
        problems: [
            .unknownParameterValue, .tokenMissing, .tokenInvalid, .tokenExpired, .notFound, .noSuchWindow,
            .overloaded, .databaseUnavailable,
        ]
    )

    static let watchLeaderboard = Operation(
        .get,
        "/v1/leaderboard/events",
        id: "watchLeaderboard",
        summary: "Watches a leaderboard of the player's own chat or game.",
        description:
            "A stream of server-sent events. `event: leaderboard` carries the document of GET /v1/leaderboard without "
            + "`me`: at once, and after each change, at most four a second; a reader that is slow gets the newest "
            + "document only. Its `id` names its content, so a stream that is resumed with `Last-Event-ID` does not "
            + "repeat a document that the reader has. `event: bye` comes before the service ends the stream, at a "
            + "restart or when the token expires; come back after the time that `retry` names. A comment is sent "
            + "every 15 seconds. The window is always the current one and rolls over by itself. Browsers' EventSource "
            + "can set no headers: give it the `board_token` of POST /v1/runs or POST /v1/launches as "
            + "`access_token`.",
        credential: .pageToken,
        otherCredential: .boardToken,
        parameters: Parameter.watch,
        answers: [
            Answer(
                status: 200,
                description: "The stream has begun. HEAD tells whether it would.",
                contentType: "text/event-stream",
                schema: "LeaderboardEvent",
                example: Example.event
            )
        ],
        problems: [
            .unknownParameterValue, .tokenMissing, .tokenInvalid, .tokenExpired, .notFound, .noSuchWindow,
            .tooManyStreams, .overloaded, .databaseUnavailable,
        ]
    )

    static func leaderboardPage(
        of operation: String,
        keeping parameters: [(String, String)] = [],
        example: String?
    )
        -> Answer
    {
        func link(_ name: String, _ description: String) -> Link {
            Link(
                name: name,
                operation: operation,
                description: description,
                parameters: parameters.map { ($0.0, "$request.\($0.1)") } + [
                    ("scope", "$response.body#/scope"), ("window", "$response.body#/window"),
                    ("cursor", "$response.body#/\(name)"),
                ]
            )
        }
        return Answer(
            status: 200,
            description: "A part of the leaderboard.",
            contentType: "application/json",
            schema: "Leaderboard",
            example: example,
            links: [
                link("next", "The worse entries, unless `next` is null."),
                link("previous", "The better entries, unless `previous` is null."),
            ]
        )
    }
}
