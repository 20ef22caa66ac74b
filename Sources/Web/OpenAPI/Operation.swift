import HTTPTypes

/// One method of one address, as the API document describes it and the router finds it.
struct Operation: Sendable {
    /// What a caller must present.
    enum Credential: String, CaseIterable, Sendable {
        case launchToken, pageToken, boardToken, apiKey, webhookSecret
    }

    /// A value in the address or head of a request.
    struct Parameter: Sendable {
        enum Place: String, Sendable {
            case path, query, header
        }

        let name: String
        let place: Place
        let description: String
        /// The JSON schema of the value.
        let schema: String
    }

    /// An answer that is no problem.
    struct Answer: Sendable {
        let status: Int
        let description: String
        let contentType: String?
        /// The name of a schema of the document: of the answer in JSON, or of each event of a stream.
        var schema: String?
        /// An example in JSON of what the schema describes.
        var example: String?
        /// Names of headers that the document describes.
        var headers: [String] = []
        /// What to ask next with what this answer says.
        var links: [Link] = []
    }

    /// A request that an answer leads to.
    struct Link: Sendable {
        let name: String
        /// The ``Operation/id`` of what is asked.
        let operation: String
        let description: String
        /// Values of its parameters: as they are, or as an expression that finds them in the answer.
        var parameters: [(name: String, value: String)] = []
    }

    /// A body that a request carries.
    struct Body: Sendable {
        let description: String
        let schema: String
        let example: String?
        let isRequired: Bool
    }

    /// `GET` (which serves `HEAD` too) or `POST`.
    let method: HTTPRequest.Method
    /// The address with its parameters in braces.
    let path: String
    let id: String
    let summary: String
    let description: String
    let credential: Credential?
    /// What may be presented instead.
    let otherCredential: Credential?
    /// Whether the credential may be left out.
    let isOpen: Bool
    let parameters: [Parameter]
    let body: Body?
    let answers: [Answer]
    /// What the route itself refuses; ``anywhere`` is added to every route.
    let problems: [ProblemCode]

    init(
        _ method: HTTPRequest.Method,
        _ path: String,
        id: String,
        summary: String,
        description: String,
        credential: Credential? = nil,
        otherCredential: Credential? = nil,
        isOpen: Bool = false,
        parameters: [Parameter] = [],
        body: Body? = nil,
        answers: [Answer],
        problems: [ProblemCode] = []
    ) {
        self.method = method
        self.path = path
        self.id = id
        self.summary = summary
        self.description = description
        self.credential = credential
        self.otherCredential = otherCredential
        self.isOpen = isOpen
        self.parameters = parameters
        self.body = body
        self.answers = answers
        self.problems = problems
    }

    /// Every operation of the service, in the order of the document.
    static let all: [Operation] = [
        startRun, submitScore, readLeaderboard, watchLeaderboard, openMiniApp, openForServer, submitScores,
        readGameLeaderboard, takeUpdate, script,
        leaderboardPage, problemPage, openAPI, health, readiness, metrics,
    ]

    /// What can go wrong with any request.
    static let anywhere: [ProblemCode] = [
        .malformedRequest, .methodNotAllowed, .requestTimeout, .headTooLarge, .internalError,
    ]
}
