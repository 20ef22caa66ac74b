-- What Telegram's tables are to hold, by which messages they are written, and the calls that do it. What is of one game is
-- keyed by game_id first; what calls share belongs to a bot.

-- Game messages by which a table of Telegram can be written, as presses showed them or keys of the game reported.
-- A target is 'message:CHAT:MESSAGE' or 'inline:ID'.
CREATE TABLE targets (
    game_id     bigint      NOT NULL,
    chat_id     bigint      NOT NULL,
    target      text        NOT NULL,
    pressed_at  timestamptz NOT NULL,
    is_gone     boolean     NOT NULL DEFAULT false,
    -- Whether only a key told of it; what a press shows of the message takes it away.
    is_reported boolean     NOT NULL DEFAULT false,
    -- Whose it was before a merge of chats.
    moved_from  bigint,
    -- When a call about the message was last refused in a way that may pass: it was forbidden, or repeating it did not
    -- help. Null since then where a press showed the message, a score was taken there, or its chat was found open.
    refused_at  timestamptz,
    CONSTRAINT targets_pkey PRIMARY KEY (game_id, chat_id, target),
    CONSTRAINT targets_game_fkey FOREIGN KEY (game_id) REFERENCES games (game_id),
    CONSTRAINT targets_chat_fkey FOREIGN KEY (chat_id) REFERENCES chats (chat_id),
    CONSTRAINT targets_target_form CHECK (target ~ '^(message:-?[1-9][0-9]*:[1-9][0-9]*|inline:[!-~]{1,200})$')
);

CREATE INDEX targets_by_chat ON targets (chat_id);
-- Whose message it is, asked before a key is believed; and which messages are in a chat of Telegram's.
CREATE INDEX targets_by_name ON targets (target text_pattern_ops);
CREATE INDEX targets_latest ON targets (game_id, chat_id, pressed_at DESC) WHERE NOT is_gone;

-- When a scoreboard was last edited; only of games that do so every so many seconds.
CREATE TABLE message_edits (
    game_id   bigint      NOT NULL,
    chat_id   bigint      NOT NULL,
    edited_at timestamptz NOT NULL,
    CONSTRAINT message_edits_pkey PRIMARY KEY (game_id, chat_id),
    CONSTRAINT message_edits_game_fkey FOREIGN KEY (game_id) REFERENCES games (game_id),
    CONSTRAINT message_edits_chat_fkey FOREIGN KEY (chat_id) REFERENCES chats (chat_id)
);

CREATE INDEX message_edits_by_chat ON message_edits (chat_id);

-- The score that Telegram's table is to hold of one player of one game in one chat, and what it is known to hold.
CREATE TABLE deliveries (
    game_id         bigint      NOT NULL,
    chat_id         bigint      NOT NULL,
    player_id       bigint      NOT NULL,
    bot_id          bigint      NOT NULL,
    -- Null is absent: Telegram takes a player with 0 off its table.
    desired_score   integer,
    desired_at      timestamptz NOT NULL,
    -- Since when Telegram does not hold it; newer scores do not begin it anew.
    waiting_since   timestamptz NOT NULL DEFAULT now(),
    -- Whether Telegram is to hold the very score, by force if need be: it may hold a better one.
    is_correction   boolean     NOT NULL DEFAULT false,
    known           text        NOT NULL DEFAULT 'unknown',
    known_value     integer,
    -- Whether a forced call's outcome is unknown, so that Telegram's table is read before the row counts as done.
    must_read       boolean     NOT NULL DEFAULT false,
    target          text,
    state           text        NOT NULL,
    attempts        integer     NOT NULL DEFAULT 0,
    -- How many answers in a row may pass: nobody has seen their words before, after a few of which the delivery is dead,
    -- or they forbid an inline message.
    rejections      integer     NOT NULL DEFAULT 0,
    due_at          timestamptz NOT NULL,
    -- Who holds the row while its call is under way; a lease that ran out returns it.
    lease           uuid,
    lease_until     timestamptz,
    -- Until when a call of unknown outcome may still take effect; no forced call starts before.
    uncertain_until timestamptz,
    -- The last call: an ordinary score, a forced one, or reading the table; and when it was claimed.
    last_call       text,
    last_call_at    timestamptz,
    last_error      text,
    CONSTRAINT deliveries_pkey PRIMARY KEY (game_id, chat_id, player_id),
    CONSTRAINT deliveries_game_fkey FOREIGN KEY (game_id) REFERENCES games (game_id),
    CONSTRAINT deliveries_chat_fkey FOREIGN KEY (chat_id) REFERENCES chats (chat_id),
    CONSTRAINT deliveries_desired_score_positive CHECK (desired_score > 0),
    CONSTRAINT deliveries_known_known CHECK (known IN ('unknown', 'exactly', 'at_least')),
    -- "Exactly" without a value is known to be absent.
    CONSTRAINT deliveries_known_value_fits CHECK (CASE known
        WHEN 'unknown' THEN known_value IS NULL
        WHEN 'at_least' THEN coalesce(known_value, 0) > 0
        ELSE known_value IS NULL OR known_value > 0 END),
    CONSTRAINT deliveries_state_known CHECK (state IN ('pending', 'sending', 'done', 'no_target', 'dead')),
    CONSTRAINT deliveries_lease_while_sending
        CHECK ((state = 'sending') = (lease IS NOT NULL) AND (state = 'sending') = (lease_until IS NOT NULL)),
    CONSTRAINT deliveries_target_when_due CHECK (state NOT IN ('pending', 'sending') OR target IS NOT NULL),
    CONSTRAINT deliveries_dead_with_reason CHECK (state <> 'dead' OR last_error IS NOT NULL),
    CONSTRAINT deliveries_last_call_known CHECK (last_call IN ('score', 'force', 'read')),
    CONSTRAINT deliveries_last_call_dated CHECK ((last_call IS NULL) = (last_call_at IS NULL)),
    CONSTRAINT deliveries_call_while_sending CHECK (state <> 'sending' OR last_call IS NOT NULL),
    -- Done means that Telegram holds it.
    CONSTRAINT deliveries_done_holds
        CHECK (state <> 'done' OR desired_score IS NULL OR coalesce(known_value, 0) >= desired_score),
    CONSTRAINT deliveries_done_corrected CHECK (state <> 'done' OR NOT (is_correction OR must_read))
-- Room beside each row: a newer score of one that waits changes no index.
) WITH (fillfactor = 70);

-- The sum hides the column from other indexes with the chat: where it expects few deliveries in a chat it would read and
-- sort all of them, and one chat may have a hundred thousand.
CREATE INDEX deliveries_queue ON deliveries (bot_id, (chat_id + 0), waiting_since) WHERE state = 'pending';
-- What can be brought where the bot may not write: messages sent through inline mode belong to people.
CREATE INDEX deliveries_inline ON deliveries (bot_id, (chat_id + 0), waiting_since)
    WHERE state = 'pending' AND target LIKE 'inline:%';
-- What cannot, and goes to an inline message of its game once there is one.
CREATE INDEX deliveries_by_message ON deliveries (bot_id, (chat_id + 0), game_id, waiting_since)
    WHERE state = 'pending' AND target LIKE 'message:%';
-- What waits for a message in a chat: every press looks for it, and there is hardly ever anything.
CREATE INDEX deliveries_waiting ON deliveries (game_id, chat_id) WHERE state = 'no_target';
CREATE INDEX deliveries_rejected ON deliveries (game_id, chat_id) WHERE state = 'pending' AND rejections > 0;
CREATE INDEX deliveries_dead ON deliveries (game_id, chat_id) WHERE state = 'dead';
CREATE INDEX deliveries_leased ON deliveries (lease_until) WHERE state = 'sending';
-- With the whole key, so that a look-up by key costs the same whichever of the two indexes it takes.
CREATE INDEX deliveries_by_chat ON deliveries (chat_id, game_id, player_id);

-- One row a chat, however much waits there: whoever looks for work finds the chats whose turn it is, in the order in
-- which they became free, and never walks over what must wait.
CREATE TABLE delivery_chats (
    bot_id         bigint        NOT NULL,
    chat_id        bigint        NOT NULL,
    -- When to look for something to bring there; null while nothing is to be brought. Whoever makes a delivery of the
    -- chat pending sees to it; whoever sets null holds the row FOR UPDATE and has looked since. A time over a minute
    -- ahead is the work of a wrong clock and counts as now.
    ready_at       timestamptz,
    -- The same where that is long from now: a hold, a closed chat, answers that nobody has seen before; a day at most.
    later_at       timestamptz,
    -- Until when the chat is left alone by its limits.
    free_at        timestamptz   NOT NULL DEFAULT 'epoch',
    -- Until when Telegram wants it to be left alone.
    held_until     timestamptz   NOT NULL DEFAULT 'epoch',
    -- When calls about the chat, and messages of the bot to it, started within the last minute.
    slots          timestamptz[] NOT NULL DEFAULT '{}',
    -- When games and leaderboards that commands asked for were sent there within the last two minutes; they are among the
    -- slots, too.
    games          timestamptz[] NOT NULL DEFAULT '{}',
    boards         timestamptz[] NOT NULL DEFAULT '{}',
    -- Since when and in which words Telegram refuses what the bot writes there; null while it does not.
    closed_at      timestamptz,
    closed_reason  text,
    -- How many tries in a row were refused, when the last of them was, and when the next one is made.
    refusals       integer       NOT NULL DEFAULT 0,
    refused_at     timestamptz,
    retry_at       timestamptz,
    -- Until when no new score has the chat tried before its time.
    value_retry_at timestamptz,
    CONSTRAINT delivery_chats_pkey PRIMARY KEY (bot_id, chat_id),
    CONSTRAINT delivery_chats_chat_fkey FOREIGN KEY (chat_id) REFERENCES chats (chat_id),
    CONSTRAINT delivery_chats_closing_whole
        CHECK (num_nulls(closed_at, closed_reason, refused_at, retry_at) IN (0, 4)
               AND (closed_at IS NULL) = (refusals = 0) AND (closed_at IS NOT NULL OR value_retry_at IS NULL))
) WITH (fillfactor = 70);

CREATE INDEX delivery_chats_ready ON delivery_chats (bot_id, ready_at) WHERE ready_at IS NOT NULL;
CREATE INDEX delivery_chats_later ON delivery_chats (bot_id, later_at) WHERE later_at IS NOT NULL;
-- How many are closed, and what was said last, without a look at the others.
CREATE INDEX delivery_chats_closed ON delivery_chats (bot_id, refused_at) WHERE closed_at IS NOT NULL;
CREATE INDEX delivery_chats_by_chat ON delivery_chats (chat_id);

-- What all instances share of a bot's calls.
CREATE TABLE delivery_bots (
    bot_id       bigint        NOT NULL,
    -- Grows with every instance that takes over; only the latest may claim.
    lease_number bigint        NOT NULL DEFAULT 0,
    -- When its calls and messages started within the last second.
    slots        timestamptz[] NOT NULL DEFAULT '{}',
    -- Until when Telegram is left alone.
    held_until   timestamptz   NOT NULL DEFAULT 'epoch',
    -- The chat whose call was last answered with 429, and how long that holds.
    warned_chat  bigint,
    warned_until timestamptz,
    -- Since when and in which words Telegram refuses the bot's token.
    refused_at   timestamptz,
    refusal      text,
    CONSTRAINT delivery_bots_pkey PRIMARY KEY (bot_id),
    CONSTRAINT delivery_bots_bot_fkey FOREIGN KEY (bot_id) REFERENCES bots (bot_id),
    CONSTRAINT delivery_bots_warning_whole CHECK ((warned_chat IS NULL) = (warned_until IS NULL)),
    CONSTRAINT delivery_bots_refusal_whole CHECK ((refused_at IS NULL) = (refusal IS NULL))
);
