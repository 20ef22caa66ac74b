import HTTPTypes
import Hummingbird
import JSON

/// The JSON routes by which a person's client, or a test in any language, acts in a simulation.
///
/// `GET /simulator` lists them. Bodies and answers are JSON; a failure is `{"error": "…"}` with 400, 404 or 504.
/// Chats are named by their key: `-1001234567890`, or `BOT:USER` and `USER~USER` for private ones.
struct ControlRoutes {
    let simulator: Simulator

    func respond(to request: Request, _ bytes: [UInt8]) async -> Response {
        let name = request.uri.path.split(separator: "/").dropFirst().joined(separator: "/")
        var fields = CallParameters()
        fields.add(form: request.uri.query ?? "")
        let body = try? JSON.parse(bytes)
        if let body { fields.add(object: body) }
        guard bytes.isEmpty || body?.kind == .object else {
            return .json(["error": "the body is not a JSON object"], status: 400)
        }
        do {
            let control = ControlRequest(fields: fields, body: body)
            guard let answer = try await answer("\(request.method.rawValue) \(name)", control) else {
                return .json(["error": "there is no such route; GET /simulator lists them"], status: 404)
            }
            return .json(answer)
        } catch {
            return Self.failure(error)
        }
    }

    private func answer(_ route: String, _ request: ControlRequest) async throws -> Document? {
        if route == "GET " { return Self.index }
        return try await Self.routes.first { $0.route == route }?.answer(self, request)
    }

    /// Every route, what to say of its fields, and what it does.
    private static let routes:
        [(
            route: String, usage: [String],
            answer: @Sendable (ControlRoutes, ControlRequest) async throws -> Document
        )] = [
            (
                "GET state",
                [
                    " ?after=VERSION&timeout=SECONDS: people, bots, chats with their messages; waits for a newer version"
                ], { await $0.state($1) }
            ),
            (
                "GET scoreboard",
                [" ?chat=KEY&bot=ID&game=SHORT_NAME: Telegram's table of the game in the chat"],
                { try $0.scoreboard($1) }
            ),
            ("GET calls", [" ?after=NUMBER&method=NAME: calls that bots made"], { $0.calls($1) }),
            ("POST bots", [" {token, username, name?, inline_feedback?}"], { try $0.addBot($1) }),
            (
                "POST bots/settings",
                [
                    " {bot, callback_query_mode?: default|auto|inline, guest?}: how presses on its messages arrive; whether mentions where it is no member do"
                ], { try $0.setBot($1) }
            ),
            ("POST games", [" {bot, short_name, title?, description?}"], { try $0.addGame($1) }),
            (
                "POST users", [" {id, first_name, last_name?, username?, language_code?}"],
                { try $0.addUser($1) }
            ),
            (
                "POST chats", [" {kind: group|supergroup|channel, id?, title, users: [id], bots: [id]}"],
                { try $0.addChat($1) }
            ),
            ("POST messages", [" {chat, user, text}"], { try $0.say($1) }),
            ("POST messages/delete", [" {chat, message_id}"], { try $0.delete($1) }),
            (
                "POST messages/lose", [" {chat, message_id}: presses then carry an inaccessible message"],
                { try $0.lose($1) }
            ),
            (
                "POST presses", [" {chat, message_id, user, data?}: waits for the bot's answer"],
                { try await $0.press($1) }
            ),
            (
                "POST inline-queries", [" {bot, user, chat?, query?}: waits for the bot's offers"],
                { try await $0.ask($1) }
            ),
            (
                "POST inline-results", [" {bot, user, chat, query?, result_id}: asks and posts one offer"],
                { try await $0.share($1) }
            ),
            ("POST forwards", [" {chat, message_id, user, to}"], { try $0.forward($1) }),
            (
                "POST migrations", [" {chat, user, keep_scores?}: a group becomes a supergroup"],
                { try $0.migrate($1) }
            ),
            (
                "POST memberships",
                [" {chat, bot, user, status: member|administrator|restricted|left|kicked}"],
                { try $0.setMembership($1) }
            ),
            ("GET faults", [": those that are planned and not over"], { routes, _ in routes.faults() }),
            (
                "POST faults",
                [
                    " {rule: \"50% of setGameScore in CHAT from 10s until 1m: 429 3s, 502, hang\", seed?}; GET /simulator/faults/ways lists the ways",
                    " {method?, bot?, chat?, share?, from?, until?, times?: number (1)|all, behaviour: refuse|respond|…, status?, description?, retry_after?, body?, milliseconds?, seed?}",
                ], { try $0.plan($1) }
            ),
            ("GET faults/ways", [], { _, _ in ["ways": .string(Fault.waysText)] }),
            (
                "DELETE faults", [": forgets them, and puts right what they broke for a time"],
                { routes, _ in routes.clearFaults() }
            ),
            (
                "POST tokens", [" {bot, revoked}: Telegram refuses the bot's token, or takes it again"],
                { try $0.setToken($1) }
            ),
            ("POST limits", [" {on}: rate limits as Telegram publishes them"], { $0.setLimits($1) }),
            ("POST reset", [": forgets everything"], { routes, _ in routes.reset() }),
        ]

    private static let index: Document = [
        "routes": .array(
            routes.flatMap { route -> [Document] in
                let place = route.route.split(separator: " ").joined(separator: " /simulator/")
                return route.usage.map { .string(place + $0) }
            }
        )
    ]

    private static func failure(_ error: any Error) -> Response {
        let status =
            switch error as? SimulationError {
            case .notFound: 404
            case .noAnswer: 504
            default: 400
            }
        return .json(["error": .string("\(error)")], status: status)
    }
}

/// The fields of a control request, from its query and its body.
struct ControlRequest {
    let fields: CallParameters
    let body: JSONValue?

    /// A field that must be there.
    func text(_ name: String) throws(SimulationError) -> String {
        guard fields.has(name) else { throw .invalid("the field \(name) is missing") }
        return fields[name]
    }

    /// A field that may be there.
    func optional(_ name: String) -> String? { fields.has(name) ? fields[name] : nil }

    func number(_ name: String) throws(SimulationError) -> Int64 {
        guard let number = Int64(try text(name)) else {
            throw .invalid("the field \(name) is not a whole number")
        }
        return number
    }

    func optionalNumber(_ name: String) -> Int64? { optional(name).flatMap { Int64($0) } }

    func flag(_ name: String) -> Bool { fields.bool(name) }

    func numbers(_ name: String) -> [Int64] { body?[name]?.elements.compactMap(\.lenientInt64) ?? [] }

    func chat(_ name: String = "chat") throws(SimulationError) -> ChatKey {
        let text = try text(name)
        guard let key = ChatKey(text) else { throw .invalid("\(name) is not the key of a chat") }
        return key
    }

    func message() throws(SimulationError) -> MessageAddress {
        MessageAddress(chat: try chat(), message: try number("message_id"))
    }
}
