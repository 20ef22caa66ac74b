@testable import BotAPI
import Leaderboards
import Scoring
import Testing

@testable import Updates

@Suite struct UpdatePlanTests {
    private static let bot = BotID(rawValue: 77)
    private let group = Chat(id: -50, kind: .group, title: "Lunch")

    private func message(
        _ command: IncomingCommand?,
        in chat: Chat? = nil,
        isBot: Bool = false
    ) -> IncomingMessage {
        let user = User(id: 4, isBot: isBot, firstName: "L")
        return IncomingMessage(chat: chat ?? group, messageID: 9, from: user, command: command)
    }

    private func plan(_ event: Update.Event) -> UpdatePlan {
        UpdatePlan(event, bot: Self.bot, botUsername: "Maze_Bot")
    }

    @Test(
        arguments: [
            (IncomingCommand(name: "start"), nil),
            (IncomingCommand(name: "start", payload: "maze"), "maze"),
            (IncomingCommand(name: "play", botUsername: "maze_BOT", payload: "maze"), "maze"),
        ] as [(IncomingCommand, String?)]
    )
    func `start and play are answered with a game`(command: IncomingCommand, payload: String?) {
        let message = message(command)
        #expect(plan(.message(message)) == .invite(message, payload: payload))
        #expect(plan(.message(message)).kind == .command)
    }

    @Test func `other commands and those for other bots are left alone`() {
        #expect(plan(.message(message(IncomingCommand(name: "help")))) == .ignore)
        #expect(plan(.message(message(IncomingCommand(name: "play", botUsername: "chess_bot")))) == .ignore)
        #expect(plan(.message(message(nil))) == .ignore)
        let channel = Chat(id: -1_001, kind: .channel)
        #expect(plan(.message(message(IncomingCommand(name: "play"), in: channel))) == .ignore)
        #expect(plan(.message(message(IncomingCommand(name: "play"), isBot: true))) == .ignore)
    }

    @Test func `an anonymous administrator is a person, though Telegram shows a bot`() {
        let anonymous = IncomingMessage(
            chat: group,
            messageID: 9,
            from: User(id: 1_087_968_824, isBot: true, firstName: "Group", username: "GroupAnonymousBot"),
            senderChatID: -1,
            command: IncomingCommand(name: "play")
        )
        #expect(plan(.message(anonymous)) == .invite(anonymous, payload: nil))
    }

    @Test func `mentions by other bots are passed over, those by anonymous administrators are not`() {
        let bot = User(id: 4, isBot: true, firstName: "Other")
        #expect(plan(.guestMessage(GuestMessage(queryID: "1", from: bot, text: "@maze_bot"))) == .ignore)
        let anonymous = GuestMessage(queryID: "1", from: bot, text: "@maze_bot", isInNameOfChat: true)
        #expect(plan(.guestMessage(anonymous)) == .answerGuest(anonymous))
    }

    @Test func `a bot that does not know its name yet answers only commands that name none`() {
        let plain = message(IncomingCommand(name: "play"))
        let named = message(IncomingCommand(name: "play", botUsername: "maze_bot"))
        #expect(UpdatePlan(.message(plain), bot: Self.bot, botUsername: nil) == .invite(plain, payload: nil))
        #expect(UpdatePlan(.message(named), bot: Self.bot, botUsername: nil) == .ignore)
    }

    @Test func `both messages about an upgrade tell the same fact`() {
        let old = TelegramChatID(rawValue: -50)
        let new = TelegramChatID(rawValue: -1_001_700_000_001)
        let inOld = IncomingMessage(
            chat: group,
            messageID: 9,
            from: nil,
            migrateToChatID: new.rawValue
        )
        let inNew = IncomingMessage(
            chat: Chat(id: new.rawValue, kind: .supergroup),
            messageID: 1,
            from: nil,
            migrateFromChatID: old.rawValue
        )
        let expected = UpdatePlan.record([.migrated(from: old, to: new)])
        #expect(plan(.message(inOld)) == expected)
        #expect(plan(.message(inNew)) == expected)
        #expect(expected.kind == .chatFact)
    }

    @Test(arguments: [77, 78, nil] as [Int64?])
    func `a game that people post through this bot is a fact of the chat`(viaBot: Int64?) {
        let message = IncomingMessage(chat: group, messageID: 9, from: nil, viaBotID: viaBot, hasGame: true)
        let sighting = ChatSighting(id: TelegramChatID(rawValue: -50), title: "Lunch")
        #expect(plan(.message(message)) == (viaBot == 77 ? .record([.sharesGames(sighting)]) : .ignore))
    }

    @Test(arguments: [-50, 0])
    func `an upgrade from a chat to itself or to none is no fact`(other: Int64) {
        let message = IncomingMessage(
            chat: group,
            messageID: 9,
            from: nil,
            migrateToChatID: other,
            migrateFromChatID: other
        )
        #expect(plan(.message(message)) == .ignore)
    }

    @Test func `the bot's membership is a fact when it is known`() {
        let sighting = ChatSighting(id: TelegramChatID(rawValue: -50), title: "Lunch")
        for canWrite in [true, false] {
            let change = ChatMemberUpdated(chat: group, date: 1, canWrite: canWrite)
            #expect(plan(.myChatMember(change)) == .record([.writable(sighting, canWrite)]))
        }
        #expect(plan(.myChatMember(ChatMemberUpdated(chat: group, date: 1, canWrite: nil))) == .ignore)
    }

    @Test func `presses and inline queries are answered, the rest is ignored`() {
        let press = CallbackQuery(id: "1", from: nil, target: nil, chatInstance: nil, gameShortName: nil)
        let query = InlineQuery(id: "1", from: nil, query: "")
        let chosen = ChosenInlineResult(resultID: "maze", from: nil, inlineMessageID: "x")
        #expect(plan(.callbackQuery(press)) == .answer(press))
        #expect(plan(.inlineQuery(query)) == .offer(query))
        let mention = GuestMessage(queryID: "1", from: nil, text: "")
        #expect(plan(.guestMessage(mention)) == .answerGuest(mention))
        #expect(plan(.guestMessage(mention)).kind == .guestQuery)
        #expect(plan(.chosenInlineResult(chosen)) == .ignore)
        #expect(plan(.other) == .ignore)
        let kinds: [UpdateEvent.Kind] = [
            plan(.callbackQuery(press)).kind, plan(.inlineQuery(query)).kind, plan(.other).kind,
        ]
        #expect(kinds == [.press, .inlineQuery, .ignored])
    }
}
