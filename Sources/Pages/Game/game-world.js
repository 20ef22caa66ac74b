"use strict";
/** The playing field is 360 × 560 units, whatever the screen; the ship moves along its lower edge. */
const FIELD = { width: 360, height: 560, shipY: 512, reach: 34 };
const STEP = 1 / 120;
const KINDS = {
  star: { points: 10, radius: 13, good: true },
  comet: { points: 50, radius: 15, good: true },
  heart: { points: 0, radius: 14, good: true },
  rock: { points: 0, radius: 19, good: false }
};

/** A small generator of random numbers: the same seed, the same sky. */
function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6D2B79F5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4294967296;
  };
}

class World {
  constructor(seed, seconds) {
    this.random = generator(seed);
    this.seconds = seconds;
    this.elapsed = 0;
    this.score = 0;
    this.hearts = 3;
    this.streak = 0;
    this.x = FIELD.width / 2;
    this.speed = 0;
    this.things = [];
    this.nextThing = 0.35;
    this.events = [];
    this.blink = 0;
  }

  get isOver() { return this.hearts <= 0 || this.elapsed >= this.seconds; }

  /** Every five catches in a row are worth one more, up to five times. */
  get factor() { return Math.min(5, 1 + Math.floor(this.streak / 5)); }

  /** Moves everything on by one step. `steer` is -1, 0 or 1; `aim` a place to go to, or null. */
  step(steer, aim) {
    if (this.isOver) return;
    this.elapsed += STEP;
    this.blink = Math.max(0, this.blink - STEP);
    this.move(steer, aim);
    if (this.elapsed >= this.nextThing) this.add();
    for (const thing of this.things) {
      thing.y += thing.fall * STEP;
      thing.x += thing.drift * STEP;
      thing.spin += thing.turn * STEP;
      if (thing.x < thing.radius || thing.x > FIELD.width - thing.radius) thing.drift = -thing.drift;
      const isNear = Math.abs(thing.x - this.x) < FIELD.reach + thing.radius * 0.45
        && Math.abs(thing.y - FIELD.shipY) < 20 + thing.radius * 0.4;
      if (isNear) this.touch(thing);
      else if (thing.y > FIELD.height + 30) this.miss(thing);
    }
    this.things = this.things.filter((thing) => !thing.gone);
  }

  move(steer, aim) {
    let wanted = steer * 430;
    if (aim !== null) wanted = Math.max(-900, Math.min(900, (aim - this.x) * 16));
    this.speed += (wanted - this.speed) * Math.min(1, STEP * 18);
    this.x += this.speed * STEP;
    if (this.x < 30 || this.x > FIELD.width - 30) {
      this.x = Math.max(30, Math.min(FIELD.width - 30, this.x));
      this.speed = 0;
    }
  }

  add() {
    const progress = Math.min(1, this.elapsed / 45);
    const roll = this.random();
    const rocks = 0.15 + 0.2 * progress;
    const kind = roll < rocks ? "rock" : roll < rocks + 0.1 ? "comet"
      : roll < rocks + 0.125 && this.hearts < 3 ? "heart" : "star";
    const quick = kind === "comet" ? 1.45 : kind === "rock" ? 0.92 : 1;
    this.things.push({
      kind,
      radius: KINDS[kind].radius,
      x: 24 + this.random() * (FIELD.width - 48),
      y: -30,
      fall: (150 + 165 * progress + 60 * this.random()) * quick,
      drift: (this.random() - 0.5) * (30 + 70 * progress),
      spin: this.random() * 6.3,
      turn: (this.random() - 0.5) * 4,
      gone: false
    });
    this.nextThing = this.elapsed + (0.72 - 0.36 * progress) * (0.75 + 0.5 * this.random());
  }

  touch(thing) {
    thing.gone = true;
    if (thing.kind === "rock") {
      if (this.blink > 0) return;
      this.hearts -= 1;
      this.streak = 0;
      this.blink = 1.1;
      this.events.push({ kind: "hit", x: thing.x, y: thing.y });
      return;
    }
    if (thing.kind === "heart") this.hearts += 1;
    this.streak += 1;
    const points = KINDS[thing.kind].points * this.factor;
    this.score += points;
    this.events.push({ kind: thing.kind, x: thing.x, y: thing.y, points });
  }

  miss(thing) {
    thing.gone = true;
    if (!KINDS[thing.kind].good || thing.kind === "heart") return;
    if (this.streak >= 5) this.events.push({ kind: "lost", x: thing.x, y: FIELD.height - 20 });
    this.streak = 0;
  }
}
