/** As a classic script the same is `window.Highscores`. */
export as namespace Highscores;

/**
 * Makes a client for one player in one chat. It asks for nothing itself, but sends scores that an earlier page could not.
 *
 * @throws HighscoresError `api_missing` where it cannot know its server, `token_missing` where nobody has pressed Play.
 */
export function connect(options?: GameOptions | MiniAppOptions): Client;

export interface GameOptions {
  /** The base URL of the service; only a classic script loaded from the service's `/sdk/` knows it by itself. */
  api?: string;
  /** A launch token; by default that of the page's fragment, `#hs=…`. */
  token?: string;
  initData?: undefined;
  game?: undefined;
}

export interface MiniAppOptions {
  /** As in `GameOptions`. */
  api?: string;
  /** `Telegram.WebApp.initData`; where it is empty, the page's fragment says who plays. */
  initData: string;
  /** The game's short name, or `BOT/SHORT_NAME`. */
  game: string;
  token?: undefined;
}

export interface Client {
  /** Known once a run was started. */
  readonly player: Player | null;
  /** Known once a run was started. */
  readonly game: Game | null;
  /** Null where there is no chat, and before a run was started. */
  readonly chatInstance: string | null;
  /** Starts a run: one play-through that takes one score. Playing again starts another one. */
  startRun(options?: StartOptions): Promise<Run>;
  /** Reads a leaderboard. */
  leaderboard(query?: LeaderboardQuery & Cancelling): Promise<Leaderboard>;
  /** Watches a leaderboard, now and after each change. The function that it returns ends the watch. */
  watch(query: WatchQuery & WatchOptions, callback: (board: WatchedLeaderboard) => void): () => void;
  /** Reads the player's own runs of this game, the last first. */
  history(query?: HistoryQuery & Cancelling): Promise<History>;
  /** Has Telegram's client share the game with the player's score; call it when they press. False where it cannot. */
  share(): boolean;
}

export interface Run {
  readonly id: string;
  /** By the server's clock, as RFC 3339. */
  readonly startedAt: string;
  readonly expiresAt: string;
  /** The board that the run is for, if it was started for one. */
  readonly board?: string;
  /** 16 hexadecimal digits, the same for all runs of the board in the window, where the board has seeds. */
  readonly seed?: string;
  /** Which attempt of the player's the run uses, where the board has attempts. */
  readonly attempt?: Attempt;
  /**
   * Submits the run's score, or one for each of several boards: whole numbers from 0 to 2147483647. It is repeated until
   * it is acknowledged or the run has expired; what a closed page leaves is sent by the next `connect`.
   */
  submit(score: number | Record<string, number>, options?: SubmitOptions): Promise<Receipt>;
}

/** What went wrong. */
export class HighscoresError extends Error {
  readonly name: "HighscoresError";
  readonly code: ProblemCode | "api_missing" | "network" | "timeout" | "aborted" | "http_error";
  /** The status over HTTP; 0 where there was no answer. */
  readonly status: number;
  readonly detail: string | null;
  /** Seconds. */
  readonly retryAfter: number | null;
  /** Whether the same call may well succeed later. */
  isTemporary(): boolean;
}

export interface Cancelling {
  /** Gives the request up; the call fails with `aborted`. A score that was submitted is sent later all the same. */
  signal?: AbortSignal;
}

export interface Repeating extends Cancelling {
  /** Told before each pause, which takes `wait` milliseconds. */
  onRetry?: (retry: { attempt: number; wait: number; error: HighscoresError }) => void;
}

export interface StartOptions extends Repeating {
  /** The run is for this board alone, and uses an attempt where the board has attempts. */
  board?: string | null;
}

export interface SubmitOptions extends Repeating {
  /** Kept with the score as it is; at most 4096 bytes. */
  metadata?: Record<string, unknown>;
  /** Up to 16 further leaderboards to report on, each as `SCOPE/WINDOW` or `BOARD:SCOPE/WINDOW`. */
  boards?: string | string[];
}

export interface WatchOptions {
  /** Told of what ends the watch. */
  onError?: (error: HighscoresError) => void;
}

export type Scope = "chat" | "global";
export type WindowKind = "all" | "day" | "week" | "month" | "season";
export type Outcome = "new_best" | "updated" | "not_better" | "held" | "refused";

export interface LeaderboardQuery {
  board?: string | null;
  /** The chat's by default. */
  scope?: Scope | null;
  /** All time by default. */
  window?: WindowKind | null;
  /** A time in the window that is meant, as RFC 3339; now by default. */
  at?: string | null;
  /** 1 to 100; 10 by default. */
  limit?: number | null;
  /** `me` or a player's id; excludes `cursor`. */
  around?: string | null;
  /** `next` or `previous` of another page; excludes `around`. */
  cursor?: string | null;
}

export interface WatchQuery {
  board?: string | null;
  scope?: Scope | null;
  window?: WindowKind | null;
  limit?: number | null;
}

export interface HistoryQuery {
  board?: string | null;
  limit?: number | null;
  cursor?: string | null;
}

export interface Player {
  id: string;
  /** Null where the service does not know it. */
  name: string | null;
}

export interface Game {
  /** `BOT/SHORT_NAME`. */
  name: string;
  title: string;
  order: "higher" | "lower";
  keep: "best" | "latest" | "sum";
}

export interface Attempt {
  number: number;
  of: number;
  window: WindowKind;
  ends_at: string | null;
}

/** What became of a score. */
export interface Receipt extends BoardResult {
  run_id: string;
  /** With several boards: what became of each score. The members beside it are those of the first. */
  results?: Record<string, BoardResult>;
  /** The first is that of the chat, over all time, or of the whole game where there is no chat. */
  boards: Placement[];
  /** Why the score is held or refused. */
  reasons: string[];
}

export interface BoardResult {
  outcome: Outcome;
  score: number;
  best: number | null;
  previous_best: number | null;
}

export interface Placement {
  board: string;
  scope: Scope;
  window: WindowKind;
  rank: number | null;
  previous_rank: number | null;
  entries: number;
  /** The entry just above; null at rank 1. */
  next: { rank: number; score: number } | null;
}

export interface Leaderboard {
  game: string;
  title: string;
  board: string;
  scope: Scope;
  window: WindowKind;
  from: string | null;
  to: string | null;
  zone: string;
  /** Whether the window can no longer change. */
  final: boolean;
  order: "higher" | "lower";
  total: number;
  entries: Entry[];
  /** Null without an entry. */
  me?: { rank: number; score: number; percentile: number } | null;
  next: string | null;
  previous: string | null;
}

export type WatchedLeaderboard = Omit<Leaderboard, "me">;

export interface Entry {
  rank: number;
  player: { id: string; name: string | null; username?: string | null };
  score: number;
  achieved_at: string;
  me: boolean;
}

export interface History {
  runs: PlayedRun[];
  next: string | null;
}

/** What a run scored on one board. */
export interface PlayedRun {
  run_id: string;
  board: string;
  score: number;
  outcome: Outcome;
  reasons: string[];
  started_at: string;
  accepted_at: string;
}

export type ProblemCode =
  | "malformed_request" | "malformed_json" | "unknown_parameter_value" | "run_required" | "idempotency_key_required"
  | "token_missing" | "token_invalid" | "token_expired" | "player_banned" | "game_disabled" | "not_found"
  | "no_such_window" | "method_not_allowed" | "request_timeout" | "run_already_scored" | "chat_conflict"
  | "attempts_used" | "idempotency_key_reused" | "body_too_large" | "media_type_unsupported" | "score_invalid"
  | "board_unknown" | "rate_limited" | "quota_exceeded" | "too_many_streams" | "head_too_large" | "internal_error"
  | "overloaded" | "database_unavailable";
