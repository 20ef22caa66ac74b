extension Page {
    /// Watching a leaderboard by server-sent events.
    ///
    /// `EventSource` can set no headers and gives up for good after one refusal, so the stream is read with `fetch`.
    static let scriptStream: StaticString = #"""
          /** The service is heard of every 15 s; after such a silence, in milliseconds, the connection is dead. */
          var SILENCE = 40000;

          function queryOf(options, names) {
            var query = names.filter(function (name) {
              return options[name] !== undefined && options[name] !== null;
            }).map(function (name) {
              return name + "=" + encodeURIComponent(options[name]);
            }).join("&");
            return query ? "?" + query : "";
          }

          /** Reads events out of the pieces in which they come. `take` gets `{id, event, data, retry}`. */
          function eventReader(take) {
            var decoder = new TextDecoder();
            var rest = "";
            return function (bytes) {
              rest += decoder.decode(bytes, { stream: true });
              var texts = rest.split("\n\n");
              rest = texts.pop();
              texts.forEach(function (text) {
                var fields = {};
                text.split("\n").forEach(function (line) {
                  var end = line.indexOf(": ");
                  if (end > 0) fields[line.slice(0, end)] = line.slice(end + 2);
                });
                take(fields);
              });
            };
          }

          function watch(client, options, onBoard) {
            var url = client.api + "/v1/leaderboard/events" + queryOf(options, ["scope", "window", "limit"]);
            var pauseTime = 2000;
            var failures = 0;
            var lastId = null;
            var isOver = false;
            var controller, silence;

            /** Another piece came, so the connection lives. */
            function heard() {
              clearTimeout(silence);
              var current = controller;
              silence = setTimeout(function () { current.abort(); }, SILENCE);
            }

            function take(fields) {
              if (fields.retry) pauseTime = parseInt(fields.retry, 10) || pauseTime;
              if (fields.id) lastId = fields.id;
              var board = fields.event === "leaderboard" && !isOver ? parsed(fields.data) : null;
              if (board) onBoard(board);
            }

            function connect() {
              if (isOver) return;
              controller = new AbortController();
              heard();
              var headers = { Authorization: "Bearer " + (client.run ? client.run.token : client.token) };
              if (lastId) headers["Last-Event-ID"] = lastId;
              fetch(url, {
                method: "GET",
                headers: headers,
                credentials: "omit",
                referrerPolicy: "no-referrer",
                cache: "no-store",
                signal: controller.signal
              }).then(function (response) {
                if (!response.ok) return response.text().then(function (text) { throw failure(response, text); });
                failures = 0;
                var reader = response.body.getReader();
                var read = eventReader(take);
                return new Promise(function (resolve, reject) {
                  // Not one promise inside the other: a stream may last for hours.
                  (function next() {
                    reader.read().then(function (part) {
                      if (part.done) return resolve();
                      heard();
                      read(part.value);
                      next();
                    }).catch(reject);
                  })();
                });
              }).then(function () { again(pauseTime); }, failed);
            }

            function failed(error) {
              if (error instanceof HighscoresError && !error.isTemporary()) {
                stop();
                if (options.onError) options.onError(error);
                return;
              }
              failures += 1;
              var wait = Math.min(pauseTime * Math.pow(2, failures - 1), 30000);
              again(Math.max(wait, ((error && error.retryAfter) || 0) * 1000));
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

        """#
}
