import Operations
import Storage

extension DeliveryChange {
    /// What will happen after deliveries were to be tried again, and why not to the rest of them: a sentence each, the
    /// first of what will be tried.
    func outlook(isDryRun: Bool) -> [String] {
        func number(_ some: DeliveryCause...) -> String? {
            let count = some.reduce(0) { $0 + (causes[$1] ?? 0) }
            return count > 0 ? counted(count, "delivery", "deliveries") : nil
        }
        let tried = number(.turn, .retry, .uncertain, .forbidden) ?? "no delivery"
        var lines = [
            isDryRun
                ? "dry run: \(tried) would be tried again"
                : "\(tried) will be tried again as soon as the limits allow"
        ]
        if let closed = number(.forbidden) {
            lines.append(
                "\(closed) of them in chats where Telegram refused what the bot writes: one in each chat first, and "
                    + "the others once that is taken"
            )
        }
        if let waiting = number(.noTarget, .dead) {
            lines.append(
                "\(waiting) cannot be tried until a button of the game is pressed in their chat: "
                    + "no message of it is known there"
            )
        }
        if let refused = number(.tokenRefused) {
            lines.append(
                "\(refused) must wait until Telegram takes the bot's token, which is tried twice a minute"
            )
        }
        if let held = number(.chatHeld, .botHeld) {
            lines.append("\(held) must wait as long as Telegram asked; 'highscores delivery status' shows it")
        }
        if let sending = number(.sending) { lines.append("\(sending) under way already") }
        for bot in idleBots {
            lines.append("no running server calls for bot \(bot): start 'highscores serve' with its token")
        }
        return lines
    }
}
