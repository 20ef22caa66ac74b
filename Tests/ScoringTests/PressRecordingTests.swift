import Leaderboards
import Outbox
import Postgres
import Scoring
import ScoringSupport
import Storage
import TestSupport
import Testing

/// A press is written where it tells something new, and only there.
@Suite(.scratchDatabase(.migrated), .timeLimit(.minutes(10)))
struct PressRecordingTests {
    private let lead = Lead()
    private let group = StageChat(instance: "-111", id: -500)
    private let supergroup = StageChat(instance: "222", id: -1_001_000_000_500)

    /// What one press shows.
    struct Shown: Sendable {
        var player: Int64 = 11
        var firstName = "Ann"
        var lastName: String?
        var username: String? = "ann"
        var instance = "-111"
        var address: Int64? = -500
        var title: String? = "Lunch"
        var target = Target.message(chat: TelegramChatID(rawValue: -500), id: 10)
    }

    private func press(_ shown: Shown, on stage: Stage) async throws {
        stage.clock.advance(by: .seconds(1))
        let opening = await stage.highscores.open(
            Press(
                bot: Stage.bot,
                gameShortName: "tetris",
                player: PlayerProfile.sample(
                    shown.player,
                    shown.firstName,
                    lastName: shown.lastName,
                    username: shown.username
                ),
                chatInstance: shown.instance,
                target: shown.target,
                chat: shown.address.map {
                    ChatSighting(id: TelegramChatID(rawValue: $0), title: shown.title)
                }
            )
        )
        guard case .url = opening else { throw StageError("the press was answered with \(opening)") }
    }

    /// Notes from here on every statement that writes, also one that finds nothing to change.
    private func watchWrites(_ stage: Stage) async throws {
        try await stage.pool.withSession { session throws(PostgresError) in
            try session.script(
                """
                CREATE TABLE writes (of text);
                CREATE FUNCTION note_write() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    INSERT INTO writes VALUES (TG_TABLE_NAME);
                    RETURN NULL;
                END
                $$;
                DO $$
                DECLARE written text;
                BEGIN
                    FOREACH written IN ARRAY
                        '{players,chats,chat_instances,chat_addresses,targets,deliveries}'::text[]
                    LOOP
                        EXECUTE format('CREATE TRIGGER note AFTER INSERT OR UPDATE OR DELETE ON %I
                                        FOR EACH STATEMENT EXECUTE FUNCTION note_write()', written);
                    END LOOP;
                END
                $$
                """
            )
        }
    }

    private func writes(_ stage: Stage) async throws -> Int? {
        try await stage.value(Int.self, "SELECT count(*) FROM writes")
    }

    /// Everything that presses write, in one text.
    private func stored(_ stage: Stage) async throws -> String? {
        try await stage.value(
            String.self,
            """
            SELECT concat_ws('; ',
                (SELECT string_agg(concat_ws(' ', player_id, first_name, last_name, username), ', ' ORDER BY player_id)
                 FROM players),
                (SELECT string_agg(concat_ws(' ', chat_id, title), ', ' ORDER BY chat_id)
                 FROM chats WHERE merged_into IS NULL),
                (SELECT string_agg(concat_ws(' ', chat_instance, chat_id), ', ' ORDER BY chat_instance)
                 FROM chat_instances),
                (SELECT string_agg(concat_ws(' ', telegram_chat_id, chat_id), ', ' ORDER BY telegram_chat_id)
                 FROM chat_addresses),
                (SELECT string_agg(concat_ws(' ', target, is_gone), ', ' ORDER BY pressed_at) FROM targets))
            """
        )
    }

    private static let known =
        "11 Ann ann; 1 Lunch; -111 1; -500 1; message:-500:10 f"

    @Test func `a press that tells what is stored already writes nothing`() async throws {
        try await Stage.with { stage in
            try await press(Shown(), on: stage)
            #expect(try await stored(stage) == Self.known)
            try await watchWrites(stage)
            try await press(Shown(), on: stage)
            // What a press does not show is no news: an inline message tells neither id nor title of its chat.
            try await press(Shown(address: nil, title: nil, target: .none), on: stage)
            try await press(Shown(title: nil), on: stage)
            #expect(try await writes(stage) == 0)
            #expect(try await stored(stage) == Self.known)
        }
    }

    @Test(arguments: [
        (Shown(firstName: "Anna"), "11 Anna ann; 1 Lunch; -111 1; -500 1; message:-500:10 f"),
        (Shown(lastName: "Lee"), "11 Ann Lee ann; 1 Lunch; -111 1; -500 1; message:-500:10 f"),
        (Shown(username: nil), "11 Ann; 1 Lunch; -111 1; -500 1; message:-500:10 f"),
        (Shown(player: 12), "11 Ann ann, 12 Ann ann; 1 Lunch; -111 1; -500 1; message:-500:10 f"),
        (Shown(title: "Tea"), "11 Ann ann; 1 Tea; -111 1; -500 1; message:-500:10 f"),
        (
            Shown(instance: "-112"),
            "11 Ann ann; 1 Lunch; -112 1, -111 1; -500 1; message:-500:10 f"
        ),
        (
            Shown(address: -501),
            "11 Ann ann; 1 Lunch; -111 1; -501 1, -500 1; message:-500:10 f"
        ),
        (
            Shown(target: .inline("A")),
            "11 Ann ann; 1 Lunch; -111 1; -500 1; message:-500:10 f, inline:A f"
        ),
    ])
    func `a press that tells something new is written`(shown: Shown, expected: String) async throws {
        try await Stage.with { stage in
            try await press(Shown(), on: stage)
            try await press(shown, on: stage)
            #expect(try await stored(stage) == expected)
        }
    }

    @Test func `a message pressed again after another, or thought to be gone, is the last one again`()
        async throws
    {
        try await Stage.with { stage in
            let other = Shown(target: .inline("A"))
            for shown in [Shown(), other, Shown()] { try await press(shown, on: stage) }
            #expect(try await stored(stage)?.hasSuffix("; inline:A f, message:-500:10 f") == true)
            try await stage.sql("UPDATE targets SET is_gone = true WHERE target LIKE 'message:%'")
            try await press(Shown(), on: stage)
            #expect(try await stored(stage)?.hasSuffix("; inline:A f, message:-500:10 f") == true)
        }
    }

    @Test func `what waits for a message gets the one pressed, though it is known already`() async throws {
        try await Stage.with { stage in
            _ = try await stage.play(11, in: group, score: 50)
            let message = group.message()
            // As a submission leaves it that did not see the press that was being written.
            try await stage.sql("UPDATE deliveries SET state = 'no_target', target = NULL")
            _ = try await stage.press(11, in: group)
            let due = try await lead.claim(stage).claims
            #expect(due.map(\.target.target) == [message])
        }
    }

    @Test func `presses of many instances in many chats at once are all recorded`() async throws {
        try await Stage.with {
            $0.instances = 3
        } _: { stage in
            try await withThrowingTaskGroup { tasks in
                for number in Int64(0)..<120 {
                    tasks.addTask {
                        _ = try await stage.press(
                            number % 40 + 1,
                            in: StageChat(number % 17),
                            on: Int(number % 3)
                        )
                    }
                }
                try await tasks.waitForAll()
            }
            let counts = try await stage.value(
                String.self,
                """
                SELECT concat_ws(' ', (SELECT count(*) FROM players), (SELECT count(*) FROM chats),
                                 (SELECT count(*) FROM targets), (SELECT count(*) FROM chats WHERE title = 'Chat'))
                """
            )
            #expect(counts == "40 17 17 17")
        }
    }

    @Test func `a message pressed while its chat is merged is found at the chat that remains`() async throws {
        try await Stage.with { stage in
            _ = try await stage.press(9, in: group)
            _ = try await stage.press(9, in: supergroup)
            let bot = Stage.bot
            let isPressed = Recorder<Bool>()
            let (press, kept) = try await stage.pool.withConnection { connection in
                // Stands for a merge that has done all but its commit.
                try await connection.withSession { session throws(PostgresError) in
                    try session.script("BEGIN")
                    try session.run(.chatsLock(of: bot))
                }
                let chats = try await connection.withSession { session throws(PostgresError) in
                    try session.query("SELECT chat_id FROM chats ORDER BY chat_id").decode(ChatID.self)
                }
                try #require(chats.count == 2)
                try await connection.withSession { session throws(PostgresError) in
                    _ = try session.chatsMerge(chats[1], into: chats[0], bot: bot) { _, _ in }
                }
                let press = Task {
                    let inline = Target.inline("A")
                    defer { isPressed.record(true) }
                    _ = try await stage.press(9, in: supergroup, target: inline)
                }
                try await until {
                    let waiting = try await stage.value(
                        Int.self,
                        """
                        SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)
                        WHERE NOT granted AND datname = current_database()
                        """
                    )
                    return waiting == 1 || !isPressed.all.isEmpty
                }
                try await connection.withSession { session throws(PostgresError) in
                    try session.script("COMMIT")
                }
                return (press, chats[0])
            }
            try await press.value
            let place = try await stage.value(
                ChatID.self,
                "SELECT chat_id FROM targets WHERE target = 'inline:A'"
            )
            #expect(place == kept)
        }
    }
}
