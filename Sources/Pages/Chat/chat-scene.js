"use strict";
const $ = (id) => document.getElementById(id);

/** Makes an element: its text is always text, never markup. */
function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === "data") Object.assign(element.dataset, value);
    else if (name in element) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

const COLOURS = [["#ff885e", "#ff516a"], ["#82b1ff", "#665fff"], ["#a0de7e", "#54cb68"], ["#ffcd6a", "#ffa85c"],
  ["#53edd6", "#28c9b7"], ["#72d5fd", "#2a9ef1"], ["#e0a2f3", "#d669ed"]];
const NAMES = ["#e17076", "#7b72e9", "#57a14a", "#d99a1c", "#26a497", "#3b8fdc", "#c45fd0"];

/** The same colours for the same person or chat, on every screen. */
const shade = (id) => Number(BigInt(id) < 0n ? -BigInt(id) % 7n : BigInt(id) % 7n);

function avatar(id, name) {
  const initials = name.split(/\s+/).filter(Boolean).slice(0, 2).map((word) => [...word][0]).join("").toUpperCase();
  const round = make("span", { className: "avatar", textContent: initials, ariaHidden: "true" });
  const [light, dark] = COLOURS[shade(id)];
  round.style.setProperty("--a", light);
  round.style.setProperty("--b", dark);
  return round;
}

/** A night sky with a comet, stars, a rock and the catcher; a different sky for each title. */
function scene(title) {
  let seed = [...title].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) >>> 0, 7);
  const random = () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 4294967296;
  const dots = Array.from({ length: 46 }, () => `<circle cx="${(random() * 320).toFixed(1)}" cy="${(random() * 180).toFixed(1)}"
    r="${(0.4 + random() * 1.1).toFixed(2)}" fill="#fff" opacity="${(0.3 + random() * 0.6).toFixed(2)}"/>`).join("");
  const star = "M0-10 2.9-3.1 10.4-2.6 4.7 2.3 6.5 9.6 0 5.6-6.5 9.6-4.7 2.3-10.4-2.6-2.9-3.1z";
  const stars = [[70, 52, 1.05], [236, 60, 0.8], [120, 92, 0.75], [280, 104, 0.95], [36, 112, 0.6]].map(([x, y, size]) =>
    `<path d="${star}" transform="translate(${x} ${y}) scale(${size}) rotate(${x})" fill="#ffd166"/>`).join("");
  const picture = make("div", { className: "scene", role: "img", ariaLabel: `Picture of ${title}` });
  picture.innerHTML = `<svg viewBox="0 0 320 180" width="100%" style="display:block;border-radius:9px" aria-hidden="true">
    <defs>
      <linearGradient id="sky" x2="0" y2="1"><stop stop-color="#0b1026"/><stop offset=".55" stop-color="#232063"/><stop offset="1" stop-color="#6a347f"/></linearGradient>
      <linearGradient id="tail" x1="0" y1="1" x2="1" y2="0"><stop stop-color="#8be9fd" stop-opacity=".95"/><stop offset="1" stop-color="#8be9fd" stop-opacity="0"/></linearGradient>
      <linearGradient id="hull" x2="0" y2="1"><stop stop-color="#efecff"/><stop offset="1" stop-color="#8f7bff"/></linearGradient>
      <radialGradient id="moon" cx=".35" cy=".35"><stop stop-color="#fff3d6"/><stop offset="1" stop-color="#f2b880"/></radialGradient>
    </defs>
    <rect width="320" height="180" fill="url(#sky)"/>${dots}
    <circle cx="40" cy="34" r="17" fill="url(#moon)"/><circle cx="34" cy="30" r="3.4" fill="#e3a873" opacity=".6"/><circle cx="46" cy="39" r="2.4" fill="#e3a873" opacity=".6"/>
    <path d="M146 92 226 14l-58 92z" fill="url(#tail)"/><circle cx="157" cy="99" r="11.5" fill="#d9f8ff"/><circle cx="157" cy="99" r="18" fill="#8be9fd" opacity=".22"/>
    ${stars}
    <path d="M206 118l11-9 13 3 6 12-7 12-14 2-11-8z" fill="#8a7ca8" stroke="#55496f" stroke-width="2"/><circle cx="216" cy="121" r="3" fill="#6d6088"/><circle cx="226" cy="128" r="2.2" fill="#6d6088"/>
    <g transform="translate(150 156)"><path d="M-13 9-9 22-5 9M5 9l4 13 4-13" fill="#ffd166"/><path d="M-30-8Q0 6 30-8 27 15 0 16-27 15-30-8" fill="url(#hull)"/>
    <ellipse cy="6" rx="9" ry="4.5" fill="#2b1f66"/><ellipse cx="-2" cy="5" rx="4.5" ry="2.1" fill="#5ce1e6"/></g>
    <path d="M0 180q80-26 160-12t160-8v20z" fill="#140d33" opacity=".75"/>
  </svg>`;
  return picture;
}

/** One call of a control route. */
async function call(route, body) {
  const response = await fetch("/simulator/" + route, body === undefined ? {} : {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body)
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer;
}

/** The address that a client opens: Telegram adds where a score can be shared from, at the end of the fragment. */
function withShareLink(url, message) {
  const link = "tgShareScoreUrl=" + encodeURIComponent("tg://share_game_score?hash=" + message.message_id);
  const place = url.indexOf("#");
  if (place < 0) return url + "#" + link;
  const fragment = url.slice(place + 1);
  return url + (fragment === "" ? "" : /[=?]/.test(fragment) ? "&" : "?") + link;
}
