-- The leaderboards made from the log, and ranks that cost the same on any of them. All keyed by game_id first.

-- A leaderboard: of one chat or, with chat_id null, of the whole game, over one window.
CREATE TABLE boards (
    game_id          bigint  NOT NULL,
    board_id         bigint  GENERATED ALWAYS AS IDENTITY,
    chat_id          bigint,
    window_kind      text    NOT NULL,
    -- The window's local name, such as 2026-W09; empty for all time.
    label            text    NOT NULL,
    -- Drawn anew by every transaction that changes its entries: whoever finds it as it was knows all of them as they were.
    version          bigint  NOT NULL DEFAULT random_bits(),
    -- How many there are, written in the transaction that changes them, so that nobody has to count.
    entries          bigint  NOT NULL DEFAULT 0,
    -- Whether it is large enough for rank_buckets to have rows of it.
    has_rank_buckets boolean NOT NULL DEFAULT false,
    CONSTRAINT boards_pkey PRIMARY KEY (game_id, board_id),
    CONSTRAINT boards_game_fkey FOREIGN KEY (game_id) REFERENCES games (game_id),
    CONSTRAINT boards_chat_fkey FOREIGN KEY (chat_id) REFERENCES chats (chat_id),
    CONSTRAINT boards_window_kind_known CHECK (window_kind IN ('all', 'day', 'week', 'month', 'season')),
    CONSTRAINT boards_label_fits_window_kind CHECK ((window_kind = 'all') = (label = '')),
    CONSTRAINT boards_entries_not_negative CHECK (entries >= 0)
-- Room beside each row, so that a count changes without touching an index.
) WITH (fillfactor = 70);

-- One name, one index: every leaderboard is found by a single probe. Chat ids begin at 1.
CREATE UNIQUE INDEX boards_by_name ON boards (game_id, coalesce(chat_id, 0), window_kind, label);
CREATE INDEX boards_by_chat ON boards (chat_id) WHERE chat_id IS NOT NULL;

-- One player's entry on one leaderboard. It refers to its leaderboard by no constraint, which would cost half of what
-- writing many costs: leaderboards go only under the game's lock, which whoever writes entries holds, and only empty.
CREATE TABLE entries (
    game_id     bigint      NOT NULL,
    board_id    bigint      NOT NULL,
    player_id   bigint      NOT NULL,
    -- The score turned so that less is better: negated where higher is better. With it the one order of all
    -- leaderboards is the plain order of (score_key, achieved_at, player_id), which an index walks as it is.
    score_key   bigint      NOT NULL,
    achieved_at timestamptz NOT NULL,
    run_id      uuid        NOT NULL,
    CONSTRAINT entries_pkey PRIMARY KEY (game_id, board_id, player_id)
);

CREATE UNIQUE INDEX entries_in_order ON entries (game_id, board_id, score_key, achieved_at, player_id);

-- How many entries lie in buckets of a large leaderboard's order. A bucket begins at its bound and ends before the next
-- bound of its level. On level 0 it holds entries; on level 1 it is a group: it begins where a bucket of level 0 does
-- and holds all of them up to the next group. A rank is a sum over few rows of each level and a short walk over the
-- entries of one bucket. A leaderboard has rows of both levels or, while it is small, none.
CREATE TABLE rank_buckets (
    game_id     bigint      NOT NULL,
    board_id    bigint      NOT NULL,
    level       smallint    NOT NULL,
    score_key   bigint      NOT NULL,
    achieved_at timestamptz NOT NULL,
    player_id   bigint      NOT NULL,
    entries     bigint      NOT NULL,
    CONSTRAINT rank_buckets_pkey PRIMARY KEY (game_id, board_id, level, score_key, achieved_at, player_id),
    CONSTRAINT rank_buckets_board_fkey FOREIGN KEY (game_id, board_id) REFERENCES boards (game_id, board_id),
    CONSTRAINT rank_buckets_level_known CHECK (level IN (0, 1)),
    CONSTRAINT rank_buckets_entries_not_negative CHECK (entries >= 0)
) WITH (fillfactor = 70);

-- One player's entry is found by the primary key, never by walking a leaderboard, however few entries the planner has
-- met: it is told from the start that leaderboards are large, and believes it only with statistics of some rows.
ALTER TABLE entries
    ALTER COLUMN game_id SET (n_distinct = 1),
    ALTER COLUMN board_id SET (n_distinct = 4);
ALTER TABLE rank_buckets
    ALTER COLUMN game_id SET (n_distinct = 1),
    ALTER COLUMN board_id SET (n_distinct = 4);
INSERT INTO entries (game_id, board_id, player_id, score_key, achieved_at, run_id)
SELECT 0, n % 4, n, n, now(), gen_random_uuid() FROM generate_series(1, 4000) AS n;
ANALYZE entries;
DELETE FROM entries WHERE game_id = 0;
