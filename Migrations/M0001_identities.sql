-- Bots, games, people and chats: what operators set and updates tell.
-- Every function here and in later files fixes its search_path: a trigger runs in sessions of operators, too, with
-- whatever theirs is.
-- Everything here belongs to a bot; tables keyed by game_id refer to these, never the reverse.

CREATE TABLE bots (
    bot_id     bigint      NOT NULL,
    -- Null until Telegram was asked; kept without @.
    username   text,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT bots_pkey PRIMARY KEY (bot_id),
    CONSTRAINT bots_bot_id_positive CHECK (bot_id > 0)
);

CREATE INDEX bots_username ON bots (lower(username));

CREATE TABLE games (
    game_id              bigint      GENERATED ALWAYS AS IDENTITY,
    -- By what tokens name the game: 64 random bits, which no game of another deployment with the same secret, and none
    -- that is added after a restore, has too. Never exported; a copied database keeps it.
    token_id             bigint      NOT NULL
        DEFAULT ('x' || left(encode(sha256(uuid_send(gen_random_uuid())), 'hex'), 16))::bit(64)::bigint,
    bot_id               bigint      NOT NULL,
    short_name           text        NOT NULL,
    title                text        NOT NULL,
    url                  text        NOT NULL,
    score_order          text        NOT NULL DEFAULT 'higher',
    keep                 text        NOT NULL DEFAULT 'best',
    zone                 text        NOT NULL DEFAULT 'UTC',
    telegram_score       text        NOT NULL DEFAULT 'same',
    min_score            integer,
    max_score            integer,
    max_score_per_second double precision,
    min_seconds          double precision,
    is_enabled           boolean     NOT NULL DEFAULT true,
    is_public            boolean     NOT NULL DEFAULT false,
    shows_identity       boolean     NOT NULL DEFAULT false,
    created_at           timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT games_pkey PRIMARY KEY (game_id),
    CONSTRAINT games_token_id_unique UNIQUE (token_id),
    CONSTRAINT games_bot_fkey FOREIGN KEY (bot_id) REFERENCES bots (bot_id),
    CONSTRAINT games_short_name_key UNIQUE (bot_id, short_name),
    CONSTRAINT games_short_name_length CHECK (octet_length(short_name) BETWEEN 1 AND 64),
    CONSTRAINT games_score_order_known CHECK (score_order IN ('higher', 'lower')),
    CONSTRAINT games_keep_known CHECK (keep IN ('best', 'latest', 'sum')),
    CONSTRAINT games_telegram_score_known
        CHECK (telegram_score IN ('same', 'off') OR telegram_score ~ '^inverted:[1-9][0-9]{0,9}$'),
    -- Telegram ranks the higher number first, so raw scores of which less is better would stand upside down.
    CONSTRAINT games_telegram_score_fits_order CHECK (score_order = 'higher' OR telegram_score <> 'same'),
    CONSTRAINT games_min_score_not_negative CHECK (min_score >= 0),
    CONSTRAINT games_max_score_not_below_min CHECK (max_score >= coalesce(min_score, 0)),
    CONSTRAINT games_max_score_per_second_positive CHECK (max_score_per_second > 0),
    CONSTRAINT games_min_seconds_not_negative CHECK (min_seconds >= 0)
);

CREATE TABLE players (
    bot_id     bigint NOT NULL,
    player_id  bigint NOT NULL,
    -- Null until a press showed the name: a submission may come first.
    first_name text,
    last_name  text,
    username   text,
    CONSTRAINT players_pkey PRIMARY KEY (bot_id, player_id),
    CONSTRAINT players_bot_fkey FOREIGN KEY (bot_id) REFERENCES bots (bot_id),
    CONSTRAINT players_player_id_positive CHECK (player_id > 0)
);

-- Who may not play: one game, or with game_id null every game of the bot.
CREATE TABLE bans (
    bot_id    bigint      NOT NULL,
    player_id bigint      NOT NULL,
    game_id   bigint,
    banned_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT bans_bot_fkey FOREIGN KEY (bot_id) REFERENCES bots (bot_id),
    CONSTRAINT bans_game_fkey FOREIGN KEY (game_id) REFERENCES games (game_id)
);

CREATE UNIQUE INDEX bans_of_game ON bans (bot_id, player_id, game_id) WHERE game_id IS NOT NULL;
CREATE UNIQUE INDEX bans_of_bot ON bans (bot_id, player_id) WHERE game_id IS NULL;

-- A chat has an id of its own, because Telegram's ids of it change and inline messages show only chat_instance.
CREATE TABLE chats (
    chat_id     bigint      GENERATED ALWAYS AS IDENTITY,
    bot_id      bigint      NOT NULL,
    title       text,
    -- Whether people posted the bot's games there through it; without it an inline message id there is of a message
    -- that the bot sent.
    has_shared_games boolean NOT NULL DEFAULT false,
    -- Set when two chats turned out to be one; the log keeps the id under which a run was played.
    merged_into bigint,
    -- The chat that it was merged into itself, where that one was merged further since.
    merged_first bigint,
    created_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT chats_merged_into_fkey FOREIGN KEY (merged_into) REFERENCES chats (chat_id),
    CONSTRAINT chats_merged_whole CHECK ((merged_into IS NULL) = (merged_first IS NULL)),
    CONSTRAINT chats_merged_into_another CHECK (merged_into <> chat_id),
    CONSTRAINT chats_pkey PRIMARY KEY (chat_id),
    CONSTRAINT chats_bot_fkey FOREIGN KEY (bot_id) REFERENCES bots (bot_id)
);

CREATE INDEX chats_merged ON chats (merged_first) WHERE merged_first IS NOT NULL;

CREATE TABLE chat_instances (
    bot_id        bigint NOT NULL,
    chat_instance bigint NOT NULL,
    chat_id       bigint NOT NULL,
    -- Whose it was before a merge, which can be taken back.
    moved_from    bigint,
    CONSTRAINT chat_instances_pkey PRIMARY KEY (bot_id, chat_instance),
    CONSTRAINT chat_instances_chat_fkey FOREIGN KEY (chat_id) REFERENCES chats (chat_id),
    CONSTRAINT chat_instances_not_zero CHECK (chat_instance <> 0)
);

CREATE INDEX chat_instances_of_chat ON chat_instances (chat_id);

CREATE TABLE chat_addresses (
    bot_id           bigint  NOT NULL,
    telegram_chat_id bigint  NOT NULL,
    chat_id          bigint  NOT NULL,
    moved_from       bigint,
    -- A group that became a supergroup: messages under this id can no longer be written.
    is_gone          boolean NOT NULL DEFAULT false,
    CONSTRAINT chat_addresses_pkey PRIMARY KEY (bot_id, telegram_chat_id),
    CONSTRAINT chat_addresses_chat_fkey FOREIGN KEY (chat_id) REFERENCES chats (chat_id),
    CONSTRAINT chat_addresses_not_zero CHECK (telegram_chat_id <> 0)
);

CREATE INDEX chat_addresses_of_chat ON chat_addresses (chat_id);

-- Updates that made us send something, so that a repeated one does not send it again.
CREATE TABLE answered_updates (
    bot_id      bigint      NOT NULL,
    update_id   bigint      NOT NULL,
    answered_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT answered_updates_pkey PRIMARY KEY (bot_id, update_id)
);

CREATE INDEX answered_updates_by_time ON answered_updates (answered_at);

-- What was changed by hand or by merging, with what stood before.
CREATE TABLE audit (
    audit_id bigint      GENERATED ALWAYS AS IDENTITY,
    at       timestamptz NOT NULL DEFAULT now(),
    actor    text        NOT NULL,
    action   text        NOT NULL,
    subject  text        NOT NULL,
    reason   text,
    before   jsonb,
    after    jsonb,
    CONSTRAINT audit_pkey PRIMARY KEY (audit_id),
    CONSTRAINT audit_reason_length CHECK (char_length(reason) <= 500)
);

-- Running servers hold games and bans in memory and reload when told.
CREATE FUNCTION notify_settings() RETURNS trigger LANGUAGE plpgsql SET search_path = highscores, pg_temp AS $$
BEGIN
    PERFORM pg_notify('highscores_settings', TG_TABLE_NAME);
    RETURN NULL;
END
$$;

CREATE TRIGGER games_notify AFTER INSERT OR UPDATE OR DELETE ON games
    FOR EACH ROW EXECUTE FUNCTION notify_settings();
CREATE TRIGGER bans_notify AFTER INSERT OR UPDATE OR DELETE ON bans
    FOR EACH ROW EXECUTE FUNCTION notify_settings();
CREATE TRIGGER bots_notify AFTER INSERT OR UPDATE OR DELETE ON bots
    FOR EACH ROW EXECUTE FUNCTION notify_settings();
