-- What studios' own servers need, and the rules by which runs are judged before they count.

ALTER TABLE games
    -- How many scores one player may submit within any hour.
    ADD COLUMN max_per_hour    integer,
    -- What breaking a rule leads to, by the rule's name: the run is held for review, or counts and is only told of.
    -- The other rules refuse it.
    ADD COLUMN holding_rules   text[]  NOT NULL DEFAULT '{}',
    ADD COLUMN accepting_rules text[]  NOT NULL DEFAULT '{}',
    -- Whether the rules only record what they would do.
    ADD COLUMN shadows_rules   boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT games_max_per_hour_positive CHECK (max_per_hour > 0),
    ADD CONSTRAINT games_holding_rules_known CHECK (
        holding_rules <@ ARRAY['min_score', 'max_score', 'min_seconds', 'max_score_per_second', 'max_per_hour']),
    ADD CONSTRAINT games_accepting_rules_known CHECK (
        accepting_rules <@ ARRAY['min_score', 'max_score', 'min_seconds', 'max_score_per_second', 'max_per_hour']),
    ADD CONSTRAINT games_rules_lead_to_one CHECK (NOT holding_rules && accepting_rules);

-- Runs that broke rules of their game. Those that are held wait here for an operator; what becomes of them stands in
-- corrections. Of those in shadow it is noted what the rules would have done.
CREATE TABLE reviews (
    game_id     bigint      NOT NULL,
    launched_at timestamptz NOT NULL,
    run_id      uuid        NOT NULL,
    outcome     text        NOT NULL,
    is_shadow   boolean     NOT NULL,
    -- The codes of the rules that were broken.
    reasons     text[]      NOT NULL,
    CONSTRAINT reviews_pkey PRIMARY KEY (game_id, launched_at, run_id),
    CONSTRAINT reviews_outcome_known CHECK (outcome IN ('accept', 'hold', 'refuse')),
    CONSTRAINT reviews_held_or_shadow CHECK (is_shadow OR outcome = 'hold'),
    CONSTRAINT reviews_with_reason CHECK (cardinality(reasons) > 0)
);

CREATE INDEX reviews_by_run ON reviews (run_id);

-- When the runs that a studio's server submitted began. The server names a run by an id of its own, from which run_id
-- is made; a repetition comes at another time, and finds the run's row of the log by the time kept here.
CREATE TABLE server_runs (
    game_id    bigint      NOT NULL,
    run_id     uuid        NOT NULL,
    started_at timestamptz NOT NULL,
    CONSTRAINT server_runs_pkey PRIMARY KEY (game_id, run_id)
);

-- The credentials of studios' servers. Of a key only its hash is kept.
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

-- Servers hold keys in memory beside games and bans; the time of last use changes nothing for them.
CREATE TRIGGER api_keys_notify AFTER INSERT OR DELETE OR UPDATE OF game_id, hash, revoked_at ON api_keys
    FOR EACH ROW EXECUTE FUNCTION notify_settings();

-- What keys reported as names of one chat, where these are of two that are known: an operator decides.
CREATE TABLE chat_conflicts (
    game_id          bigint      NOT NULL,
    chat_instance    bigint      NOT NULL,
    telegram_chat_id bigint      NOT NULL,
    reported_at      timestamptz NOT NULL,
    CONSTRAINT chat_conflicts_pkey PRIMARY KEY (game_id, chat_instance, telegram_chat_id),
    CONSTRAINT chat_conflicts_game_fkey FOREIGN KEY (game_id) REFERENCES games (game_id)
);

-- Chats of which an operator said that they are two, by taking a merge back: only an operator joins them again.
CREATE TABLE chat_splits (
    -- The older of the two.
    chat_id  bigint      NOT NULL,
    other_id bigint      NOT NULL,
    split_at timestamptz NOT NULL,
    CONSTRAINT chat_splits_pkey PRIMARY KEY (chat_id, other_id),
    CONSTRAINT chat_splits_chat_fkey FOREIGN KEY (chat_id) REFERENCES chats (chat_id),
    CONSTRAINT chat_splits_other_fkey FOREIGN KEY (other_id) REFERENCES chats (chat_id),
    CONSTRAINT chat_splits_in_order CHECK (chat_id < other_id)
);
