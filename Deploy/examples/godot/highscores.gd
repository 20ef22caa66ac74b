# highscores.gd, for Godot 4: an autoload named Scores. In a web export put the script into Export > HTML > Head Include:
#   <script src="https://scores.example/sdk/highscores.js"></script>
#
#   await Scores.start_run()
#   var result = await Scores.submit(1234)      # {"outcome": "new_best", "boards": [...], ...} or {"error": code}
#   var board = await Scores.leaderboard()
extends Node

# Calls the script by name and hands what comes of it to a callback as JSON. One client and the last run are kept.
const GLUE := """
window.scoresCall = function (name, argument, tell) {
  var made = new Promise(function (resolve) {
    var state = window.scoresState = window.scoresState || { hs: Highscores.connect(), run: null };
    if (name === "start") resolve(state.hs.startRun().then(function (run) { state.run = run; return { id: run.id }; }));
    else if (name === "submit") resolve(state.run.submit(argument));
    else resolve(state.hs.leaderboard({ limit: 10, around: "me" }));
  });
  made.then(
    function (value) { tell(JSON.stringify(value)); },
    function (error) { tell(JSON.stringify({ error: error.code || String(error) })); }
  );
};
"""

signal _answered(call: int, answer: Dictionary)

var _calls := 0
# Callbacks must be held, or the engine lets them go before they are called.
var _held := {}


func _ready() -> void:
	if OS.has_feature("web"):
		JavaScriptBridge.eval(GLUE, true)


# Reads the launch token from the page's fragment and starts a run. The server's clock starts here.
func start_run() -> Dictionary:
	return await _call("start", 0)


# A whole number from 0 to 2147483647. Tried again until it is acknowledged; if the page is closed first, the next start
# sends it.
func submit(score: int) -> Dictionary:
	return await _call("submit", score)


func leaderboard() -> Dictionary:
	return await _call("leaderboard", 0)


func _call(what: String, argument: int) -> Dictionary:
	if not OS.has_feature("web"):
		return {"error": "no_page"}
	_calls += 1
	var call := _calls
	_held[call] = JavaScriptBridge.create_callback(func(arguments: Array) -> void:
		_answered.emit(call, JSON.parse_string(arguments[0])))
	JavaScriptBridge.get_interface("window").scoresCall(what, argument, _held[call])
	while true:
		var answered: Array = await _answered
		if answered[0] == call:
			_held.erase(call)
			return answered[1]
	return {}
