/** The service is heard of every 15 s; after such a silence, in milliseconds, the connection is dead. */
const SILENCE = 40000;
/** The longest pause between two connections, in milliseconds. */
const LONGEST_PAUSE = 30000;

/** Reads events out of the pieces in which they come. `take` gets `{id, event, data, retry}`. */
function eventReader(take) {
  const decoder = new TextDecoder();
  let rest = "";
  return (bytes) => {
    rest += decoder.decode(bytes, { stream: true });
    const texts = rest.split("\n\n");
    rest = texts.pop();
    for (const text of texts) {
      const fields = {};
      for (const line of text.split("\n")) {
        const end = line.indexOf(": ");
        if (end > 0) fields[line.slice(0, end)] = line.slice(end + 2);
      }
      take(fields);
    }
  };
}

/** Follows the stream at an address, with whichever token `reading` finds, until the function that it returns is called. */
function follow(url, reading, onBoard, onError) {
  let pauseTime = 2000;
  let failures = 0;
  let lastId = null;
  let isOver = false;
  let controller, silence;

  /** Another piece came, so the connection lives. */
  function heard() {
    clearTimeout(silence);
    const current = controller;
    silence = setTimeout(() => current.abort(), SILENCE);
  }

  function take(fields) {
    if (fields.retry) pauseTime = parseInt(fields.retry, 10) || pauseTime;
    if (fields.id) lastId = fields.id;
    const board = fields.event === "leaderboard" && !isOver ? parsed(fields.data) : null;
    if (board) onBoard(board);
  }

  async function open(token) {
    const parts = request("GET", { token }, controller.signal);
    if (lastId) parts.headers["Last-Event-ID"] = lastId;
    const response = await fetch(url, parts);
    if (!response.ok) throw failure(response, await response.text());
    return response.body.getReader();
  }

  async function connect() {
    if (isOver) return;
    controller = new AbortController();
    heard();
    try {
      const reader = await reading(open);
      failures = 0;
      const read = eventReader(take);
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        heard();
        read(part.value);
      }
      again(pauseTime);
    } catch (error) {
      if (error instanceof HighscoresError && !error.isTemporary()) {
        stop();
        if (onError) onError(error);
        return;
      }
      failures += 1;
      const wait = Math.min(pauseTime * Math.pow(2, failures - 1), LONGEST_PAUSE);
      again(Math.max(wait, (error.retryAfter || 0) * 1000));
    }
  }

  /** Comes back; not at the same moment as all others, and at once when the network does. */
  function again(wait) {
    clearTimeout(silence);
    if (!isOver) pause(wait * (0.8 + 0.4 * Math.random())).then(connect);
  }

  function stop() {
    isOver = true;
    clearTimeout(silence);
    if (controller) controller.abort();
  }

  connect();
  return stop;
}
