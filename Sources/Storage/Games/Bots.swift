package import Leaderboards
package import Postgres

package struct BotRecord: Hashable, Sendable {
    package let id: BotID
    /// Without `@`; nil until Telegram was asked.
    package let username: String?

    package init(id: BotID, username: String?) {
        self.id = id
        self.username = username
    }

    /// See ``BotID/isCalled(_:username:)``.
    package func isNamed(_ name: String) -> Bool { id.isCalled(name, username: username) }
}

extension Statement where Value == [BotRecord] {
    package static func botsList() -> Self {
        Self(
            each: "SELECT bot_id, username FROM bots ORDER BY bot_id"
        ) { row throws(PostgresError) in
            let (id, username) = try row.decode(BotID.self, String?.self)
            return BotRecord(id: id, username: username)
        }
    }
}

extension Query {
    /// Stores a bot and its username; nil leaves what is stored.
    package static func botUpsert(_ bot: BotID, username: String?) -> Query {
        """
        INSERT INTO bots (bot_id, username) VALUES (\(bot), \(username))
        ON CONFLICT (bot_id) DO UPDATE SET username = excluded.username
        WHERE excluded.username IS NOT NULL AND bots.username IS DISTINCT FROM excluded.username
        """
    }
}
