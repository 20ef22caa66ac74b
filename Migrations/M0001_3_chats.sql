-- Chats and the names that Telegram has for them.

-- A chat has an id of its own, because Telegram's ids of it change and inline messages show only chat_instance.
CREATE TABLE chats (
    chat_id          bigint      GENERATED ALWAYS AS IDENTITY,
    bot_id           bigint      NOT NULL,
    title            text,
    -- The zone in which days, weeks and months of the chat's own leaderboards begin; null is the game's.
    zone             text,
    -- Of which windows the winners are announced in the chat; null is none.
    announce         text,
    -- Whether people posted the bot's games there through it; without it an inline message id there is of a message
    -- that the bot sent.
    has_shared_games boolean     NOT NULL DEFAULT false,
    -- Set when two chats turned out to be one; the log has the id under which a run was played.
    merged_into      bigint,
    -- The chat that it was merged into itself, where that one was merged further since.
    merged_first     bigint,
    created_at       timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT chats_pkey PRIMARY KEY (chat_id),
    CONSTRAINT chats_bot_fkey FOREIGN KEY (bot_id) REFERENCES bots (bot_id),
    CONSTRAINT chats_merged_into_fkey FOREIGN KEY (merged_into) REFERENCES chats (chat_id),
    CONSTRAINT chats_announce_known CHECK (announce IN ('day', 'week', 'month')),
    CONSTRAINT chats_merged_into_another CHECK (merged_into <> chat_id),
    CONSTRAINT chats_merged_whole CHECK ((merged_into IS NULL) = (merged_first IS NULL))
);

CREATE INDEX chats_by_title ON chats (lower(title)) WHERE title IS NOT NULL;
CREATE INDEX chats_merged ON chats (merged_first) WHERE merged_first IS NOT NULL;

-- Another zone, a merge and a split change where runs of a chat count; only with the latter two names change hands.
CREATE FUNCTION renew_epochs_of_chat() RETURNS trigger LANGUAGE plpgsql SET search_path = highscores, pg_temp AS $$
BEGIN
    PERFORM renew_epochs(NEW.bot_id, NULL);
    RETURN NULL;
END
$$;

CREATE TRIGGER chats_renew_epochs AFTER UPDATE OF zone, merged_into ON chats
    FOR EACH ROW WHEN ((OLD.zone, OLD.merged_into) IS DISTINCT FROM (NEW.zone, NEW.merged_into))
    EXECUTE FUNCTION renew_epochs_of_chat();

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
    -- Whose it was before a merge.
    moved_from       bigint,
    -- A group that became a supergroup: messages under this id can no longer be written.
    is_gone          boolean NOT NULL DEFAULT false,
    CONSTRAINT chat_addresses_pkey PRIMARY KEY (bot_id, telegram_chat_id),
    CONSTRAINT chat_addresses_chat_fkey FOREIGN KEY (chat_id) REFERENCES chats (chat_id),
    CONSTRAINT chat_addresses_not_zero CHECK (telegram_chat_id <> 0)
);

CREATE INDEX chat_addresses_of_chat ON chat_addresses (chat_id);

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

-- Updates that made us send something, so that a repeated one does not send it again.
CREATE TABLE answered_updates (
    bot_id      bigint      NOT NULL,
    update_id   bigint      NOT NULL,
    answered_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT answered_updates_pkey PRIMARY KEY (bot_id, update_id)
);

CREATE INDEX answered_updates_by_time ON answered_updates (answered_at);
