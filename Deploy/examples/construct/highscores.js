// For Construct 3. Add highscores.mjs (of 'highscores sdk FOLDER') under the name highscores-sdk.js and this file to the
// project's scripts, and set this one's purpose to "Imports for events". Event sheets then call it by "Run JavaScript":
//
//   On start of layout      await Scores.startRun();
//   On game over            await Scores.submit(runtime.globalVars.Score);
//                           runtime.globalVars.Rank = Scores.rank;
//                           runtime.globalVars.Board = await Scores.board();
//
// Projects that run in a worker need connect({ api, token }): the page's fragment is not the worker's.
import { connect } from "./highscores-sdk.js";

const hs = connect({ api: "https://scores.example" });    // reads the launch token from the page's fragment
let run = null;

globalThis.Scores = {
  /** The player's rank in the chat, once a score was submitted. */
  rank: 0,

  /** The server's clock starts here. Each round is a run of its own. */
  async startRun() {
    run = await hs.startRun();
  },

  /** Tried again until it is acknowledged; if the game is closed first, the next connect() sends it. */
  async submit(score) {
    const result = await run.submit(Math.round(score));
    this.rank = result.boards[0].rank ?? 0;
    return result.outcome;
  },

  /** The leaderboard around the player, a line each, for a Text object. */
  async board() {
    const { entries } = await hs.leaderboard({ limit: 10, around: "me" });
    return entries.map(({ rank, player, score }) => `${rank}. ${player.name ?? "Somebody"}  ${score}`).join("\n");
  }
};
