-- Windows of time, seasons, ranks that cost the same on any leaderboard, and a log that old months can be cut from.

ALTER TABLE games
    -- When each season began; the first is season 1.
    ADD COLUMN seasons timestamptz[] NOT NULL DEFAULT '{}',
    ADD COLUMN retention text NOT NULL DEFAULT 'all',
    -- Set once retention has dropped runs: from here on the log is whole. What lies before can no longer be counted
    -- by other rules.
    ADD COLUMN log_whole_from timestamptz,
    -- Retention has gone over the months that ended by then.
    ADD COLUMN log_pruned_to timestamptz,
    -- Whether leaderboards must be made anew from the log before they are right.
    ADD COLUMN is_stale boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT games_retention_known CHECK (retention IN ('all', 'relevant')),
    ADD CONSTRAINT games_seasons_without_null CHECK (array_position(seasons, NULL) IS NULL);

-- The zone in which days, weeks and months of the chat's own leaderboards begin; null is the game's.
ALTER TABLE chats ADD COLUMN zone text;

-- Kept in the transaction that changes the entries, so that nobody has to count them.
ALTER TABLE boards
    ADD COLUMN entries bigint NOT NULL DEFAULT 0,
    -- Whether rank_counts has rows of it.
    ADD COLUMN is_counted boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT boards_entries_not_negative CHECK (entries >= 0),
    -- Room beside each row, so that a count changes without touching an index.
    SET (fillfactor = 70);

-- One name, one index: every leaderboard is found by a single probe. Chat ids begin at 1.
CREATE UNIQUE INDEX boards_by_name ON boards (game_id, coalesce(chat_id, 0), span, label);
DROP INDEX boards_of_chat;
DROP INDEX boards_of_game;

-- Every new entry paid for looking its leaderboard up, half of what writing many costs. Leaderboards go only under the
-- game's lock, which whoever writes entries holds, and only without entries.
ALTER TABLE entries DROP CONSTRAINT entries_board_fkey;

-- How many entries lie in stretches of a large leaderboard's order. A stretch begins at its bound and ends before the
-- next bound of its level: level 0 counts entries, and a stretch of level 1 begins where one of level 0 does and counts
-- all that lie in it. A rank is a sum over few rows of each level and a short walk over the entries of one stretch.
-- A leaderboard has rows of both levels or, while it is small, none.
CREATE TABLE rank_counts (
    game_id     bigint      NOT NULL,
    board_id    bigint      NOT NULL,
    level       smallint    NOT NULL,
    sort_key    bigint      NOT NULL,
    achieved_at timestamptz NOT NULL,
    player_id   bigint      NOT NULL,
    entries     bigint      NOT NULL,
    CONSTRAINT rank_counts_pkey PRIMARY KEY (game_id, board_id, level, sort_key, achieved_at, player_id),
    CONSTRAINT rank_counts_board_fkey FOREIGN KEY (game_id, board_id) REFERENCES boards (game_id, board_id),
    CONSTRAINT rank_counts_level_known CHECK (level IN (0, 1)),
    CONSTRAINT rank_counts_entries_not_negative CHECK (entries >= 0)
) WITH (fillfactor = 70);

-- The log in one table a month of its launches. A batch reads the game's row under the game's lock, so rows need no
-- foreign key to it, which would cost a look-up each.
ALTER TABLE scores RENAME TO scores_before;
ALTER TABLE scores_before RENAME CONSTRAINT scores_pkey TO scores_before_pkey;

-- The order of acceptance; clocks of several instances do not give one.
CREATE SEQUENCE scores_seq;

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
    -- What the run did at acceptance: n new_best, u updated, b not_better, h held, r refused; i imported.
    outcome     "char"      NOT NULL,
    -- Null where there are none.
    reasons     text[],
    -- The figures of the first answer, given again to a repetition; null where nobody waited for one.
    answer      json,
    -- json, not jsonb: kept as sent, and jsonb refuses \u0000.
    metadata    json,
    CONSTRAINT scores_pkey PRIMARY KEY (game_id, launched_at, run_id),
    CONSTRAINT scores_score_not_negative CHECK (score >= 0),
    CONSTRAINT scores_outcome_known CHECK (outcome IN ('n', 'u', 'b', 'h', 'r', 'i')),
    CONSTRAINT scores_started_after_launch CHECK (started_at >= launched_at)
) PARTITION BY RANGE (launched_at);

CREATE INDEX scores_of_player ON scores (game_id, player_id);

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
        IF to_regclass(part) IS NULL THEN
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

-- What retention does to the table of a month, in three steps: makes an empty one beside it …
CREATE FUNCTION make_kept_scores(part regclass) RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path = highscores, pg_temp AS $$
BEGIN
    EXECUTE format('CREATE TABLE %I (LIKE %s INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES)',
                   name_of_kept_scores(part), part);
END
$$;

-- … makes that ready, once it is filled, to take the month's place without another look at its rows …
CREATE FUNCTION seal_kept_scores(part regclass) RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path = highscores, pg_temp AS $$
DECLARE
    kept text := name_of_kept_scores(part);
BEGIN
    EXECUTE format('ALTER TABLE %I ADD CONSTRAINT scores_of_month CHECK (%s)', kept,
                   pg_get_partition_constraintdef(part));
    EXECUTE format('ANALYZE %I', kept);
END
$$;

-- … and exchanges them.
CREATE FUNCTION exchange_kept_scores(part regclass) RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path = highscores, pg_temp AS $$
DECLARE
    kept   text := name_of_kept_scores(part);
    name   text := part::text;
    bounds text := (SELECT pg_get_expr(relpartbound, oid) FROM pg_class WHERE oid = part);
BEGIN
    EXECUTE format('ALTER TABLE scores DETACH PARTITION %s', name);
    EXECUTE format('DROP TABLE %s', name);
    EXECUTE format('ALTER TABLE %I RENAME TO %s', kept, name);
    EXECUTE format('ALTER TABLE scores ATTACH PARTITION %s %s', name, bounds);
    EXECUTE format('ALTER TABLE %s DROP CONSTRAINT scores_of_month', name);
END
$$;

-- The table beside a month's; refuses everything else, since those who may call the above are not all owners.
CREATE FUNCTION name_of_kept_scores(part regclass) RETURNS text LANGUAGE plpgsql STABLE
SET search_path = highscores, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_inherits WHERE inhparent = 'scores'::regclass AND inhrelid = part) THEN
        RAISE EXCEPTION '% is no month of the log', part;
    END IF;
    RETURN part::text || '_kept';
END
$$;

REVOKE EXECUTE ON FUNCTION make_score_partitions, make_kept_scores, seal_kept_scores, exchange_kept_scores FROM PUBLIC;

SELECT make_score_partitions(
    coalesce((SELECT min(launched_at) FROM scores_before), now()), now() + interval '1 month');

INSERT INTO scores (game_id, launched_at, run_id, player_id, chat_id, started_at, accepted_at, score, outcome,
                    reasons, answer, metadata)
SELECT game_id, launched_at, run_id, player_id, chat_id, started_at, accepted_at, score,
       CASE outcome WHEN 'new_best' THEN 'n' WHEN 'updated' THEN 'u' WHEN 'not_better' THEN 'b'
                    WHEN 'held' THEN 'h' ELSE 'r' END,
       nullif(reasons, '{}'),
       json_build_object('best', best, 'previous_best', previous_best, 'boards', coalesce(places, '[]')),
       metadata
FROM scores_before
ORDER BY accepted_at, launched_at, run_id;

DROP TABLE scores_before;

-- The windows' leaderboards of games that were played before there were windows.
UPDATE games g SET is_stale = true WHERE EXISTS (SELECT FROM scores s WHERE s.game_id = g.game_id);
UPDATE boards b
SET entries = (SELECT count(*) FROM entries e WHERE e.game_id = b.game_id AND e.board_id = b.board_id);

-- What waits for a message in a chat: every press looks for it, and there is hardly ever anything.
CREATE INDEX deliveries_waiting ON deliveries (game_id, chat_id) WHERE state = 'no_target';

-- One player's entry is found by the primary key, never by walking a leaderboard, however few entries the planner has
-- met: it is told from the start that leaderboards are large, and believes it only with statistics of some rows.
ALTER TABLE entries
    ALTER COLUMN game_id SET (n_distinct = 1),
    ALTER COLUMN board_id SET (n_distinct = 4);
ALTER TABLE rank_counts
    ALTER COLUMN game_id SET (n_distinct = 1),
    ALTER COLUMN board_id SET (n_distinct = 4);
INSERT INTO entries (game_id, board_id, player_id, sort_key, achieved_at, run_id)
SELECT 0, n % 4, n, n, now(), gen_random_uuid() FROM generate_series(1, 4000) AS n;
ANALYZE entries;
DELETE FROM entries WHERE game_id = 0;
