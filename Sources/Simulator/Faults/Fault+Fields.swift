import JSON

/// Faults as the fields of JSON objects, in a file or in the body of a control request.
extension Fault {
    static let exampleObject =
        #"{"method": "setGameScore", "share": 0.5, "times": "all", "behaviour": "429 3s, hang"}"#

    private static let fieldNames: Set = [
        "rule", "method", "bot", "chat", "share", "from", "until", "times", "behaviour", "status",
        "description",
        "retry_after", "body", "milliseconds", "seed",
    ]

    /// Reads a list of objects, or one object.
    static func list(json text: String) throws(SimulationError) -> [Fault] {
        let value: JSONValue
        do { value = try JSON.parse(Array(text.utf8)) } catch { throw wrong("this is not JSON (\(error))") }
        let objects = value.kind == .array ? value.elements.map(\.self) : [value]
        var faults: [Fault] = []
        for (index, object) in objects.enumerated() {
            guard object.kind == .object else { throw wrong("element \(index + 1) is not an object") }
            var fields = CallParameters()
            fields.add(object: object)
            faults += try self.list(fields)
        }
        return faults
    }

    /// Reads one object: either a `rule` in words or its parts one by one.
    static func list(_ fields: CallParameters) throws(SimulationError) -> [Fault] {
        for name in fields.texts.keys.sorted() where !fieldNames.contains(name) {
            throw wrong("there is no field '\(name)'")
        }
        if fields.has("rule") { return try parse(fields["rule"]) }
        guard let share = fields.has("share") ? Double(fields["share"]) : 1, share > 0, share <= 1 else {
            throw wrong("'share' is a number above 0, up to 1, not \(fields["share"])")
        }
        return [
            Fault(
                method: fields.has("method") ? fields["method"] : nil,
                bot: try number(fields, "bot"),
                chat: fields.has("chat") ? fields["chat"] : nil,
                share: share,
                from: try time(fields, "from") ?? 0,
                until: try time(fields, "until"),
                behaviours: try behaviours(fields),
                remaining: fields["times"] == "all" ? nil : try number(fields, "times").map(Int.init) ?? 1
            )
        ]
    }

    private static func behaviours(_ fields: CallParameters) throws(SimulationError) -> [Fault.Behaviour] {
        let status = try number(fields, "status").map(Int.init) ?? 500
        guard (100...599).contains(status) else { throw wrong("'status' is an HTTP status, not \(status)") }
        switch fields["behaviour"] {
        case "":
            throw wrong("the field 'behaviour' is missing")
        case "refuse":
            if let seconds = try number(fields, "retry_after") {
                return [.refuse(.tooMany(retryAfter: seconds))]
            }
            let text = fields.has("description") ? fields["description"] : "Internal Server Error"
            return [.refuse(MethodError(code: status, description: text))]
        case "respond":
            guard fields.has("body") else { return [.page(status)] }
            return [.respond(status: status, contentType: "text/html", body: fields["body"])]
        case let text:
            let time = try number(fields, "milliseconds").map { " \($0)ms" } ?? ""
            var behaviours: [Fault.Behaviour] = []
            for way in text.split(separator: ",", omittingEmptySubsequences: false) {
                guard let read = Self.behaviours(String(way) + time) else {
                    throw wrong(
                        "'\(String(way).trimmed)' is no behaviour; there are refuse and respond with their fields, "
                            + waysText
                    )
                }
                behaviours += read
            }
            return behaviours
        }
    }

    private static func number(_ fields: CallParameters, _ name: String) throws(SimulationError) -> Int64? {
        guard fields.has(name) else { return nil }
        guard let value = Int64(fields[name]), value >= 0 else {
            throw wrong("'\(name)' is a whole number, not '\(fields[name])'")
        }
        return value
    }

    private static func time(_ fields: CallParameters, _ name: String) throws(SimulationError) -> Int64? {
        guard fields.has(name) else { return nil }
        guard let value = milliseconds(fields[name]) else {
            throw wrong("'\(name)' is a time such as \"30s\", not '\(fields[name])'")
        }
        return value
    }

    private static func wrong(_ problem: String) -> SimulationError {
        .invalid("\(problem); for example: \(exampleObject)")
    }
}

extension Fault {
    /// What there is to see of a planned fault.
    var view: Document {
        [
            "method": .optional(method), "bot": .optional(bot), "chat": .optional(chat),
            "percent": .integer(Int64((share * 100).rounded())), "from_ms": .integer(from),
            "until_ms": .optional(until), "remaining": .optional(remaining.map(Int64.init)),
            "behaviours": .array(behaviours.map { .string($0.name) }),
        ]
    }
}

extension Fault.Behaviour {
    /// How rules call it.
    var name: String {
        switch self {
        case .refuse(let error): "\(error.code) \(error.description)"
        case .respond(let status, _, _): "\(status)"
        case .loseCall: "lose_call"
        case .loseAnswer: "lose_answer"
        case .hang: "hang"
        case .hangAnswer: "hang_answer"
        case .garble: "garble"
        case .delay(let time): "delay \(time)ms"
        case .deleteMessage: "delete_message"
        case .kick(let time): "kick" + (time.map { " \($0)ms" } ?? "")
        case .migrate: "migrate"
        case .revoke(let time): "revoke" + (time.map { " \($0)ms" } ?? "")
        }
    }
}
