import HTTPTypes

extension Operation {
    static let takeUpdate = Operation(
        .post,
        "/telegram/{bot_id}",
        id: "takeUpdate",
        summary: "Takes an update of the Bot API.",
        description:
            "Telegram calls this, or a studio's own bot that forwards game callbacks and relays the answer. An "
            + "update of a kind that is not handled is answered 200 like any other.",
        credential: .webhookSecret,
        parameters: [.botID],
        body: Body(
            description: "An update as Telegram sends it, at most 512 KiB.",
            schema: "Update",
            example: Example.update,
            isRequired: true
        ),
        answers: [
            Answer(
                status: 200,
                description:
                    "The update is taken. The body is empty or a method call for Telegram to carry out.",
                contentType: "application/json",
                schema: "MethodCall",
                example: Example.methodCall
            )
        ],
        problems: [.tokenMissing, .tokenInvalid, .bodyTooLarge, .overloaded]
    )

    static let health = Operation(
        .get,
        "/healthz",
        id: "health",
        summary: "Tells whether the process lives.",
        description: "Answers without looking at the database or Telegram.",
        answers: [
            Answer(
                status: 200,
                description: "It lives.",
                contentType: "application/json",
                schema: "Health",
                example: #"{"status":"ok"}"#
            )
        ]
    )

    static let readiness = Operation(
        .get,
        "/readyz",
        id: "readiness",
        summary: "Tells whether the service can take scores.",
        description: "The reasons are told where metrics are: at the admin address when there is one.",
        answers: [
            Answer(
                status: 200,
                description: "It can, or it can with something amiss (`degraded`).",
                contentType: "application/json",
                schema: "Readiness",
                example: #"{"status":"ready","reasons":[]}"#
            ),
            Answer(
                status: 503,
                description: "It cannot now, or it is about to stop.",
                contentType: "application/json",
                schema: "Readiness",
                example: Example.unready
            ),
        ]
    )

    static let metrics = Operation(
        .get,
        "/metrics",
        id: "metrics",
        summary: "Metrics as Prometheus reads them.",
        description: "Served at the admin address when there is one.",
        answers: [Answer(status: 200, description: "The text format.", contentType: "text/plain")]
    )

    static let openAPI = Operation(
        .get,
        "/openapi.json",
        id: "openAPI",
        summary: "This document.",
        description: "OpenAPI 3.1.",
        parameters: [.ifNoneMatch],
        answers: [
            Answer(
                status: 200,
                description: "The document.",
                contentType: "application/json",
                schema: "OpenAPI",
                headers: ["ETag"]
            ),
            .notModified,
        ]
    )

    static let script = Operation(
        .get,
        "/sdk/highscores.js",
        id: "script",
        summary: "The script for game pages.",
        description: "Reads the launch token from the page's address and calls this API.",
        parameters: [.ifNoneMatch],
        answers: [
            Answer(
                status: 200,
                description: "The script.",
                contentType: "text/javascript",
                headers: ["ETag"]
            ),
            .notModified,
        ]
    )

    static let leaderboardPage = Operation(
        .get,
        "/leaderboard",
        id: "leaderboardPage",
        summary: "A ready-made leaderboard page.",
        description: "The token is given in the fragment of its address.",
        parameters: [.ifNoneMatch],
        answers: [
            Answer(
                status: 200,
                description: "The page.",
                contentType: "text/html",
                headers: ["ETag"]
            ),
            .notModified,
        ]
    )

    static let problemPage = Operation(
        .get,
        "/problems/{code}",
        id: "problemPage",
        summary: "Explains a problem code.",
        description: "The address that problem documents name as their `type`.",
        parameters: [.problemCode, .ifNoneMatch],
        answers: [
            Answer(
                status: 200,
                description: "One paragraph about the code.",
                contentType: "text/html",
                headers: ["ETag"]
            ),
            .notModified,
        ],
        problems: [.notFound]
    )
}

extension Operation.Answer {
    fileprivate static let notModified = Operation.Answer(
        status: 304,
        description: "It is what the caller has already.",
        contentType: nil,
        headers: ["ETag"]
    )
}
