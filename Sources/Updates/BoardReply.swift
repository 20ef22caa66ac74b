import BotAPI
import Languages
import Leaderboards
import Scoring

/// The reply to `/top`: the first of a chat's leaderboard, and where the asker stands.
enum BoardReply {
    /// - Parameters:
    ///   - words: What follows the command: the name of a window and of a board, in any order.
    ///   - board: Reads the leaderboard; nil where nothing was ever played.
    /// - Throws: ``Refusal`` that may pass.
    static func message(
        answering message: IncomingMessage,
        _ words: [String],
        of bot: BotID,
        by board: (ChatBoardRequest) async throws(Refusal) -> LeaderboardPage?
    ) async throws(Refusal) -> SendMessage {
        let windows = words.compactMap { WindowKind(rawValue: $0) }
        // Whoever writes in the name of a chat is nobody in particular.
        let asker = message.isInNameOfChat ? nil : message.from
        let request = ChatBoardRequest(
            bot: bot,
            chat: TelegramChatID(rawValue: message.chat.id),
            player: asker.map { PlayerID(rawValue: $0.id) },
            window: windows.first ?? .all,
            board: words.first { WindowKind(rawValue: $0) == nil }
        )
        let language = asker.language
        let text: String
        do throws(Refusal) {
            text = try await board(request)?.text(in: language) ?? language.text("board.empty")
        } catch {
            switch error {
            case .boardUnknown: text = language.text("board.no_board")
            case .noSuchWindow: text = language.text("board.no_window")
            default: throw error
            }
        }
        return SendMessage(chatID: message.chat.id, text: text, topicID: message.topicID)
    }
}

extension LeaderboardPage {
    /// The leaderboard as one message.
    fileprivate func text(in language: Language) -> String {
        let name = game.board == game.rules.telegramBoard ? [] : [game.board]
        let title = ([game.title] + name + [language.text("board.\(board.window.rawValue)")]).map(
            \.unlinked.isolated
        )
        guard !lines.isEmpty else {
            return title.joined(separator: " · ") + "\n" + language.text("board.empty")
        }
        var rows = [title.joined(separator: " · "), ""]
        for line in lines {
            let name = line.name ?? language.text("board.somebody")
            rows.append(
                "\(line.rank). \(name.unlinked.isolated) — \(game.rules.text(of: line.score).isolated)"
            )
        }
        if case .entry(let viewer) = me, !lines.contains(where: \.isViewer) {
            let place = language.text("board.place")
                .replacing("{rank}", with: "\(viewer.rank)").replacing("{count}", with: "\(total)")
            rows += ["", "\(place) — \(game.rules.text(of: viewer.score).isolated)"]
        }
        return rows.joined(separator: "\n")
    }
}

extension String {
    /// The text kept apart from what stands around it, whichever way it is written.
    fileprivate var isolated: String {
        // What ends or begins an isolation would undo this one.
        "\u{2068}" + String(unicodeScalars.filter { !("\u{2066}"..."\u{2069}").contains($0) }) + "\u{2069}"
    }

    /// The text without the links and mentions that Telegram makes of plain text: whoever is called `@somebody` or
    /// `example.com` is not to call people.
    fileprivate var unlinked: String {
        var text = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            text.append(scalar)
            // A word joiner, which nobody sees.
            if "@./:#".unicodeScalars.contains(scalar) { text.append("\u{2060}") }
        }
        return String(text)
    }
}
