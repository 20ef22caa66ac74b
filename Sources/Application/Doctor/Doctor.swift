import BotAPI
import Curl
import Leaderboards
package import Logging
import Outbox
import Postgres
import Operations
import Scoring
import Storage

/// Looks at everything that must be right for the service to work, and changes nothing.
package struct Doctor: Sendable {
    private let settings: Settings
    private let logger: Logger
    private let report: @Sendable (Finding) -> Void

    package init(settings: Settings, logger: Logger, report: @escaping @Sendable (Finding) -> Void) {
        self.settings = settings
        self.logger = logger
        self.report = report
    }

    /// Looks at everything.
    ///
    /// - Throws: `CancellationError` when interrupted; what is wrong is reported instead.
    package func examine() async throws {
        Finding.settings(settings).forEach(report)
        if settings.databaseURL == nil, let address = DemoClaim.runningAddress(folder: settings.dataFolder) {
            report(
                Finding(
                    .ok,
                    "demo",
                    "runs in \(settings.dataFolder), with a Telegram of its own; open \(address)"
                )
            )
        }
        let identities = try await examineBots()
        try Task.checkCancellation()
        do {
            try await settings.withDatabase(logger: logger) { configuration in
                let pooler = try await Finding.pooler(settings, logger.silenced)
                if let pooler { report(pooler) }
                // Nothing can be asked as usual through a pooler that nobody was told of.
                guard pooler?.verdict != .problem else { return }
                try await PostgresPool.with(configuration, logger: logger.silenced) { pool in
                    guard await examineDatabase(pool) else { return }
                    await examineWriting(pool)
                    try await examineGames(pool, identities: identities)
                    let chats = try await Administration(pool: pool, actor: "").chatsPressedInline()
                    Finding.presses(identities, chats: chats).forEach(report)
                    try await examineQueue(pool)
                }
            }
        } catch {
            try Task.checkCancellation()
            report(Self.failure("database", error))
        }
    }

    // MARK: - Telegram

    /// Asks each token who it is and where its updates go.
    private func examineBots() async throws -> [BotID: BotUser] {
        guard !settings.botTokens.isEmpty else { return [:] }
        let http: CurlClient
        do { http = try CurlClient() } catch {
            report(Finding(.problem, "http client", "cannot be set up: \(error)"))
            return [:]
        }
        var identities: [BotID: BotUser] = [:]
        for token in settings.botTokens {
            try Task.checkCancellation()
            let client = BotClient(
                token: token,
                baseURL: settings.apiURL,
                isTest: settings.isTest,
                transport: http.botTransport
            )
            if let identity = await Finding.bot(client, settings, report) {
                identities[BotID(rawValue: token.botID)] = identity
            }
        }
        await http.shutdown()
        return identities
    }

    // MARK: - Database

    /// Looks at the server and the schema; returns whether there is anything further to look at.
    private func examineDatabase(_ pool: PostgresPool) async -> Bool {
        do {
            let before = Instant.now
            let facts = try await pool.withSession { session throws(PostgresError) in
                try session.serverFacts()
            }
            let after = Instant.now
            report(
                facts.isReadOnly
                    ? Finding(
                        .problem,
                        "database",
                        "takes no changes; name the primary in DATABASE_URL, or set default_transaction_read_only off"
                    ) : Finding(.ok, "database", "PostgreSQL \(facts.version) answers")
            )
            report(Finding.clock(server: facts.now, between: before, and: after))
            let values = try await pool.withSession { session throws(PostgresError) in
                // This service's sessions turn the first one on, so that only the default tells.
                try session.run(.serverDefaultsGet(["synchronous_commit"]))
                    + session.run(.serverSettingsGet(["in_hot_standby"]))
            }
            report(Finding.durability(synchronousCommit: values.first ?? "", isStandby: values.last == "on"))
        } catch {
            report(Self.failure("database", error))
            return false
        }
        do {
            let isAhead = try await pool.checkSchema(logger: logger.silenced)
            report(
                isAhead
                    ? Finding(.problem, "schema", "is newer than this program; update the program")
                    : Finding(.ok, "schema", "is the one of this program")
            )
            return true
        } catch {
            report(Self.failure("schema", error))
            return false
        }
    }

    /// Writes something and takes it back.
    private func examineWriting(_ pool: PostgresPool) async {
        do {
            try await pool.transaction(TransactionOptions(isDryRun: true)) { session throws(PostgresError) in
                _ = try session.run(
                    .auditInsert(
                        AuditEntry(
                            actor: "doctor",
                            action: "doctor.write",
                            subject: "nothing",
                            reason: nil,
                            before: nil,
                            after: nil
                        )
                    )
                )
            }
            report(Finding(.ok, "writing", "a row could be written, and was taken back"))
        } catch {
            report(Self.failure("writing", error))
        }
    }

    /// Opens the games' pages and the service's own address, as people and Telegram do.
    private func examineAddresses(_ games: [Game]) async throws {
        guard let http = try? CurlClient() else { return }
        var addresses = games.filter(\.isEnabled).map { (subject: "page of \($0.name)", url: $0.url) }
        if let publicURL = settings.publicURL { addresses.append(("public address", "\(publicURL)/healthz")) }
        for (subject, url) in addresses.prefix(Self.mostAddresses) {
            try Task.checkCancellation()
            let request = CurlRequest(method: .get, url: String(url.prefix { $0 != "#" }))
            do throws(CurlError) {
                let response = try await http.send(request, timeout: .seconds(5))
                report(Finding.address(subject, url, status: response.status, error: nil))
            } catch {
                report(Finding.address(subject, url, status: nil, error: error.description))
            }
        }
        await http.shutdown()
    }

    /// More pages than this are opened by nobody who waits for the doctor.
    private static let mostAddresses = 20

    private func examineGames(_ pool: PostgresPool, identities: [BotID: BotUser]) async throws {
        let (games, pressed) = try await pool.withSession { session throws(PostgresError) in
            (try session.run(.gamesList()), try session.run(.gamesListPressed()))
        }
        guard !games.isEmpty else {
            let example = "highscores game add BOT/SHORT_NAME --url https://play.example.com/"
            return report(Finding(.problem, "games", "there are none; add one with '\(example)'"))
        }
        for game in games {
            report(
                Finding.game(
                    game,
                    settings: settings,
                    identity: identities[game.bot],
                    wasPressed: pressed.contains(game.id)
                )
            )
        }
        try await examineAddresses(games)
    }

    private func examineQueue(_ pool: PostgresPool) async throws {
        let status = try await DeliveryStatus.read(from: pool)
        Finding.queue(status).forEach(report)
    }

    /// A step that failed, as a finding.
    private static func failure(_ subject: String, _ error: any Error) -> Finding {
        guard let error = error as? PostgresError else { return Finding(.problem, subject, "\(error)") }
        guard error.isUnavailable else { return Finding(.problem, subject, "\(error)") }
        return Finding(
            .temporary,
            subject,
            "cannot be used now: \(error); look at DATABASE_URL and at the server"
        )
    }
}
