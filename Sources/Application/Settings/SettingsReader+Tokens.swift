import BotAPI
import FoundationEssentials

extension SettingsReader {
    static let tokenVariable = "TELEGRAM_BOT_TOKEN"
    static let tokenFileVariable = "TELEGRAM_BOT_TOKEN_FILE"
    static let tokenExample = "1234567890:AAF0abcdefghijklmnopqrstuvwxyz_-123"

    /// The tokens of bots, from the environment or from a file, in their order; none when neither variable is set.
    ///
    /// An error quotes nothing of a token but the bot's id.
    func botTokens() throws(SettingsError) -> [BotToken] {
        switch (values[Self.tokenVariable], values[Self.tokenFileVariable]) {
        case (nil, nil): return []
        case (_?, _?):
            throw SettingsError(
                Self.tokenVariable,
                "is set together with \(Self.tokenFileVariable); set one of them",
                example: Self.tokenExample
            )
        case (let list?, nil):
            return try Self.parse(
                list.split(separator: ",", omittingEmptySubsequences: false),
                of: Self.tokenVariable,
                Self.tokenExample
            )
        case (nil, let path?):
            let text = try Self.contents(of: path)
            let lines = text.split(whereSeparator: \.isNewline).filter { !$0.allSatisfy(\.isWhitespace) }
            guard !lines.isEmpty else { throw Self.fileProblem("the file \(path.quotedForError) is empty") }
            return try Self.parse(lines, of: Self.tokenFileVariable, "/run/secrets/bot_tokens")
        }
    }

    private static func parse(
        _ texts: [Substring],
        of variable: String,
        _ example: String
    ) throws(SettingsError) -> [BotToken] {
        var tokens: [BotToken] = []
        for (index, text) in texts.enumerated() {
            let place = texts.count > 1 ? "token \(index + 1) of \(texts.count): " : ""
            let token: BotToken
            do { token = try BotToken(text.trimmingSpaces) } catch {
                throw SettingsError(variable, "\(place)\(error)", example: example)
            }
            guard !tokens.contains(where: { $0.botID == token.botID }) else {
                throw SettingsError(variable, "\(place)bot \(token.botID) is there already", example: example)
            }
            tokens.append(token)
        }
        return tokens
    }

    private static func contents(of path: String) throws(SettingsError) -> String {
        let data: Data
        do { data = try Data(contentsOf: URL(filePath: path)) } catch {
            let reason =
                switch (error as? CocoaError)?.code {
                case .fileReadNoSuchFile: "there is no such file"
                case .fileReadNoPermission: "this user may not read it"
                default: "it is not a readable file"
                }
            throw fileProblem("cannot read \(path.quotedForError): \(reason)")
        }
        guard let text = String(data: data, encoding: .utf8) else {
            throw fileProblem("the file \(path.quotedForError) is not a text with one token a line")
        }
        return text
    }

    private static func fileProblem(_ problem: String) -> SettingsError {
        SettingsError(tokenFileVariable, problem, example: "/run/secrets/bot_tokens")
    }
}

extension StringProtocol {
    /// The text without white space at its ends.
    var trimmingSpaces: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }),
            let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[first...last])
    }
}
