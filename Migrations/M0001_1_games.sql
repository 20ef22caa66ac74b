-- Bots, games, keys and the record of what was changed: what operators set. Everything but games belongs to a bot or to
-- a game; tables that are keyed by game_id refer to these, never the reverse.
-- Every function of the schema fixes its search_path: a trigger runs in sessions of operators, too, with whatever theirs
-- is.

-- 64 random bits. Where a number has to differ from all that ever were it is drawn, never counted: after a failover or a
-- restore a counter comes to the same number again, for something else.
CREATE FUNCTION random_bits() RETURNS bigint LANGUAGE sql VOLATILE SET search_path = highscores, pg_temp AS $$
    SELECT ('x' || left(encode(sha256(uuid_send(gen_random_uuid())), 'hex'), 16))::bit(64)::bigint
$$;

CREATE TABLE bots (
    bot_id     bigint      NOT NULL,
    -- Without @; null until Telegram was asked.
    username   text,
    -- Drawn anew by every transaction that changes names of the bot's players: whoever finds it as it was knows them.
    names      bigint      NOT NULL DEFAULT random_bits(),
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT bots_pkey PRIMARY KEY (bot_id),
    CONSTRAINT bots_bot_id_positive CHECK (bot_id > 0)
);

CREATE INDEX bots_username ON bots (lower(username));

CREATE TABLE games (
    game_id              bigint      GENERATED ALWAYS AS IDENTITY,
    -- By what tokens name the game, which no game of another deployment with the same secret, and none that is added
    -- after a restore, has too. Never exported; a copied database has the same.
    token_id             bigint      NOT NULL DEFAULT random_bits(),
    -- Drawn anew by every transaction that changes by what runs of the game are judged, where they count, or what
    -- counts already: an instance that finds it as it was may go by what it remembers of the game.
    epoch                bigint      NOT NULL DEFAULT random_bits(),
    bot_id               bigint      NOT NULL,
    short_name           text        NOT NULL,
    -- A declared board of a game is kept as a game of its own, with its own rules, log and leaderboards, under the game
    -- that it is of; null for a game itself, whose board is 'main'.
    root_id              bigint,
    board                text        NOT NULL DEFAULT 'main',
    -- A board that was taken away takes no scores and is shown to nobody; its log stays, so that it can come back.
    is_removed           boolean     NOT NULL DEFAULT false,
    title                text        NOT NULL,
    url                  text        NOT NULL,
    is_enabled           boolean     NOT NULL DEFAULT true,
    is_public            boolean     NOT NULL DEFAULT false,
    shows_identity       boolean     NOT NULL DEFAULT false,
    score_order          text        NOT NULL DEFAULT 'higher',
    keep                 text        NOT NULL DEFAULT 'best',
    -- The windows that have leaderboards; there is always one of all time.
    windows              text[]      NOT NULL DEFAULT '{all,day,week,month,season}',
    -- How many runs a player may start for the board in each window of a kind, as 3/day; null is any number.
    attempts             text,
    -- The kind of window in which every run has the same seed, and the key that seeds are made from, which is drawn when
    -- the board is declared.
    seed_window          text,
    seed_key             bytea,
    zone                 text        NOT NULL DEFAULT 'UTC',
    -- When each season began; the first is season 1.
    seasons              timestamptz[] NOT NULL DEFAULT '{}',
    telegram_score       text        NOT NULL DEFAULT 'same',
    -- The board that Telegram's tables show.
    telegram_board       text        NOT NULL DEFAULT 'main',
    -- Whether the scoreboard in the game's message follows every score: always, never, or at most every so many seconds.
    edit_message         text        NOT NULL DEFAULT 'always',
    min_score            integer,
    max_score            integer,
    max_score_per_second double precision,
    min_seconds          double precision,
    -- How many scores one player may submit within any hour.
    max_per_hour         integer,
    -- What breaking a rule leads to, by the rule's name: the run is held for review, or counts and is only told of.
    -- The other rules refuse it.
    holding_rules        text[]      NOT NULL DEFAULT '{}',
    accepting_rules      text[]      NOT NULL DEFAULT '{}',
    -- Whether the rules only record what they would do.
    shadows_rules        boolean     NOT NULL DEFAULT false,
    retention            text        NOT NULL DEFAULT 'all',
    -- How pages write scores, and what behind them.
    score_format         text        NOT NULL DEFAULT 'number',
    score_unit           text,
    -- Set once retention has dropped runs: from here on the log is whole. What lies before can no longer be counted
    -- by other rules.
    log_whole_from       timestamptz,
    -- Retention has gone over the months that ended by then.
    log_pruned_to        timestamptz,
    -- Whether leaderboards must be made anew from the log before they are right.
    is_stale             boolean     NOT NULL DEFAULT false,
    created_at           timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT games_pkey PRIMARY KEY (game_id),
    CONSTRAINT games_bot_fkey FOREIGN KEY (bot_id) REFERENCES bots (bot_id),
    CONSTRAINT games_root_fkey FOREIGN KEY (root_id) REFERENCES games (game_id),
    CONSTRAINT games_short_name_unique UNIQUE (bot_id, short_name, board),
    CONSTRAINT games_board_spelled CHECK (board ~ '^[a-z][a-z0-9_-]{0,31}$'),
    CONSTRAINT games_board_of_root CHECK ((root_id IS NULL) = (board = 'main')),
    CONSTRAINT games_main_not_removed CHECK (NOT is_removed OR root_id IS NOT NULL),
    CONSTRAINT games_short_name_length CHECK (octet_length(short_name) BETWEEN 1 AND 64),
    CONSTRAINT games_score_order_known CHECK (score_order IN ('higher', 'lower')),
    CONSTRAINT games_keep_known CHECK (keep IN ('best', 'latest', 'sum')),
    CONSTRAINT games_windows_known CHECK (
        windows <@ ARRAY['all', 'day', 'week', 'month', 'season'] AND windows @> ARRAY['all']),
    CONSTRAINT games_attempts_known CHECK (attempts ~ '^[1-9][0-9]{0,5}/(all|day|week|month|season)$'),
    CONSTRAINT games_seed_window_known CHECK (seed_window IN ('all', 'day', 'week', 'month', 'season')),
    CONSTRAINT games_seed_keyed CHECK (seed_window IS NULL OR octet_length(seed_key) = 32),
    CONSTRAINT games_seasons_without_null CHECK (array_position(seasons, NULL) IS NULL),
    CONSTRAINT games_telegram_score_known
        CHECK (telegram_score IN ('same', 'off') OR telegram_score ~ '^inverted:[1-9][0-9]{0,9}$'),
    -- Telegram ranks the higher number first, so raw scores of which less is better would be upside down.
    CONSTRAINT games_telegram_score_fits_order
        CHECK (score_order = 'higher' OR telegram_score <> 'same' OR board <> telegram_board),
    -- What is taken away is shown to nobody.
    CONSTRAINT games_telegram_board_not_removed CHECK (NOT is_removed OR board <> telegram_board),
    CONSTRAINT games_edit_message_known
        CHECK (edit_message IN ('always', 'never') OR edit_message ~ '^every:[1-9][0-9]{0,5}$'),
    CONSTRAINT games_min_score_not_negative CHECK (min_score >= 0),
    CONSTRAINT games_max_score_not_below_min CHECK (max_score >= coalesce(min_score, 0)),
    CONSTRAINT games_max_score_per_second_positive CHECK (max_score_per_second > 0),
    CONSTRAINT games_min_seconds_not_negative CHECK (min_seconds >= 0),
    CONSTRAINT games_max_per_hour_positive CHECK (max_per_hour > 0),
    CONSTRAINT games_holding_rules_known CHECK (
        holding_rules <@ ARRAY['min_score', 'max_score', 'min_seconds', 'max_score_per_second', 'max_per_hour']),
    CONSTRAINT games_accepting_rules_known CHECK (
        accepting_rules <@ ARRAY['min_score', 'max_score', 'min_seconds', 'max_score_per_second', 'max_per_hour']),
    CONSTRAINT games_rules_lead_to_one CHECK (NOT holding_rules && accepting_rules),
    CONSTRAINT games_retention_known CHECK (retention IN ('all', 'relevant')),
    CONSTRAINT games_score_format_known CHECK (score_format IN ('number', 'milliseconds', 'seconds')),
    CONSTRAINT games_score_unit_length CHECK (char_length(score_unit) BETWEEN 1 AND 16)
);

CREATE UNIQUE INDEX games_by_token_id ON games (token_id) WHERE root_id IS NULL;
CREATE INDEX games_of_root ON games (root_id) WHERE root_id IS NOT NULL;
-- The boards that Telegram's tables show, one a game.
CREATE INDEX games_shown ON games (bot_id) WHERE board = telegram_board;

-- Tokens name the game, of whatever board they are.
CREATE FUNCTION take_token_of_root() RETURNS trigger LANGUAGE plpgsql SET search_path = highscores, pg_temp AS $$
BEGIN
    NEW.token_id := (SELECT r.token_id FROM games r WHERE r.game_id = NEW.root_id);
    RETURN NEW;
END
$$;

CREATE TRIGGER games_take_token BEFORE INSERT ON games
    FOR EACH ROW WHEN (NEW.root_id IS NOT NULL) EXECUTE FUNCTION take_token_of_root();

-- What boards have in common with the game that they are of follows it.
CREATE FUNCTION follow_root() RETURNS trigger LANGUAGE plpgsql SET search_path = highscores, pg_temp AS $$
BEGIN
    UPDATE games SET
        token_id = NEW.token_id, title = NEW.title, url = NEW.url, is_enabled = NEW.is_enabled,
        is_public = NEW.is_public, shows_identity = NEW.shows_identity, zone = NEW.zone, seasons = NEW.seasons,
        min_seconds = NEW.min_seconds, max_per_hour = NEW.max_per_hour, holding_rules = NEW.holding_rules,
        accepting_rules = NEW.accepting_rules, shadows_rules = NEW.shadows_rules, retention = NEW.retention,
        telegram_score = NEW.telegram_score, telegram_board = NEW.telegram_board
    WHERE root_id = NEW.game_id;
    RETURN NULL;
END
$$;

CREATE TRIGGER games_followed AFTER UPDATE OF
    token_id, title, url, is_enabled, is_public, shows_identity, zone, seasons, min_seconds, max_per_hour,
    holding_rules, accepting_rules, shadows_rules, retention, telegram_score, telegram_board
    ON games FOR EACH ROW WHEN (NEW.root_id IS NULL) EXECUTE FUNCTION follow_root();

-- The key of a board's seeds is drawn where it is first needed, and stays.
CREATE FUNCTION draw_seed_key() RETURNS trigger LANGUAGE plpgsql SET search_path = highscores, pg_temp AS $$
BEGIN
    NEW.seed_key := sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
    RETURN NEW;
END
$$;

CREATE TRIGGER games_draw_seed_key BEFORE INSERT OR UPDATE OF seed_window ON games
    FOR EACH ROW WHEN (NEW.seed_window IS NOT NULL AND NEW.seed_key IS NULL) EXECUTE FUNCTION draw_seed_key();

-- Every change of a game begins an epoch; what else does calls renew_epochs().
CREATE FUNCTION renew_epoch() RETURNS trigger LANGUAGE plpgsql SET search_path = highscores, pg_temp AS $$
BEGIN
    NEW.epoch := random_bits();
    RETURN NEW;
END
$$;

CREATE TRIGGER games_renew_epoch BEFORE UPDATE ON games
    FOR EACH ROW WHEN (OLD IS DISTINCT FROM NEW) EXECUTE FUNCTION renew_epoch();

-- Begins an epoch of a game with its boards or, without one, of all games of a bot, which are locked.
CREATE FUNCTION renew_epochs(bot bigint, game bigint) RETURNS void LANGUAGE sql SET search_path = highscores, pg_temp AS $$
    UPDATE games SET epoch = DEFAULT WHERE bot_id = bot AND (game IS NULL OR game_id = game OR root_id = game)
$$;

-- The credentials of studios' servers. Of a key only its hash is stored.
CREATE TABLE api_keys (
    key_id       bigint      GENERATED ALWAYS AS IDENTITY,
    game_id      bigint      NOT NULL,
    label        text        NOT NULL,
    -- SHA-256 of the key.
    hash         bytea       NOT NULL,
    -- How the key begins, by which people tell it from others.
    hint         text        NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz,
    revoked_at   timestamptz,
    CONSTRAINT api_keys_pkey PRIMARY KEY (key_id),
    CONSTRAINT api_keys_game_fkey FOREIGN KEY (game_id) REFERENCES games (game_id),
    CONSTRAINT api_keys_label_length CHECK (char_length(label) BETWEEN 1 AND 64),
    CONSTRAINT api_keys_hash_length CHECK (octet_length(hash) = 32)
);

CREATE UNIQUE INDEX api_keys_by_hash ON api_keys (hash);
CREATE INDEX api_keys_of_game ON api_keys (game_id);

-- What was changed by hand or by merging, with what was there before.
CREATE TABLE audit (
    audit_id bigint      GENERATED ALWAYS AS IDENTITY,
    at       timestamptz NOT NULL DEFAULT now(),
    actor    text        NOT NULL,
    action   text        NOT NULL,
    subject  text        NOT NULL,
    reason   text,
    before   jsonb,
    after    jsonb,
    -- The entry that this one takes back.
    undoes   bigint,
    CONSTRAINT audit_pkey PRIMARY KEY (audit_id),
    CONSTRAINT audit_reason_length CHECK (char_length(reason) <= 500),
    CONSTRAINT audit_undoes_fkey FOREIGN KEY (undoes) REFERENCES audit (audit_id),
    CONSTRAINT audit_undoes_an_earlier CHECK (undoes < audit_id)
);

CREATE UNIQUE INDEX audit_undone_once ON audit (undoes) WHERE undoes IS NOT NULL;

-- Running servers hold games, keys and bans in memory and reload when told.
CREATE FUNCTION notify_settings() RETURNS trigger LANGUAGE plpgsql SET search_path = highscores, pg_temp AS $$
BEGIN
    PERFORM pg_notify('highscores_settings', TG_TABLE_NAME);
    RETURN NULL;
END
$$;

CREATE TRIGGER bots_notify AFTER INSERT OR UPDATE OF username OR DELETE ON bots
    FOR EACH ROW EXECUTE FUNCTION notify_settings();
CREATE TRIGGER games_notify AFTER INSERT OR UPDATE OR DELETE ON games
    FOR EACH ROW EXECUTE FUNCTION notify_settings();
-- The time of last use changes nothing for servers.
CREATE TRIGGER api_keys_notify AFTER INSERT OR DELETE OR UPDATE OF game_id, hash, revoked_at ON api_keys
    FOR EACH ROW EXECUTE FUNCTION notify_settings();
