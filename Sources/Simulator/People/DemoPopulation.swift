/// The people, chats and game of the demo.
package struct DemoPopulation: Sendable {
    /// The bot's token, which is worth nothing outside a simulation.
    package static let token = "7000000001:demo-token-of-the-simulator"
    package static let username = "arcade_demo_bot"
    package static let shortName = "comet_catch"
    package static let title = "Comet Catch"
    package static let summary = "Catch falling stars, dodge the rocks. Forty-five seconds, three hearts."

    private static let people = [
        SimulatedUser(id: 5_000_000_001, firstName: "Ada", username: "ada"),
        SimulatedUser(id: 5_000_000_002, firstName: "Zoë", username: "zoe"),
        SimulatedUser(id: 5_000_000_003, firstName: "Omar", username: "omar"),
    ]
    private static let groups: [(id: Int64, kind: SimulatedChat.Kind, title: String)] = [
        (-1_001_000_000_001, .supergroup, "Friday Arcade"), (-200_000_001, .group, "Lunch Break"),
    ]

    /// Puts them into a simulation; what is there already stays as it is.
    ///
    /// - Throws: ``SimulationError`` when the token has no right form or another bot has its id.
    @discardableResult
    package static func populate(
        _ telegram: inout SimulatedTelegram,
        token: String = token,
        now: Int64
    ) throws(SimulationError) -> Int64 {
        let bot = try telegram.addBot(token: token, username: username, name: "Arcade Bot")
        try telegram.addGame(SimulatedGame(shortName: shortName, title: title, description: summary), to: bot)
        for person in people { telegram.addUser(person) }
        for group in groups {
            let chat = try telegram.addChat(
                group.kind,
                id: group.id,
                title: group.title,
                users: people.map(\.id),
                bots: [bot]
            )
            guard telegram.chats[chat]?.messages.isEmpty == true else { continue }
            try greet(in: chat, bot, &telegram, now)
        }
        for person in people { _ = try telegram.privateChat(.bot(bot, user: person.id)) }
        return bot
    }

    private static func greet(
        in chat: ChatKey,
        _ bot: Int64,
        _ telegram: inout SimulatedTelegram,
        _ now: Int64
    ) throws(SimulationError) {
        telegram.post(in: chat, from: .user(people[0].id), .text("Who is up for a round?"), now: now)
        telegram.post(
            in: chat,
            from: .bot(bot),
            .game(GameName(bot: bot, shortName: shortName), scoreboard: nil),
            keyboard: .play(title),
            now: now
        )
    }
}
