import BotAPI
import Leaderboards

/// Judges how presses on a bot's own messages arrive (`callback_query_mode`).
extension Finding {
    private static let cost =
        "such presses tell no chat id: what the chat is called, whether it is private and that a group was upgraded stay "
        + "unknown, and an upgraded group may begin a leaderboard of its own until one tells it; 'default' tells all"

    /// A finding for each bot of which there is something to say, by id.
    ///
    /// - Parameter chats: In how many chats of each bot messages that it sent are pressed by inline message ids.
    static func presses(_ identities: [BotID: BotUser], chats: [BotID: Int64]) -> [Finding] {
        Set(identities.keys).union(chats.keys).sorted().compactMap { bot in
            let mode = identities[bot]?.callbackQueryMode
            let seen = chats[bot].map {
                "messages that the bot sent are pressed by inline ids in \($0) chats"
            }
            guard mode ?? "default" != "default" || seen != nil else { return nil }
            let told = mode.map { "callback_query_mode is '\($0)'" }
            let parts = [told, seen].compactMap(\.self)
            let guess = told == nil ? ", so callback_query_mode is auto or inline" : ""
            return Finding(.ok, "presses of bot \(bot)", parts.joined(separator: "; ") + guess + "; " + cost)
        }
    }
}
