import Foundation
import TestSupport
import Testing

/// Wrong settings stop the program at once, with a line that an operator can act upon.
@Suite(.serialized, .timeLimit(.minutes(10))) struct SettingsTests {
    @Test(arguments: [
        ("TELEGRAM_BOT_TOKEN", "TELEGRAM_BOT_TOKEN", "nonsense-that-stays-unsaid"),
        ("TELEGRAM_BOT_TOKEN", "TELEGRAM_BOT_TOKEN", ""),
        ("TELEGRAM_BOT_TOKEN", "TELEGRAM_BOT_TOKEN_FILE", "/etc/hostname"),
        ("HIGHSCORES_SECRET", "HIGHSCORES_SECRET", "short"),
        ("HIGHSCORES_SECRET", "HIGHSCORES_SECRET", ""),
        ("HIGHSCORES_LISTEN", "HIGHSCORES_LISTEN", "nowhere"),
        ("HIGHSCORES_UPDATES", "HIGHSCORES_UPDATES", "webhook"),
        ("HIGHSCORES_UPDATES", "HIGHSCORES_UPDATES", "pigeon"),
        ("HIGHSCORES_RUN_TTL", "HIGHSCORES_RUN_TTL", "soon"),
        ("HIGHSCORES_PLAYER_RATE", "HIGHSCORES_PLAYER_RATE", "often"),
        ("HIGHSCORES_LOG_LEVEL", "HIGHSCORES_LOG_LEVEL", "loud"),
        ("HIGHSCORES_PUBLIC_URL", "HIGHSCORES_PUBLIC_URL", "play.example.com"),
        ("DATABASE_URL", "DATABASE_URL", "postgresql://user:secretword@[broken"),
        ("TELEGRAM_API_URL", "TELEGRAM_API_URL", "ftp://telegram"),
    ])
    func `a wrong setting ends with 2 and one line`(named: String, variable: String, value: String)
        async throws
    {
        try await Program.withFolder { folder in
            var environment = [
                "TELEGRAM_BOT_TOKEN": Arena.token, "HIGHSCORES_SECRET": Arena.secret,
                "DATABASE_URL": "postgresql://127.0.0.1:9/none", "HIGHSCORES_DATA": folder.path + "/data",
                "TELEGRAM_API_URL": "http://127.0.0.1:9",
            ]
            environment[variable] = value
            let program = try Program(["serve"], environment: environment, folder: folder)
            let code = try await program.exitCode()
            let lines = program.standardError.split(separator: "\n")
            #expect(code == 2)
            #expect(lines.count == 1, "\(lines)")
            #expect(lines.first?.contains(named) == true, "\(lines)")
            for secret in ["nonsense-that-stays-unsaid", "secretword", "very_secret"] {
                #expect(!program.standardError.contains(secret))
            }
            #expect(program.standardOutput.isEmpty)
        }
    }
}
