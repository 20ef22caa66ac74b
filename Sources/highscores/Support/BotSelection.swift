import Application
import ArgumentParser
import BotAPI
import Leaderboards

/// Which of the configured bots a command is about.
struct BotSelection: ParsableArguments {
    @Option(help: "One bot, by username or id; without it all of TELEGRAM_BOT_TOKEN.")
    var bot: String?
    /// Does something for each selected bot, goes on when one fails, and prints what worked.
    ///
    /// - Parameters:
    ///   - columns: The fields of what is printed.
    ///   - limit: For how many bots at most.
    ///   - text: Said after it, if anything.
    /// - Throws: ``CommandFailure`` if something failed: its code, or "partly done" where something else did not.
    func forEach(
        _ context: CommandContext,
        _ output: OutputOptions,
        columns: [String],
        limit: Int? = nil,
        remarking text: String? = nil,
        _ body: (BotClient) async throws -> Record
    ) async throws {
        _ = try context.settings.requireBotTokens()
        let (records, failures) = try await context.withClients { clients in
            var (records, failures): ([Record], [any Error]) = ([], [])
            for client in try await Self.select(bot, from: clients).prefix(limit ?? .max) {
                do { records.append(try await body(client)) } catch {
                    try Task.checkCancellation()
                    failures.append(error)
                }
            }
            return (records, failures)
        }
        try output.print(records, columns: columns)
        if let text { remark(text) }
        guard let first = failures.first else { return }
        for failure in failures { remark(highscores.text(of: failure)) }
        throw CommandFailure(records.isEmpty ? ExitStatus(of: first) : .partly, "")
    }

    /// The ids of the selected bots; Telegram is asked only for a bot that was named by its username.
    func bots(_ context: CommandContext) async throws -> [Int64] {
        let tokens = try context.settings.requireBotTokens()
        guard let bot, Int64(bot) == nil else {
            let ids = tokens.map(\.botID).filter { bot == nil || String($0) == bot }
            guard !ids.isEmpty else { throw Self.notFound(bot) }
            return ids
        }
        return try await context.withClients { clients in
            try await Self.select(bot, from: clients).map(\.token.botID)
        }
    }

    private static func select(_ name: String?, from clients: [BotClient]) async throws -> [BotClient] {
        guard let name else { return clients }
        if let client = clients.first(where: { String($0.token.botID) == name }) { return [client] }
        guard Int64(name) == nil else { throw notFound(name) }
        for client in clients {
            let identity = try await client.call(GetMe())
            if BotID(rawValue: identity.id).isCalled(name, username: identity.username) { return [client] }
        }
        throw notFound(name)
    }

    private static func notFound(_ name: String?) -> CommandFailure {
        CommandFailure(.notFound, "TELEGRAM_BOT_TOKEN holds no token of a bot '\(name ?? "")'")
    }
}
