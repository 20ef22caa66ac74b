import Glibc
import Synchronization

/// How far long work has come, in the last line of a terminal; nothing where nobody looks.
final class Progress: Sendable {
    /// How often the line is drawn anew at most.
    private static let interval = Duration.milliseconds(100)

    private struct State {
        var total: Int?
        var drawnAt: ContinuousClock.Instant?
        var note: String?
        var isOver = false
    }

    private let activity: String
    private let unit: String
    private let start = ContinuousClock.now
    private let isShown: Bool
    private let state: Mutex<State>

    init(_ activity: String, of total: Int?, _ unit: String, isShown: Bool = StandardError.takesStatus) {
        self.activity = activity
        self.unit = unit
        self.isShown = isShown
        state = Mutex(State(total: total))
    }

    /// Shows how much is done.
    func show(_ done: Int, of total: Int? = nil, note: String? = nil) {
        guard isShown else { return }
        let now = ContinuousClock.now
        let line = state.withLock { state -> String? in
            state.total = total ?? state.total
            // Another note may be the last for long.
            let isDue = state.note != note || (state.drawnAt.map { now - $0 >= Self.interval } ?? true)
            guard !state.isOver, isDue else { return nil }
            (state.drawnAt, state.note) = (now, note)
            return Self.line(
                activity,
                done: done,
                total: state.total,
                unit: unit,
                elapsed: now - start,
                note: note
            )
        }
        if let line { StandardError.setStatus(line) }
    }

    /// Takes the line away; further calls do nothing.
    func end() {
        guard isShown, state.withLock({ state in !exchange(&state.isOver, true) }) else { return }
        StandardError.setStatus(nil)
    }

    /// Shows for how long something has been going on that cannot tell how far it is.
    func whileRunning<Value>(_ body: () async throws -> Value) async rethrows -> Value {
        guard isShown else { return try await body() }
        let drawing = Task {
            while !Task.isCancelled {
                show(0)
                try? await Task.sleep(for: .milliseconds(500))
            }
        }
        defer {
            drawing.cancel()
            end()
        }
        return try await body()
    }

    deinit { end() }

    /// Lays the line out.
    ///
    /// - Returns: Such as `importing [#####.....] 50%  2 s left  1,000 of 2,000 lines  500/s`: what matters least is last,
    ///   since a narrow terminal cuts it off.
    static func line(
        _ activity: String,
        done: Int,
        total: Int?,
        unit: String,
        elapsed: Duration,
        note: String?
    ) -> String {
        var parts: [String] = []
        let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
        let rate = seconds > 0 ? Double(done) / seconds : 0
        if let total, total > 0 {
            let share = min(Double(done) / Double(total), 1)
            let filled = Int(share * 10)
            let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: 10 - filled)
            parts.append("\(activity) [\(bar)] \(Int(share * 100))%")
            if done > 0, done < total { parts.append("\(time(Double(total - done) / rate)) left") }
            parts.append("\(grouped(done))\(done < total ? " of \(grouped(total))" : "") \(unit)")
        } else {
            parts.append(unit.isEmpty ? activity : "\(activity) \(grouped(done)) \(unit)")
        }
        // A rate below one a second says less than the time does, and one of work that is done says nothing.
        let isCounting = rate >= 1 && total.map { done < $0 } ?? true
        parts.append(isCounting ? "\(grouped(Int(rate)))/s" : "\(time(seconds))")
        if let note { parts.append(note) }
        return parts.joined(separator: "  ")
    }

    /// A number with its digits in groups of three.
    private static func grouped(_ number: Int) -> String {
        let digits = String(number)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { text += "," }
            text.append(digit)
        }
        return text
    }

    /// A duration for people.
    private static func time(_ seconds: Double) -> String {
        let seconds = Int(min(seconds, 1e9).rounded(.up))
        if seconds < 100 { return "\(seconds) s" }
        return seconds < 6000 ? "\(seconds / 60) min" : "\(seconds / 3600) h \(seconds / 60 % 60) min"
    }
}

/// Gives a variable a new value and returns the old one.
private func exchange<Value>(_ variable: inout Value, _ value: Value) -> Value {
    let old = variable
    variable = value
    return old
}
