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
        switch route {
        case "GET ": Self.index
        case "GET state": await state(request)
        case "GET scoreboard": try scoreboard(request)
        case "GET calls": calls(request)
        case "POST bots": try addBot(request)
        case "POST bots/settings": try setBot(request)
        case "POST games": try addGame(request)
        case "POST users": try addUser(request)
        case "POST chats": try addChat(request)
        case "POST messages": try say(request)
        case "POST messages/delete": try delete(request)
        case "POST messages/lose": try lose(request)
        case "POST presses": try await press(request)
        case "POST inline-queries": try await ask(request)
        case "POST inline-results": try await share(request)
        case "POST forwards": try forward(request)
        case "POST migrations": try migrate(request)
        case "POST memberships": try setMembership(request)
        case "GET faults": faults()
        case "POST faults": try plan(request)
        case "DELETE faults": clearFaults()
        case "GET faults/ways": ["ways": .string(FaultText.waysText)]
        case "POST tokens": try setToken(request)
        case "POST limits": setLimits(request)
        case "POST reset": reset()
        default: nil
        }
    }

    private static let index: Document = [
        "routes": [
            "GET /simulator/state ?after=VERSION&timeout=SECONDS: people, bots, chats with their messages; waits for a newer version",
            "GET /simulator/scoreboard ?chat=KEY&bot=ID&game=SHORT_NAME: Telegram's table of the game in the chat",
            "GET /simulator/calls ?after=NUMBER&method=NAME: calls that bots made",
            "POST /simulator/bots {token, username, name?, inline_feedback?}",
            "POST /simulator/bots/settings {bot, callback_query_mode?: default|auto|inline, guest?}: how presses on its messages arrive; whether mentions where it is no member do",
            "POST /simulator/games {bot, short_name, title?, description?}",
            "POST /simulator/users {id, first_name, last_name?, username?, language_code?}",
            "POST /simulator/chats {kind: group|supergroup|channel, id?, title, users: [id], bots: [id]}",
            "POST /simulator/messages {chat, user, text}",
            "POST /simulator/messages/delete {chat, message_id}",
            "POST /simulator/messages/lose {chat, message_id}: presses then carry an inaccessible message",
            "POST /simulator/presses {chat, message_id, user, data?}: waits for the bot's answer",
            "POST /simulator/inline-queries {bot, user, chat?, query?}: waits for the bot's offers",
            "POST /simulator/inline-results {bot, user, chat, query?, result_id}: asks and posts one offer",
            "POST /simulator/forwards {chat, message_id, user, to}",
            "POST /simulator/migrations {chat, user, keep_scores?}: a group becomes a supergroup",
            "POST /simulator/memberships {chat, bot, user, status: member|administrator|restricted|left|kicked}",
            "GET /simulator/faults: those that are planned and not over",
            "POST /simulator/faults {rule: \"50% of setGameScore in CHAT from 10s until 1m: 429 3s, 502, hang\", seed?}; GET /simulator/faults/ways lists the ways",
            "POST /simulator/faults {method?, bot?, chat?, share?, from?, until?, times?: number (1)|all, behaviour: refuse|respond|…, status?, description?, retry_after?, body?, milliseconds?, seed?}",
            "DELETE /simulator/faults: forgets them, and puts right what they broke for a time",
            "POST /simulator/tokens {bot, revoked}: Telegram refuses the bot's token, or takes it again",
            "POST /simulator/limits {on}: rate limits as Telegram publishes them",
            "POST /simulator/reset: forgets everything",
        ]
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
