/// What people do and who they are.
extension ControlRoutes {
    func addBot(_ request: ControlRequest) throws -> Document {
        let id = try simulator.change { telegram, _ throws(SimulationError) in
            let username = try request.text("username")
            let id = try telegram.addBot(
                token: try request.text("token"),
                username: username,
                name: request.optional("name") ?? username
            )
            try telegram.setInlineFeedback(request.flag("inline_feedback"), of: id)
            return id
        }
        return ["bot": .integer(id)]
    }

    func setBot(_ request: ControlRequest) throws -> Document {
        let bot = try request.number("bot")
        let mode = try request.optional("callback_query_mode").map { text in
            guard let mode = CallbackQueryMode(rawValue: text) else {
                throw SimulationError.invalid("callback_query_mode is default, auto or inline")
            }
            return mode
        }
        try simulator.change { telegram, _ throws(SimulationError) in
            if let mode { try telegram.setCallbackQueryMode(mode, of: bot) }
            if request.optional("guest") != nil {
                try telegram.setGuestQueries(request.flag("guest"), of: bot)
            }
        }
        return [:]
    }

    func addGame(_ request: ControlRequest) throws -> Document {
        let shortName = try request.text("short_name")
        let game = SimulatedGame(
            shortName: shortName,
            title: request.optional("title") ?? shortName,
            description: request.optional("description") ?? ""
        )
        let bot = try request.number("bot")
        try simulator.change { telegram, _ throws(SimulationError) in try telegram.addGame(game, to: bot) }
        return ["game": .string(shortName)]
    }

    func addUser(_ request: ControlRequest) throws -> Document {
        let user = SimulatedUser(
            id: try request.number("id"),
            firstName: try request.text("first_name"),
            lastName: request.optional("last_name"),
            username: request.optional("username"),
            languageCode: request.optional("language_code") ?? "en"
        )
        simulator.change { telegram, _ in telegram.addUser(user) }
        return ["user": .integer(user.id)]
    }

    func addChat(_ request: ControlRequest) throws -> Document {
        guard let kind = SimulatedChat.Kind(rawValue: try request.text("kind")) else {
            throw SimulationError.invalid("kind is group, supergroup or channel")
        }
        let title = try request.text("title")
        let key = try simulator.change { telegram, _ throws(SimulationError) in
            try telegram.addChat(
                kind,
                id: request.optionalNumber("id"),
                title: title,
                users: request.numbers("users"),
                bots: request.numbers("bots")
            )
        }
        return ["chat": .string(key.text)]
    }

    func say(_ request: ControlRequest) throws -> Document {
        address(
            try simulator.say(
                user: try request.number("user"),
                in: try request.chat(),
                try request.text("text")
            )
        )
    }

    func delete(_ request: ControlRequest) throws -> Document {
        let address = try request.message()
        try simulator.change { telegram, _ throws(SimulationError) in try telegram.delete(address) }
        return [:]
    }

    func lose(_ request: ControlRequest) throws -> Document {
        let address = try request.message()
        try simulator.change { telegram, _ throws(SimulationError) in try telegram.makeInaccessible(address) }
        return [:]
    }

    func press(_ request: ControlRequest) async throws -> Document {
        let answer = try await simulator.press(
            user: try request.number("user"),
            try request.message(),
            data: request.optional("data")
        )
        return [
            "text": .string(answer.text), "show_alert": .bool(answer.showsAlert),
            "url": .optional(answer.url),
            "cache_time": .integer(answer.cacheSeconds),
        ]
    }

    func ask(_ request: ControlRequest) async throws -> Document {
        let answer = try await offers(request)
        return [
            "results": .array(
                answer.results.map {
                    ["id": .string($0.id), "game_short_name": .optional($0.game), "title": .string($0.text)]
                }
            )
        ]
    }

    func share(_ request: ControlRequest) async throws -> Document {
        let id = try request.text("result_id")
        guard let result = try await offers(request).results.first(where: { $0.id == id }) else {
            throw SimulationError.notFound("result \(id)")
        }
        let (user, bot, chat) = (try request.number("user"), try request.number("bot"), try request.chat())
        let posted = try simulator.change { telegram, now throws(SimulationError) in
            try telegram.share(
                user: user,
                in: chat,
                bot: bot,
                result,
                query: request.optional("query") ?? "",
                now: now
            )
        }
        return address(posted)
    }

    func forward(_ request: ControlRequest) throws -> Document {
        let (user, message, target) = (
            try request.number("user"), try request.message(), try request.chat("to")
        )
        let copy = try simulator.change { telegram, now throws(SimulationError) in
            try telegram.forward(user: user, message, to: target, now: now)
        }
        return address(copy)
    }

    func migrate(_ request: ControlRequest) throws -> Document {
        let (user, chat) = (try request.number("user"), try request.chat())
        let keepsScores = request.optional("keep_scores").map { _ in request.flag("keep_scores") } ?? true
        let key = try simulator.change { telegram, now throws(SimulationError) in
            try telegram.migrate(chat, by: user, keepsScores: keepsScores, now: now)
        }
        return ["chat": .string(key.text)]
    }

    func setMembership(_ request: ControlRequest) throws -> Document {
        guard let membership = Membership(rawValue: try request.text("status")) else {
            throw SimulationError.invalid("status is member, administrator, restricted, left or kicked")
        }
        let (user, bot, chat) = (try request.number("user"), try request.number("bot"), try request.chat())
        try simulator.change { telegram, now throws(SimulationError) in
            try telegram.setMembership(membership, of: bot, in: chat, by: user, now: now)
        }
        return [:]
    }

    private func offers(_ request: ControlRequest) async throws -> InlineAnswer {
        try await simulator.ask(
            user: try request.number("user"),
            bot: try request.number("bot"),
            in: request.optional("chat").map { _ in try request.chat() },
            text: request.optional("query") ?? ""
        )
    }

    private func address(_ address: MessageAddress) -> Document {
        let identifier = simulator.read { telegram in
            telegram.message(address).flatMap { $0.inlineIdentifier ?? $0.ownIdentifier }
        }
        return [
            "chat": .string(address.chat.text), "message_id": .integer(address.message),
            "inline_message_id": .optional(identifier),
        ]
    }
}
