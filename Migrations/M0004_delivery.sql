-- Delivery within Telegram's limits: whose turn it is, when calls started, and corrections by force.

-- Whether the scoreboard in the game's message follows every score: always, never, or at most every so many seconds.
ALTER TABLE games
    ADD COLUMN edit_message text NOT NULL DEFAULT 'always',
    ADD CONSTRAINT games_edit_message_known
        CHECK (edit_message IN ('always', 'never') OR edit_message ~ '^every:[1-9][0-9]{0,5}$');

-- When a call about the message was last refused in a way that may pass: it was forbidden, or repeating it did not help.
-- Null since then where a press showed the message, a score was taken there, or its chat was found open.
ALTER TABLE targets ADD COLUMN refused_at timestamptz;

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

-- One row a chat, however much waits there: whoever looks for work finds the chats whose turn it is, in the order in
-- which they became free, and never walks over what must wait.
CREATE TABLE delivery_chats (
    bot_id   bigint        NOT NULL,
    chat_id  bigint        NOT NULL,
    -- When to look for something to bring there; null while nothing is to be brought. Whoever makes a delivery of the
    -- chat pending sees to it; whoever sets null holds the row FOR UPDATE and has looked since. A time over a minute
    -- ahead is the work of a wrong clock and counts as now.
    ready_at   timestamptz,
    -- The same where that is long from now: a hold, a closed chat, answers that nobody has seen before; a day at most.
    later_at   timestamptz,
    -- Until when the chat is left alone by its limits.
    free_at    timestamptz   NOT NULL DEFAULT 'epoch',
    -- Until when Telegram wants it to be left alone.
    held_until timestamptz   NOT NULL DEFAULT 'epoch',
    -- When calls about the chat, and messages of the bot to it, started within the last minute.
    slots      timestamptz[] NOT NULL DEFAULT '{}',
    -- When answers to commands were sent there within the last two minutes; they are among the slots, too.
    messages   timestamptz[] NOT NULL DEFAULT '{}',
    -- Since when and in which words Telegram refuses what the bot writes there; null while it does not.
    closed_at      timestamptz,
    closed_reason  text,
    -- How many tries in a row were refused, when the last of them was, and when the next one is made.
    refusals       integer NOT NULL DEFAULT 0,
    refused_at     timestamptz,
    retry_at       timestamptz,
    -- Until when no new value has the chat tried before its time.
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
    term         bigint        NOT NULL DEFAULT 0,
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

ALTER TABLE deliveries
    -- Since when Telegram does not hold what is wanted; newer values do not begin it anew.
    ADD COLUMN waiting_since   timestamptz NOT NULL DEFAULT now(),
    -- Whether Telegram is to hold the very value, by force if need be: it may hold a better one.
    ADD COLUMN is_correction   boolean     NOT NULL DEFAULT false,
    -- Whether a forced call's outcome is unknown, so that Telegram's table is read before the row counts as done.
    ADD COLUMN must_read       boolean     NOT NULL DEFAULT false,
    -- How many answers in a row may pass: nobody has seen their words before, after a few of which the delivery is dead,
    -- or they forbid an inline message.
    ADD COLUMN rejections      integer     NOT NULL DEFAULT 0,
    -- Until when a call of unknown outcome may still take effect; no forced call starts before.
    ADD COLUMN uncertain_until timestamptz,
    -- The last call: an ordinary score, a forced one, or reading the table; and when it was claimed.
    ADD COLUMN last_call       text,
    ADD COLUMN last_call_at    timestamptz;

UPDATE deliveries d
SET waiting_since = d.wanted_at,
    last_call = CASE WHEN g.keep = 'latest' THEN 'force' ELSE 'score' END,
    last_call_at = coalesce(d.lease_until - interval '30 seconds', d.wanted_at)
FROM games g
WHERE g.game_id = d.game_id
  AND (d.known <> 'unknown' OR d.attempts > 0 OR d.state IN ('sending', 'dead'));

UPDATE deliveries SET waiting_since = wanted_at WHERE last_call IS NULL;

-- Done means that Telegram holds it; from here on the schema insists.
UPDATE deliveries
SET state = CASE WHEN target IS NULL THEN 'no_target' ELSE 'pending' END
WHERE state = 'done' AND wanted IS NOT NULL AND coalesce(known_value, 0) < wanted;

ALTER TABLE deliveries
    ADD CONSTRAINT deliveries_last_call_known CHECK (last_call IN ('score', 'force', 'read')),
    ADD CONSTRAINT deliveries_last_call_dated CHECK ((last_call IS NULL) = (last_call_at IS NULL)),
    ADD CONSTRAINT deliveries_call_while_sending CHECK (state <> 'sending' OR last_call IS NOT NULL),
    ADD CONSTRAINT deliveries_done_holds
        CHECK (state <> 'done' OR wanted IS NULL OR coalesce(known_value, 0) >= wanted),
    ADD CONSTRAINT deliveries_done_corrected CHECK (state <> 'done' OR NOT (is_correction OR must_read)),
    -- Room beside each row: a newer value of one that waits changes no index.
    SET (fillfactor = 70);

DROP INDEX deliveries_due;
-- The sum keeps the planner from other indexes with the chat: where it expects few deliveries in a chat it would read and
-- sort all of them, and one chat may have a hundred thousand.
CREATE INDEX deliveries_queue ON deliveries (bot_id, (chat_id + 0), waiting_since) WHERE state = 'pending';
-- What can be brought where the bot may not write: messages sent through inline mode belong to people.
CREATE INDEX deliveries_inline ON deliveries (bot_id, (chat_id + 0), waiting_since)
    WHERE state = 'pending' AND target LIKE 'inline:%';
-- What cannot, and goes to an inline message of its game once there is one.
CREATE INDEX deliveries_by_message ON deliveries (bot_id, (chat_id + 0), game_id, waiting_since)
    WHERE state = 'pending' AND target LIKE 'message:%';
CREATE INDEX deliveries_rejected ON deliveries (game_id, chat_id) WHERE state = 'pending' AND rejections > 0;
CREATE INDEX deliveries_dead ON deliveries (game_id, chat_id) WHERE state = 'dead';

INSERT INTO delivery_chats (bot_id, chat_id, ready_at)
SELECT DISTINCT bot_id, chat_id, now() FROM deliveries WHERE state = 'pending';

-- Instances of the version before find no slot and so leave the calls to those of this version: two that do not know
-- of one another would call twice as often as Telegram allows.
CREATE FUNCTION retire_delivery_pace() RETURNS trigger LANGUAGE plpgsql
SET search_path = highscores, pg_temp AS $$
BEGIN
    RETURN NULL;
END
$$;

CREATE TRIGGER delivery_pace_retired BEFORE INSERT ON delivery_pace
    FOR EACH ROW EXECUTE FUNCTION retire_delivery_pace();
