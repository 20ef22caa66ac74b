package import Leaderboards
package import Postgres

/// What a press tells of player, chat and message.
package struct PressFact: Sendable {
    package let game: GameID
    package let player: PlayerProfile
    package let alias: ChatAlias
    /// The chat's title; nil where the press shows none, which leaves what is stored.
    package let title: String?
    package let target: StoredTarget?
    package let pressedAt: Instant

    package init(
        game: GameID,
        player: PlayerProfile,
        alias: ChatAlias,
        title: String?,
        target: StoredTarget?,
        pressedAt: Instant
    ) {
        self.game = game
        self.player = player
        self.alias = alias
        self.title = title
        self.target = target
        self.pressedAt = pressedAt
    }
}

/// A press that tells something which the database does not hold.
package struct PressNews: Hashable, Sendable {
    /// Which of the presses asked about.
    package let position: Int
    /// Whether a name of its chat is not known yet.
    package let isChatUnknown: Bool
}

extension Statement where Value == [PressNews] {
    /// Finds the presses after which something is to be written; most tell only what is stored already.
    ///
    /// A press is news when its chat is not known by all that is shown of it, or by two as different chats, when the
    /// player or the chat goes by another name, when its message is not the one of the game in the chat that is known
    /// as pressed last or was refused, and when a delivery waits for a sign of life there.
    /// Its cost is a few look-ups by key for each press, whatever the tables hold.
    package static func pressesFindNew(in facts: [PressFact], bot: BotID) -> Self {
        // OFFSET 0 keeps the planner from seeing the arrays: with their lengths before it, it would plan the statement
        // anew for every batch, which takes ten times as long as running it, and would read small tables as a whole.
        // Look-ups as sub-selects stay look-ups, where joins may be turned into hashes of whole tables.
        let awaited = Query.isAwaited(
            game: "x.game_id",
            chat: "i.chat_id",
            bot: "shown.bot_id",
            target: "x.target"
        )
        return Self(
            """
            SELECT x.position, i.chat_id IS NULL OR x.telegram_chat_id IS NOT NULL AND a.chat_id IS NULL
            FROM (
                SELECT \(bot) AS bot_id, \(facts.map(\.alias.instance)) AS instances,
                       \(facts.map(\.alias.address)) AS addresses, \(facts.map(\.title)) AS titles,
                       \(facts.map(\.game)) AS games, \(facts.map(\.target)) AS targets,
                       \(facts.map(\.player.id)) AS players, \(facts.map(\.player.firstName)) AS first_names,
                       \(facts.map(\.player.lastName)) AS last_names, \(facts.map(\.player.username)) AS usernames
                OFFSET 0
            ) AS shown
            CROSS JOIN LATERAL unnest(instances, addresses, titles, games, targets, players, first_names, last_names,
                                      usernames) WITH ORDINALITY
                AS x (chat_instance, telegram_chat_id, title, game_id, target, player_id, first_name, last_name,
                      username, position)
            \(joiningChatsOf: bot)
            WHERE (
                i.chat_id IS NOT NULL
                AND (x.telegram_chat_id IS NULL OR i.chat_id = a.chat_id)
                AND (x.title IS NULL OR x.title = (SELECT c.title FROM chats c WHERE c.chat_id = i.chat_id))
                AND (x.target IS NULL
                     OR x.target = (
                         SELECT CASE WHEN NOT t.is_reported AND t.refused_at IS NULL THEN t.target END
                         FROM targets t
                         WHERE t.game_id = x.game_id AND t.chat_id = i.chat_id AND NOT t.is_gone
                         ORDER BY t.pressed_at DESC LIMIT 1)
                     AND NOT \(unescaped: awaited))
            ) IS NOT TRUE
            OR (
                SELECT p.is_anonymous
                       OR (p.first_name, p.last_name, p.username)
                          IS NOT DISTINCT FROM (x.first_name, x.last_name, x.username)
                FROM players p WHERE p.bot_id = shown.bot_id AND p.player_id = x.player_id
            ) IS NOT TRUE
            """
        ) { rows throws(PostgresError) in
            try rows.decode(Int.self, Bool.self).map { PressNews(position: $0 - 1, isChatUnknown: $1) }
        }
    }
}
