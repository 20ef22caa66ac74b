import JSON

/// `sendMessage` and the commands of a bot.
extension SimulatedTelegram {
    mutating func sendMessage(
        _ bot: Int64,
        _ parameters: CallParameters,
        _ now: Int64
    ) throws(MethodError) -> Document {
        let chat = try chat(parameters["chat_id"], for: bot, .write)
        try countWrite(bot, chat.key, now)
        guard chat.bots[bot] != .restricted else {
            throw .badRequest("not enough rights to send text messages to the chat")
        }
        let text = parameters["text"]
        guard !text.isEmpty else { throw .badRequest("message text is empty") }
        guard text.utf16.count <= 4096 else { throw .badRequest("message is too long") }
        let keyboard = Keyboard(markup: parameters.json("reply_markup"))
        // A game button works only under a game.
        guard keyboard?.hasGame != true else { throw .badRequest("BUTTON_TYPE_INVALID") }
        let message = post(in: chat.key, from: .bot(bot), .text(text), keyboard: keyboard, now: now)
        return message.map { messageDocument($0, in: chat) } ?? .null
    }

    mutating func setMyCommands(_ bot: Int64, _ parameters: CallParameters) throws(MethodError) -> Document {
        guard let list = parameters.json("commands"), list.kind == .array else {
            throw .badRequest("can't parse commands JSON object")
        }
        guard list.elements.count <= 100 else { throw .badRequest("BOT_COMMANDS_TOO_MUCH") }
        for command in list.elements {
            let name = command["command"]?.string ?? ""
            guard (1...32).contains(name.count), name.utf8.allSatisfy(Self.isCommandCharacter) else {
                throw .badRequest("BOT_COMMAND_INVALID")
            }
            guard (1...256).contains((command["description"]?.string ?? "").count) else {
                throw .badRequest("BOT_COMMAND_DESCRIPTION_INVALID")
            }
        }
        bots[bot]?.commands = String(decoding: list.raw, as: UTF8.self)
        return true
    }

    private static func isCommandCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
