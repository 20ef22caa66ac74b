"use strict";
const $ = (id) => document.getElementById(id);
const texts = JSON.parse($("texts").textContent);
const language = document.documentElement.lang;

/** What stands under a key in the reader's language, with the values filled in. */
const t = (key, values = {}) => texts[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);

const whole = new Intl.NumberFormat(language);
const padded = (digits) => new Intl.NumberFormat(language, { minimumIntegerDigits: digits, useGrouping: false });
const [two, three] = [padded(2), padded(3)];

/** A score as its board writes it: 61250 milliseconds are 1:01.250. */
function scoreText(score, format) {
  if (format === "number") return whole.format(score);
  const seconds = format === "seconds" ? score : Math.floor(score / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const clock = hours ? `${whole.format(hours)}:${two.format(minutes)}` : whole.format(minutes);
  return `${clock}:${two.format(seconds % 60)}` + (format === "seconds" ? "" : "." + three.format(score % 1000));
}

/** An element with a score and its unit. */
function scoreElement(tag, score, board) {
  const element = document.createElement(tag);
  const number = document.createElement("bdi");
  number.textContent = scoreText(score, board.score_format);
  element.append(number);
  if (board.score_unit) {
    const unit = document.createElement("small");
    unit.textContent = board.score_unit;
    element.append(" ", unit);
  }
  return element;
}

/** Writes times in the zone of the leaderboard, by the calendar by which its windows are made. */
function calendar(zone, options) {
  const tag = language + "-u-ca-gregory";
  try {
    return new Intl.DateTimeFormat(tag, { timeZone: zone, ...options });
  } catch {
    return new Intl.DateTimeFormat(tag, { timeZone: "UTC", ...options });
  }
}

/** What a window is called: its dates. */
function windowText(board) {
  if (!board.from) return t("board.all");
  const from = new Date(board.from);
  if (board.window === "month") return calendar(board.zone, { month: "long", year: "numeric" }).format(from);
  const days = calendar(board.zone, { day: "numeric", month: "short", year: "numeric" });
  if (board.window === "day") return days.format(from);
  return board.to ? days.formatRange(from, new Date(Date.parse(board.to) - 1)) : days.format(from) + " –";
}

/** A board's name as people read it. */
function boardText(name) {
  if (name === "main") return t("board.main");
  const words = name.replace(/[_-]+/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** One line of the list. */
function row(entry, board) {
  const line = document.createElement("li");
  line.dataset.rank = entry.rank;
  line.className = entry.me ? "me" : "";
  const rank = document.createElement("i");
  rank.textContent = whole.format(entry.rank);
  const who = document.createElement("div");
  const name = document.createElement("span");
  name.textContent = name.title = entry.player.name || t("board.somebody");
  name.dir = "auto";
  const when = document.createElement("small");
  when.textContent = calendar(undefined, { dateStyle: "medium", timeStyle: "short" }).format(new Date(entry.achieved_at));
  who.append(name, when);
  line.append(rank, who, scoreElement("b", entry.score, board));
  return line;
}
