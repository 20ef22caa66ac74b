package import Leaderboards
package import Postgres

/// What a key of a game tells of somebody's press, or of their name alone.
package struct PressReport: Sendable {
    package let game: GameID
    package let bot: BotID
    package let player: PlayerID
    /// What the player is called; nil where nothing was said.
    package let profile: PlayerProfile?
    package let chatInstance: ChatInstance?
    package let target: StoredTarget?
    package let reportedAt: Instant

    package init(
        game: GameID,
        bot: BotID,
        player: PlayerID,
        profile: PlayerProfile?,
        chatInstance: ChatInstance?,
        target: StoredTarget?,
        reportedAt: Instant
    ) {
        self.game = game
        self.bot = bot
        self.player = player
        self.profile = profile
        self.chatInstance = chatInstance
        self.target = target
        self.reportedAt = reportedAt
    }
}

/// What the database makes of a report.
package struct ReportFinding: Hashable, Sendable {
    /// Whether its names are of two chats that are known.
    package let isConflict: Bool
    /// Whether something is to be written.
    package let isNews: Bool
}

/// How many conflicts of one game wait for an operator at most; of more nothing is stored.
private let maximumConflicts: Int64 = 1000

extension Statement where Value == [ReportFinding] {
    /// Compares reports of one game with what is known, each in order.
    package static func reportsFind(_ reports: [PressReport], game: GameID, bot: BotID) -> Self {
        let awaited = Query.isAwaited(
            game: "own.game_id",
            chat: "found.by_instance",
            bot: "own.bot_id",
            target: "x.target"
        )
        return Self(
            """
            SELECT found.conflict,
                   CASE WHEN found.conflict THEN NOT EXISTS (
                       SELECT FROM chat_conflicts c
                       WHERE c.game_id = \(game) AND c.chat_instance = x.chat_instance
                         AND c.telegram_chat_id = x.telegram_chat_id OFFSET 0)
                       AND (SELECT count(*) FROM chat_conflicts c WHERE c.game_id = own.game_id) < \(maximumConflicts)
                   ELSE found.by_instance IS NULL AND x.chat_instance IS NOT NULL
                        OR x.target IS NOT NULL AND x.chat_instance IS NOT NULL AND (
                            x.target IS DISTINCT FROM (
                                SELECT CASE WHEN t.refused_at IS NULL THEN t.target END FROM targets t
                                WHERE t.game_id = own.game_id AND t.chat_id = found.by_instance AND NOT t.is_gone
                                ORDER BY t.pressed_at DESC LIMIT 1)
                            OR \(unescaped: awaited))
                            AND \(unescaped: SQL.isBelieved(in: "found.by_instance"))
                        OR x.is_named AND NOT EXISTS (
                            SELECT FROM players p
                            WHERE p.bot_id = \(bot) AND p.player_id = x.player_id
                              AND NOT (\(unescaped: Query.isBlank("p"))) OFFSET 0)
                   END
            FROM unnest(\(reports.map(\.chatInstance)), \(reports.map(\.target?.target.chat)),
                        \(reports.map(\.target)), \(reports.map(\.player)), \(reports.map { $0.profile != nil }),
                        \(reports.map(\.reportedAt)))
                     WITH ORDINALITY AS x (chat_instance, telegram_chat_id, target, player_id, is_named, pressed_at,
                                           position)
            CROSS JOIN (SELECT \(game) AS game_id, \(bot) AS bot_id OFFSET 0) AS own
            CROSS JOIN LATERAL (
                SELECT i.chat_id AS by_instance,
                       coalesce(i.chat_id <> a.chat_id AND EXISTS (
                           SELECT FROM chat_instances n WHERE n.chat_id = a.chat_id OFFSET 0), false) AS conflict
                FROM (SELECT 1) AS one
                \(joiningChatsOf: bot)
                OFFSET 0
            ) AS found
            ORDER BY x.position
            """
        ) { rows throws(PostgresError) in
            try rows.decode(Bool.self, Bool.self).map { ReportFinding(isConflict: $0, isNews: $1) }
        }
    }
}

extension Session {
    /// Writes what reports tell, as far as a key is believed: nothing of it changes what a press or another game knows.
    ///
    /// A chat id never becomes a name of a chat here; a message is noted where nothing contradicts it; a name fills a
    /// blank.
    ///
    /// - Returns: What was found of each in order; conflicts were stored for an operator.
    package func reportsRecord(
        _ reports: [PressReport],
        game: GameID,
        bot: BotID
    ) throws(PostgresError) -> [ReportFinding] {
        try run(.chatsLock(of: bot))
        let (findings, erasures) = try run(
            .reportsFind(reports, game: game, bot: bot),
            .erasuresGet(of: reports.map(\.player), bot: bot)
        )
        let known = zip(reports, findings).filter { report, _ in
            !erasures.isErased(report.player, since: report.reportedAt)
        }
        let believed = known.filter { !$1.isConflict }.map(\.0)
        let aliases = Array(
            Set(believed.compactMap { $0.chatInstance.map { ChatAlias(instance: $0, address: nil) } })
        )
        let chats = Dictionary(
            uniqueKeysWithValues: zip(
                aliases.map(\.instance),
                try chatsResolve(aliases, bot: bot).map(\.chat)
            )
        )
        let names = Dictionary(believed.compactMap(\.profile).map { ($0.id, $0) }) { _, last in last }
        if !names.isEmpty { try execute(.playerNamesFill(Array(names.values), bot: bot)) }
        var sightings: [StoredTarget: TargetSighting] = [:]
        for report in believed {
            guard let target = report.target, let chat = report.chatInstance.flatMap({ chats[$0] }) else {
                continue
            }
            // Of a message in two chats the last word counts, as it does one after another.
            if let known = sightings[target], known.pressedAt > report.reportedAt { continue }
            sightings[target] = TargetSighting(
                game: game,
                chat: chat,
                target: target,
                pressedAt: report.reportedAt
            )
        }
        if !sightings.isEmpty {
            let noted = try targetsInsertReported(Array(sightings.values), game: game, bot: bot)
            if !noted.isEmpty { try execute(.deliveriesWake(waitingFor: noted)) }
        }
        try insertConflicts(known.filter { $1.isConflict }.map(\.0), game: game)
        return findings
    }

    private func insertConflicts(_ reports: [PressReport], game: GameID) throws(PostgresError) {
        guard !reports.isEmpty else { return }
        try execute(
            """
            INSERT INTO chat_conflicts (game_id, chat_instance, telegram_chat_id, reported_at)
            SELECT \(game), x.chat_instance, x.telegram_chat_id, min(x.reported_at)
            FROM unnest(\(reports.map(\.chatInstance)), \(reports.map(\.target?.target.chat)),
                        \(reports.map(\.reportedAt))) AS x (chat_instance, telegram_chat_id, reported_at)
            WHERE (SELECT count(*) FROM chat_conflicts c WHERE c.game_id = \(game)) < \(maximumConflicts)
            GROUP BY 2, 3
            ON CONFLICT DO NOTHING
            """
        )
    }
}

extension Query {
    /// Whether a row of players tells no name that could be shown.
    static func isBlank(_ row: String) -> String {
        "NOT \(row).is_anonymous AND coalesce(nullif(\(row).first_name, ''), \(row).last_name, \(row).username) IS NULL"
    }

    /// Writes the names by which a studio's server knows players of whom no name is known.
    ///
    /// - Parameter profiles: Each player at most once.
    static func playerNamesFill(_ profiles: [PlayerProfile], bot: BotID) -> Query {
        playerNamesWrite(profiles, bot: bot, where: isBlank("p"))
    }
}
