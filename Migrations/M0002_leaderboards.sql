-- The score log, the leaderboards made from it and what Telegram is to show. All keyed by game_id first.

-- Append-only and the source of truth: one row for every run that ended with a score.
-- launched_at is part of the key because it never differs between two submissions of one run and lets the log be
-- divided by time.
CREATE TABLE scores (
    game_id       bigint      NOT NULL,
    launched_at   timestamptz NOT NULL,
    run_id        uuid        NOT NULL,
    player_id     bigint      NOT NULL,
    -- Null where the launch had no chat.
    chat_id       bigint,
    score         integer     NOT NULL,
    started_at    timestamptz NOT NULL,
    accepted_at   timestamptz NOT NULL,
    outcome       text        NOT NULL,
    reasons       text[]      NOT NULL DEFAULT '{}',
    -- The figures of the first answer, given again to a repetition.
    best          bigint,
    previous_best bigint,
    places        json,
    -- json, not jsonb: kept as sent, and jsonb refuses \u0000.
    metadata      json,
    CONSTRAINT scores_pkey PRIMARY KEY (game_id, launched_at, run_id),
    CONSTRAINT scores_game_fkey FOREIGN KEY (game_id) REFERENCES games (game_id),
    CONSTRAINT scores_score_not_negative CHECK (score >= 0),
    CONSTRAINT scores_outcome_known
        CHECK (outcome IN ('new_best', 'updated', 'not_better', 'held', 'refused')),
    CONSTRAINT scores_started_after_launch CHECK (started_at >= launched_at)
);

-- A leaderboard: of one chat or, with chat_id null, of the whole game, over one window.
CREATE TABLE boards (
    game_id  bigint NOT NULL,
    board_id bigint GENERATED ALWAYS AS IDENTITY,
    chat_id  bigint,
    span     text   NOT NULL,
    -- The window's local name, such as 2026-W09; empty for all time.
    label    text   NOT NULL,
    CONSTRAINT boards_pkey PRIMARY KEY (game_id, board_id),
    CONSTRAINT boards_game_fkey FOREIGN KEY (game_id) REFERENCES games (game_id),
    CONSTRAINT boards_chat_fkey FOREIGN KEY (chat_id) REFERENCES chats (chat_id),
    CONSTRAINT boards_span_known CHECK (span IN ('all', 'day', 'week', 'month', 'season')),
    CONSTRAINT boards_label_fits_span CHECK ((span = 'all') = (label = ''))
);

CREATE UNIQUE INDEX boards_of_chat ON boards (game_id, chat_id, span, label) WHERE chat_id IS NOT NULL;
CREATE UNIQUE INDEX boards_of_game ON boards (game_id, span, label) WHERE chat_id IS NULL;
CREATE INDEX boards_by_chat ON boards (chat_id) WHERE chat_id IS NOT NULL;

-- One player's standing on one leaderboard.
CREATE TABLE entries (
    game_id     bigint      NOT NULL,
    board_id    bigint      NOT NULL,
    player_id   bigint      NOT NULL,
    -- The score turned so that less is better: negated where higher is better. With it the one order of all
    -- leaderboards is the plain order of (sort_key, achieved_at, player_id), which an index walks as it is.
    sort_key    bigint      NOT NULL,
    achieved_at timestamptz NOT NULL,
    run_id      uuid        NOT NULL,
    CONSTRAINT entries_pkey PRIMARY KEY (game_id, board_id, player_id),
    CONSTRAINT entries_board_fkey FOREIGN KEY (game_id, board_id) REFERENCES boards (game_id, board_id)
);

CREATE UNIQUE INDEX entries_in_order ON entries (game_id, board_id, sort_key, achieved_at, player_id);

-- Game messages by which a table of Telegram can be written, as presses showed them or keys of the game reported.
-- A target is 'message:CHAT:MESSAGE' or 'inline:ID'.
CREATE TABLE targets (
    game_id    bigint      NOT NULL,
    chat_id    bigint      NOT NULL,
    target     text        NOT NULL,
    pressed_at timestamptz NOT NULL,
    is_gone    boolean     NOT NULL DEFAULT false,
    -- Whether only a key told of it; what a press shows of the message takes it away.
    is_reported boolean    NOT NULL DEFAULT false,
    -- Whose it was before a merge of chats.
    moved_from bigint,
    CONSTRAINT targets_pkey PRIMARY KEY (game_id, chat_id, target),
    CONSTRAINT targets_game_fkey FOREIGN KEY (game_id) REFERENCES games (game_id),
    CONSTRAINT targets_chat_fkey FOREIGN KEY (chat_id) REFERENCES chats (chat_id),
    CONSTRAINT targets_target_form CHECK (target ~ '^(message:-?[1-9][0-9]*:[1-9][0-9]*|inline:[!-~]{1,200})$')
);

CREATE INDEX targets_by_chat ON targets (chat_id);
-- Whose message it is, asked before a key is believed; and which messages stand in a chat of Telegram's.
CREATE INDEX targets_by_name ON targets (target text_pattern_ops);
CREATE INDEX targets_latest ON targets (game_id, chat_id, pressed_at DESC) WHERE NOT is_gone;

-- What Telegram's table is to hold for one player of one game in one chat, and what it is known to hold.
CREATE TABLE deliveries (
    game_id     bigint      NOT NULL,
    chat_id     bigint      NOT NULL,
    player_id   bigint      NOT NULL,
    bot_id      bigint      NOT NULL,
    -- Null is absent: Telegram takes a player with 0 off its table.
    wanted      integer,
    wanted_at   timestamptz NOT NULL,
    known       text        NOT NULL DEFAULT 'unknown',
    known_value integer,
    target      text,
    state       text        NOT NULL,
    attempts    integer     NOT NULL DEFAULT 0,
    due_at      timestamptz NOT NULL,
    -- Who holds the row while its call is under way; a lease that ran out returns it.
    lease       uuid,
    lease_until timestamptz,
    last_error  text,
    CONSTRAINT deliveries_pkey PRIMARY KEY (game_id, chat_id, player_id),
    CONSTRAINT deliveries_game_fkey FOREIGN KEY (game_id) REFERENCES games (game_id),
    CONSTRAINT deliveries_chat_fkey FOREIGN KEY (chat_id) REFERENCES chats (chat_id),
    CONSTRAINT deliveries_wanted_positive CHECK (wanted > 0),
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
    CONSTRAINT deliveries_dead_with_reason CHECK (state <> 'dead' OR last_error IS NOT NULL)
);

CREATE INDEX deliveries_due ON deliveries (bot_id, due_at) WHERE state = 'pending';
CREATE INDEX deliveries_leased ON deliveries (lease_until) WHERE state = 'sending';
CREATE INDEX deliveries_by_chat ON deliveries (chat_id);

-- When a chat may be called again; written with each claim, so that all instances keep to it.
CREATE TABLE delivery_pace (
    bot_id    bigint      NOT NULL,
    chat_id   bigint      NOT NULL,
    not_before timestamptz NOT NULL,
    CONSTRAINT delivery_pace_pkey PRIMARY KEY (bot_id, chat_id),
    CONSTRAINT delivery_pace_chat_fkey FOREIGN KEY (chat_id) REFERENCES chats (chat_id)
);
