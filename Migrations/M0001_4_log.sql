-- The log of runs, what operators decided about them, and the tables of its months. All keyed by game_id first.

-- The order of acceptance; clocks of several instances do not give one.
CREATE SEQUENCE scores_seq;

-- Append-only and the source of truth: one row for every run that ended with a score, in one table a month of launches.
-- A run that feeds declared boards has a row of each of them, and always one of the game itself, by whose key a
-- repetition is known: where the run does not feed the game's own board, that row says so and counts nowhere.
-- launched_at is part of the key because it never differs between two submissions of one run, and partitions go by it.
-- A batch reads the game's row under the game's lock, so rows need no foreign key to it, which would cost a look-up each.
CREATE TABLE scores (
    game_id     bigint      NOT NULL,
    launched_at timestamptz NOT NULL,
    run_id      uuid        NOT NULL,
    player_id   bigint      NOT NULL,
    -- Null where the launch had no chat.
    chat_id     bigint,
    seq         bigint      NOT NULL DEFAULT nextval('scores_seq'),
    started_at  timestamptz NOT NULL,
    accepted_at timestamptz NOT NULL,
    score       integer     NOT NULL,
    -- What the run did at acceptance: n new_best, u updated, b not_better, h held, r refused, o on
    -- other boards only; i imported.
    outcome     "char"      NOT NULL,
    -- Null where there are none.
    reasons     text[],
    -- What the first answer said, given again to a repetition; null where nobody waited for one.
    answer      json,
    -- json, not jsonb: stored as sent, and jsonb refuses \u0000.
    metadata    json,
    -- The declared boards that the run fed, by their names, on the row of the game itself; null where there are none.
    boards      text[],
    CONSTRAINT scores_pkey PRIMARY KEY (game_id, launched_at, run_id),
    CONSTRAINT scores_score_not_negative CHECK (score >= 0),
    CONSTRAINT scores_outcome_known CHECK (outcome IN ('n', 'u', 'b', 'h', 'r', 'o', 'i')),
    CONSTRAINT scores_started_after_launch CHECK (started_at >= launched_at)
) PARTITION BY RANGE (launched_at);

-- With the time: how many runs a player submitted within the last hour is asked for every score of a game with such a
-- rule, and reads those of the hour only.
CREATE INDEX scores_of_player_by_time ON scores (game_id, player_id, accepted_at);

-- Makes the tables of the months from one moment to another; those that are there stay.
-- The log's tables are made and exchanged with their owner's rights, so that the service needs none to change the schema.
CREATE FUNCTION make_score_partitions(first timestamptz, last timestamptz) RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path = highscores, pg_temp AS $$
DECLARE
    month timestamp := date_trunc('month', first AT TIME ZONE 'UTC');
    part  text;
BEGIN
    WHILE month <= last AT TIME ZONE 'UTC' LOOP
        part := 'scores_' || to_char(month, 'YYYY_MM');
        IF to_regclass(part) IS NOT NULL THEN
            -- Whoever made it is seen to have committed before other sessions are told of the new partition, which
            -- they are before its locks are let go of: until then a row could still find none.
            PERFORM pg_advisory_xact_lock_shared(hashtextextended('highscores.' || part, 0));
        ELSE
            -- Two instances may want the same month; one makes it.
            PERFORM pg_advisory_xact_lock(hashtextextended('highscores.' || part, 0));
            -- Asked of the table itself: the name's absence may still be remembered from before the wait.
            IF NOT EXISTS (SELECT FROM pg_class
                           WHERE relname = part AND relnamespace = current_schema()::regnamespace) THEN
                -- Attached, not made in place, so that the log can be read and written meanwhile.
                EXECUTE format('CREATE TABLE %I (LIKE scores INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', part);
                EXECUTE format(
                    'ALTER TABLE scores ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', part,
                    month AT TIME ZONE 'UTC', (month + interval '1 month') AT TIME ZONE 'UTC');
            END IF;
        END IF;
        month := month + interval '1 month';
    END LOOP;
END
$$;

-- The table beside a month's; refuses everything else, since those who may call what follows are not all owners.
CREATE FUNCTION name_of_pruned_scores(part regclass) RETURNS text LANGUAGE plpgsql STABLE
SET search_path = highscores, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_inherits WHERE inhparent = 'scores'::regclass AND inhrelid = part) THEN
        RAISE EXCEPTION '% is no month of the log', part;
    END IF;
    RETURN part::text || '_pruned';
END
$$;

-- What retention does to the table of a month, in three steps: makes an empty one beside it …
CREATE FUNCTION make_pruned_scores(part regclass) RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path = highscores, pg_temp AS $$
BEGIN
    EXECUTE format('CREATE TABLE %I (LIKE %s INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES)',
                   name_of_pruned_scores(part), part);
END
$$;

-- … makes that ready, once it is filled, to take the month's place without another look at its rows …
CREATE FUNCTION seal_pruned_scores(part regclass) RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path = highscores, pg_temp AS $$
DECLARE
    pruned text := name_of_pruned_scores(part);
BEGIN
    EXECUTE format('ALTER TABLE %I ADD CONSTRAINT scores_of_month CHECK (%s)', pruned,
                   pg_get_partition_constraintdef(part));
    EXECUTE format('ANALYZE %I', pruned);
END
$$;

-- … and exchanges them.
CREATE FUNCTION exchange_pruned_scores(part regclass) RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path = highscores, pg_temp AS $$
DECLARE
    pruned text := name_of_pruned_scores(part);
    name   text := part::text;
    bounds text := (SELECT pg_get_expr(relpartbound, oid) FROM pg_class WHERE oid = part);
BEGIN
    EXECUTE format('ALTER TABLE scores DETACH PARTITION %s', name);
    EXECUTE format('DROP TABLE %s', name);
    EXECUTE format('ALTER TABLE %I RENAME TO %s', pruned, name);
    EXECUTE format('ALTER TABLE scores ATTACH PARTITION %s %s', name, bounds);
    EXECUTE format('ALTER TABLE %s DROP CONSTRAINT scores_of_month', name);
END
$$;

REVOKE EXECUTE ON FUNCTION make_score_partitions, make_pruned_scores, seal_pruned_scores, exchange_pruned_scores
    FROM PUBLIC;

SELECT make_score_partitions(now(), now() + interval '1 month');

-- What operators decide about single runs. Like the log it only grows, and both together make the leaderboards.
CREATE TABLE corrections (
    game_id       bigint      NOT NULL,
    launched_at   timestamptz NOT NULL,
    run_id        uuid        NOT NULL,
    -- The last one of a run holds.
    correction_id bigint      GENERATED ALWAYS AS IDENTITY,
    -- A run whose corrections were all taken back (undo) is as if there had been none.
    kind          text        NOT NULL,
    -- Whether the run counts from then on, and as what.
    counts        boolean     NOT NULL,
    score         integer     NOT NULL,
    made_at       timestamptz NOT NULL DEFAULT now(),
    -- The entry of the audit that tells who and why.
    audit_id      bigint      NOT NULL,
    CONSTRAINT corrections_pkey PRIMARY KEY (game_id, launched_at, run_id, correction_id),
    CONSTRAINT corrections_kind_known CHECK (kind IN ('remove', 'restore', 'set', 'accept', 'refuse', 'undo')),
    CONSTRAINT corrections_score_not_negative CHECK (score >= 0)
);

CREATE FUNCTION renew_epochs_of_corrections() RETURNS trigger LANGUAGE plpgsql SET search_path = highscores, pg_temp AS $$
BEGIN
    UPDATE games SET epoch = DEFAULT WHERE game_id IN (SELECT c.game_id FROM made c);
    RETURN NULL;
END
$$;

CREATE TRIGGER corrections_renew_epochs AFTER INSERT ON corrections
    REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION renew_epochs_of_corrections();

-- Runs that broke rules of their game. Those that are held wait here for an operator; what becomes of them is told by
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

-- The runs that players started for boards with attempts: each is one attempt, used from then on. Players are known by
-- their hash alone, so that an erasure gives nothing back.
CREATE TABLE attempts (
    game_id     bigint      NOT NULL,
    player_hash bytea       NOT NULL,
    -- The window's local name; empty for all time.
    label       text        NOT NULL,
    number      integer     NOT NULL,
    run_id      uuid        NOT NULL,
    started_at  timestamptz NOT NULL,
    CONSTRAINT attempts_pkey PRIMARY KEY (game_id, player_hash, label, number),
    CONSTRAINT attempts_run_unique UNIQUE (player_hash, run_id),
    CONSTRAINT attempts_number_positive CHECK (number > 0),
    CONSTRAINT attempts_hash_length CHECK (octet_length(player_hash) = 32)
);

-- Those of windows that end, by which they are forgotten.
CREATE INDEX attempts_by_start ON attempts (started_at) WHERE label <> '';

-- When the runs that a studio's server submitted began. The server names a run by an id of its own, from which run_id
-- is made; a repetition comes at another time, and finds the run's row of the log by the time stored here.
CREATE TABLE server_runs (
    game_id    bigint      NOT NULL,
    run_id     uuid        NOT NULL,
    started_at timestamptz NOT NULL,
    CONSTRAINT server_runs_pkey PRIMARY KEY (game_id, run_id)
);
