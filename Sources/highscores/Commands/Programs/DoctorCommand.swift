import Application
import ArgumentParser
import Synchronization

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        "doctor",
        "Look at everything that must be right, and say what to do where it is not.",
        "highscores doctor",
        "each line is 'ok' or says what to do",
        "highscores doctor --json",
        "the same for a program",
        more: """
            The exit code is 0 when all is well or only warnings are left, 8 when what
            is wrong may pass by itself, else 1.
            """
    )

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let context = try CommandContext()
        let findings = Mutex<[Finding]>([])
        let isShownAtOnce =
            StandardOutput.isTerminal && !output.json && !output.ndjson && output.fields == nil
        let isColored = StandardOutput.takesColor
        let doctor = Doctor(settings: context.settings, logger: context.logger) { finding in
            findings.withLock { $0.append(finding) }
            if isShownAtOnce { _ = try? StandardOutput.write(finding.line(isColored: isColored)) }
        }
        try await doctor.examine()
        let found = findings.withLock { $0 }
        if !isShownAtOnce {
            let records = found.map { finding in
                Record([
                    "verdict": finding.verdict.rawValue, "subject": finding.subject, "detail": finding.detail,
                ])
            }
            try output.print(records, columns: ["verdict", "subject", "detail"])
        }
        let bad = found.filter { $0.verdict != .ok && $0.verdict != .warning }
        guard !bad.isEmpty else { return }
        throw CommandFailure(bad.allSatisfy { $0.verdict == .temporary } ? .temporary : .failed, "")
    }
}

extension Finding {
    /// The finding as a line for people.
    fileprivate func line(isColored: Bool) -> String {
        let indent = Verdict.temporary.rawValue.count + 2
        let word = verdict.rawValue.padded(to: indent)
        let color =
            switch verdict {
            case .ok: "32"
            case .warning, .temporary: "33"
            case .problem: "31"
            }
        let shown = isColored ? "\u{1B}[\(color)m\(word)\u{1B}[0m" : word
        let text = "\(subject): \(detail)".withVisibleControls
        let width = StandardOutput.columns.map { max($0 - indent, 20) }
        let lines = width.map { text.wrapped(to: $0) } ?? text
        let margin = String(repeating: " ", count: indent)
        return shown + lines.split(separator: "\n").joined(separator: "\n" + margin) + "\n"
    }
}
