"use strict";
class Stage {
  constructor(canvas) {
    this.canvas = canvas;
    this.pen = canvas.getContext("2d");
    this.sky = Array.from({ length: 90 }, () => ({
      x: Math.random(), y: Math.random(), size: 0.4 + Math.random() * 1.5, speed: 0.004 + Math.random() * 0.02
    }));
    this.sparks = [];
    this.words = [];
    this.shake = 0;
    this.resize();
    addEventListener("resize", () => this.resize());
  }

  resize() {
    const ratio = Math.min(devicePixelRatio || 1, 2);
    this.width = innerWidth;
    this.height = innerHeight;
    this.canvas.width = Math.round(this.width * ratio);
    this.canvas.height = Math.round(this.height * ratio);
    this.ratio = ratio;
    this.scale = Math.min(this.width / FIELD.width, this.height / FIELD.height);
    this.left = (this.width - FIELD.width * this.scale) / 2;
    this.top = this.height - FIELD.height * this.scale;
  }

  /** The place in the field under a place on the screen. */
  field(x) { return (x - this.left) / this.scale; }

  show(event) {
    const colours = { star: "#ffe29a", comet: "#8be9fd", heart: "#ff7aa8", hit: "#ff6b6b", lost: "#8f9bd6" };
    const colour = colours[event.kind];
    const count = event.kind === "lost" ? 0 : event.kind === "hit" ? 26 : 14;
    for (let index = 0; index < count; index += 1) {
      const angle = Math.random() * 6.3;
      const speed = 40 + Math.random() * (event.kind === "hit" ? 240 : 150);
      this.sparks.push({ x: event.x, y: event.y, vx: Math.cos(angle) * speed, vy: Math.sin(angle) * speed - 60,
        life: 0.5 + Math.random() * 0.4, colour });
    }
    const text = event.kind === "heart" ? "♥" : event.kind === "hit" ? "ouch!" : event.kind === "lost" ? "streak lost"
      : "+" + event.points;
    this.words.push({ x: event.x, y: event.y - 16, text, life: 0.9, colour });
    if (event.kind === "hit") this.shake = 0.35;
  }

  draw(world, passed, now) {
    const pen = this.pen;
    pen.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    this.drawSky(pen, passed);
    this.shake = Math.max(0, this.shake - passed);
    const jolt = () => (Math.random() - 0.5) * this.shake * 30;
    pen.translate(this.left + jolt(), this.top + jolt());
    pen.scale(this.scale, this.scale);
    if (world) {
      for (const thing of world.things) this.drawThing(pen, thing, now);
      this.drawShip(pen, world, now);
    }
    this.drawSparks(pen, passed);
  }

  drawSky(pen, passed) {
    const fill = pen.createLinearGradient(0, 0, 0, this.height);
    fill.addColorStop(0, "#0b1026");
    fill.addColorStop(0.55, "#1b1b4b");
    fill.addColorStop(1, "#4a2a6b");
    pen.fillStyle = fill;
    pen.fillRect(0, 0, this.width, this.height);
    pen.fillStyle = "#fff";
    for (const star of this.sky) {
      star.y += star.speed * passed * 4;
      if (star.y > 1) star.y -= 1;
      pen.globalAlpha = 0.25 + star.size * 0.35;
      pen.fillRect(star.x * this.width, star.y * this.height, star.size, star.size);
    }
    pen.globalAlpha = 1;
  }

  drawThing(pen, thing, now) {
    pen.save();
    pen.translate(thing.x, thing.y);
    if (thing.kind === "comet") this.drawTail(pen, thing);
    if (thing.kind !== "heart") pen.rotate(thing.spin);
    if (thing.kind === "rock") this.drawRock(pen, thing);
    else if (thing.kind === "heart") this.drawHeart(pen);
    else this.drawStar(pen, thing.radius * (1 + 0.06 * Math.sin(now * 9)), thing.kind === "comet" ? "#8be9fd" : "#ffd166");
    pen.restore();
  }

  drawTail(pen, thing) {
    const tail = pen.createLinearGradient(0, 0, -thing.drift * 0.4, -74);
    tail.addColorStop(0, "rgba(139, 233, 253, .75)");
    tail.addColorStop(1, "rgba(139, 233, 253, 0)");
    pen.fillStyle = tail;
    pen.beginPath();
    pen.moveTo(-11, 0);
    pen.lineTo(-thing.drift * 0.4, -78);
    pen.lineTo(11, 0);
    pen.fill();
  }

  drawStar(pen, radius, colour) {
    pen.shadowColor = colour;
    pen.shadowBlur = 16;
    pen.fillStyle = colour;
    pen.beginPath();
    for (let point = 0; point < 10; point += 1) {
      const reach = point % 2 ? radius * 0.5 : radius;
      pen.lineTo(Math.sin(point * Math.PI / 5) * reach, -Math.cos(point * Math.PI / 5) * reach);
    }
    pen.closePath();
    pen.fill();
    pen.shadowBlur = 0;
    pen.fillStyle = "rgba(255, 255, 255, .75)";
    pen.beginPath();
    pen.arc(-radius * 0.16, -radius * 0.2, radius * 0.2, 0, 6.3);
    pen.fill();
  }

  drawRock(pen, thing) {
    const bumps = [1, 0.82, 1.05, 0.9, 1.08, 0.84, 0.98, 0.88];
    pen.fillStyle = "#8a7ca8";
    pen.strokeStyle = "#55496f";
    pen.lineWidth = 2.5;
    pen.beginPath();
    bumps.forEach((bump, index) => {
      const angle = index / bumps.length * Math.PI * 2;
      pen.lineTo(Math.cos(angle) * thing.radius * bump, Math.sin(angle) * thing.radius * bump);
    });
    pen.closePath();
    pen.fill();
    pen.stroke();
    pen.fillStyle = "#6d6088";
    for (const [x, y, size] of [[-6, -4, 4.5], [6, 5, 3.4], [4, -8, 2.6]]) {
      pen.beginPath();
      pen.arc(x, y, size, 0, 6.3);
      pen.fill();
    }
  }

  drawHeart(pen) {
    pen.shadowColor = "#ff5d8f";
    pen.shadowBlur = 14;
    pen.fillStyle = "#ff5d8f";
    pen.beginPath();
    pen.moveTo(0, 11);
    pen.bezierCurveTo(-18, -3, -9, -16, 0, -6);
    pen.bezierCurveTo(9, -16, 18, -3, 0, 11);
    pen.fill();
    pen.shadowBlur = 0;
  }

  drawShip(pen, world, now) {
    if (world.blink > 0 && Math.floor(now * 14) % 2) return;
    pen.save();
    pen.translate(world.x, FIELD.shipY);
    pen.rotate(Math.max(-0.28, Math.min(0.28, world.speed / 1500)));
    const flame = 12 + 5 * Math.sin(now * 40);
    const fire = pen.createLinearGradient(0, 12, 0, 18 + flame);
    fire.addColorStop(0, "#ffd166");
    fire.addColorStop(1, "rgba(255, 93, 143, 0)");
    pen.fillStyle = fire;
    for (const side of [-15, 15]) {
      pen.beginPath();
      pen.moveTo(side - 5, 12);
      pen.lineTo(side, 18 + flame);
      pen.lineTo(side + 5, 12);
      pen.fill();
    }
    pen.shadowColor = "#7c5cff";
    pen.shadowBlur = 18;
    const hull = pen.createLinearGradient(0, -10, 0, 16);
    hull.addColorStop(0, "#e9e5ff");
    hull.addColorStop(1, "#8f7bff");
    pen.fillStyle = hull;
    pen.beginPath();
    pen.moveTo(-FIELD.reach, -10);
    pen.quadraticCurveTo(0, 5, FIELD.reach, -10);
    pen.quadraticCurveTo(FIELD.reach - 4, 16, 0, 17);
    pen.quadraticCurveTo(-FIELD.reach + 4, 16, -FIELD.reach, -10);
    pen.fill();
    pen.shadowBlur = 0;
    pen.fillStyle = "#2b1f66";
    pen.beginPath();
    pen.ellipse(0, 6, 10, 5, 0, 0, 6.3);
    pen.fill();
    pen.fillStyle = "#5ce1e6";
    pen.beginPath();
    pen.ellipse(-2, 5, 5, 2.4, 0, 0, 6.3);
    pen.fill();
    pen.restore();
  }

  drawSparks(pen, passed) {
    for (const spark of this.sparks) {
      spark.life -= passed;
      spark.x += spark.vx * passed;
      spark.y += spark.vy * passed;
      spark.vy += 320 * passed;
      pen.globalAlpha = Math.max(0, spark.life * 1.6);
      pen.fillStyle = spark.colour;
      pen.fillRect(spark.x - 1.6, spark.y - 1.6, 3.2, 3.2);
    }
    pen.textAlign = "center";
    pen.font = "800 17px system-ui, sans-serif";
    for (const word of this.words) {
      word.life -= passed;
      word.y -= 46 * passed;
      pen.globalAlpha = Math.max(0, Math.min(1, word.life * 2));
      pen.fillStyle = word.colour;
      pen.fillText(word.text, word.x, word.y);
    }
    pen.globalAlpha = 1;
    this.sparks = this.sparks.filter((spark) => spark.life > 0);
    this.words = this.words.filter((word) => word.life > 0);
  }
}

/** Short tones, silent until switched on. */
class Sound {
  constructor() { this.isOn = false; }

  toggle() {
    this.isOn = !this.isOn;
    if (this.isOn && !this.audio) this.audio = new (window.AudioContext || window.webkitAudioContext)();
    return this.isOn;
  }

  play(event, factor) {
    if (!this.isOn) return;
    const pitch = { star: 520, comet: 780, heart: 660, hit: 120, lost: 200 }[event.kind] * (1 + factor * 0.06);
    const tone = this.audio.createOscillator();
    const volume = this.audio.createGain();
    const now = this.audio.currentTime;
    tone.type = event.kind === "hit" ? "sawtooth" : "triangle";
    tone.frequency.setValueAtTime(pitch, now);
    tone.frequency.exponentialRampToValueAtTime(pitch * (event.kind === "hit" ? 0.5 : 1.5), now + 0.12);
    volume.gain.setValueAtTime(0.12, now);
    volume.gain.exponentialRampToValueAtTime(0.001, now + 0.18);
    tone.connect(volume).connect(this.audio.destination);
    tone.start(now);
    tone.stop(now + 0.2);
  }
}
