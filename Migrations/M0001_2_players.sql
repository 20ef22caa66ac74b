-- Players, bans, and what outlives the erasure of players.

CREATE TABLE players (
    bot_id       bigint  NOT NULL,
    player_id    bigint  NOT NULL,
    -- Null until a press showed the name: a submission may come first.
    first_name   text,
    last_name    text,
    username     text,
    -- Whether the name is never to be shown again.
    is_anonymous boolean NOT NULL DEFAULT false,
    CONSTRAINT players_pkey PRIMARY KEY (bot_id, player_id),
    CONSTRAINT players_bot_fkey FOREIGN KEY (bot_id) REFERENCES bots (bot_id),
    CONSTRAINT players_player_id_positive CHECK (player_id > 0),
    CONSTRAINT players_anonymous_without_name
        CHECK (NOT is_anonymous OR num_nonnulls(first_name, last_name, username) = 0)
);

-- By what operators call people, also by its beginning.
CREATE INDEX players_by_username ON players (lower(username) text_pattern_ops) WHERE username IS NOT NULL;

-- A later launch brings no name back, whoever records it.
CREATE FUNCTION drop_anonymous_name() RETURNS trigger LANGUAGE plpgsql SET search_path = highscores, pg_temp AS $$
BEGIN
    NEW.first_name := NULL;
    NEW.last_name := NULL;
    NEW.username := NULL;
    RETURN NEW;
END
$$;

CREATE TRIGGER players_stay_anonymous BEFORE UPDATE ON players
    FOR EACH ROW WHEN (NEW.is_anonymous) EXECUTE FUNCTION drop_anonymous_name();

-- A player comes with a name before any leaderboard shows them, or gets one later, here.
CREATE FUNCTION renew_names() RETURNS trigger LANGUAGE plpgsql SET search_path = highscores, pg_temp AS $$
BEGIN
    UPDATE bots SET names = DEFAULT WHERE bot_id = NEW.bot_id;
    RETURN NULL;
END
$$;

CREATE TRIGGER players_renew_names AFTER UPDATE ON players FOR EACH ROW
    WHEN ((OLD.first_name, OLD.last_name, OLD.username) IS DISTINCT FROM (NEW.first_name, NEW.last_name, NEW.username))
    EXECUTE FUNCTION renew_names();

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

-- Players of whom nothing is left but what has to be taken off Telegram's tables; gone when that is done.
CREATE TABLE pending_erasures (
    bot_id    bigint      NOT NULL,
    player_id bigint      NOT NULL,
    erased_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pending_erasures_pkey PRIMARY KEY (bot_id, player_id),
    CONSTRAINT pending_erasures_bot_fkey FOREIGN KEY (bot_id) REFERENCES bots (bot_id)
);

-- By what erased players are hashed, drawn once for this database: a copy goes on with it, and no change of the
-- service's secrets makes a hash worthless.
CREATE TABLE erasure_key (
    key bytea NOT NULL,
    CONSTRAINT erasure_key_length CHECK (octet_length(key) = 32)
);

CREATE UNIQUE INDEX erasure_key_only_one ON erasure_key ((true));
INSERT INTO erasure_key VALUES (uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));

-- When players were erased, as long as launches from before may still come, which are refused.
-- A hash is the SHA-256 of the key and the eight bytes of the player's id. The times are the database's. A launch is
-- dated by the instance that made it: one whose clock is slow has launches refused that are newer than the erasure by
-- less than it is slow, and one whose clock is fast has those taken that are older by less than it is fast.
CREATE TABLE erased_players (
    bot_id           bigint      NOT NULL,
    player_hash      bytea       NOT NULL,
    erased_at        timestamptz NOT NULL,
    -- Until when launches from before may come, by the settings at the erasure.
    remembered_until timestamptz NOT NULL,
    CONSTRAINT erased_players_pkey PRIMARY KEY (bot_id, player_hash),
    CONSTRAINT erased_players_bot_fkey FOREIGN KEY (bot_id) REFERENCES bots (bot_id),
    CONSTRAINT erased_players_hash_length CHECK (octet_length(player_hash) = 32)
);

-- Bans that outlive the erasure of their players; with game_id null from every game of the bot.
CREATE TABLE erased_bans (
    bot_id      bigint NOT NULL,
    player_hash bytea  NOT NULL,
    game_id     bigint,
    CONSTRAINT erased_bans_bot_fkey FOREIGN KEY (bot_id) REFERENCES bots (bot_id),
    CONSTRAINT erased_bans_game_fkey FOREIGN KEY (game_id) REFERENCES games (game_id),
    CONSTRAINT erased_bans_hash_length CHECK (octet_length(player_hash) = 32)
);

CREATE UNIQUE INDEX erased_bans_once ON erased_bans (bot_id, player_hash, coalesce(game_id, 0));

CREATE TRIGGER bans_notify AFTER INSERT OR UPDATE OR DELETE ON bans
    FOR EACH ROW EXECUTE FUNCTION notify_settings();
CREATE TRIGGER erased_players_notify AFTER INSERT OR UPDATE ON erased_players
    FOR EACH ROW EXECUTE FUNCTION notify_settings();
CREATE TRIGGER erased_bans_notify AFTER INSERT OR DELETE ON erased_bans
    FOR EACH ROW EXECUTE FUNCTION notify_settings();

-- Whoever may no longer play, or may again.
CREATE FUNCTION renew_epochs_of_player() RETURNS trigger LANGUAGE plpgsql SET search_path = highscores, pg_temp AS $$
DECLARE
    barred jsonb := to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END);
BEGIN
    PERFORM renew_epochs((barred ->> 'bot_id')::bigint, (barred ->> 'game_id')::bigint);
    RETURN NULL;
END
$$;

CREATE TRIGGER bans_renew_epochs AFTER INSERT OR UPDATE OR DELETE ON bans
    FOR EACH ROW EXECUTE FUNCTION renew_epochs_of_player();
CREATE TRIGGER erased_bans_renew_epochs AFTER INSERT OR DELETE ON erased_bans
    FOR EACH ROW EXECUTE FUNCTION renew_epochs_of_player();
-- Forgetting an erasure lets nobody in: the launches from before it are over.
CREATE TRIGGER erased_players_renew_epochs AFTER INSERT OR UPDATE ON erased_players
    FOR EACH ROW EXECUTE FUNCTION renew_epochs_of_player();
