import ArgumentParser
import Dispatch
import Glibc
import Operations
import Synchronization

/// One run of the program: arguments in, exit code out.
extension HighscoresCommand {
    /// Carries out the command and ends the process with its exit code.
    static func start(_ arguments: [String]) -> Never {
        Task { Glibc.exit(await status(of: arguments).rawValue) }
        dispatchMain()
    }

    /// Parses and carries out the command.
    ///
    /// - Returns: The exit code; everything to say has been said.
    static func status(of arguments: [String]) async -> ExitStatus {
        let command: any ParsableCommand
        do {
            command = try await asyncParseAsRoot(withNegativeNumbersLast(arguments))
        } catch {
            if exitCode(for: error) != .success, let suggestion = suggestion(for: arguments) {
                return report(suggestion)
            }
            return report(parsing: error)
        }
        do {
            // Before anything is done that could not be told any more; a service says nothing there.
            guard StandardOutput.isOpen || command is ServeCommand else { throw StandardOutput.isClosed }
            if command is any LongRunningCommand {
                try await carryOut(command)
            } else {
                try await heedingInterruption { try await carryOut(command) }
            }
            return .done
        } catch  where exitCode(for: error) != .failure || error is ValidationError {
            // The parser's own: the help of a command that has only subcommands, or a wrong usage found late.
            return report(parsing: error)
        } catch {
            let text = text(of: error)
            if !text.isEmpty { remark("\(text)") }
            return ExitStatus(of: error)
        }
    }

    private static func carryOut(_ command: any ParsableCommand) async throws {
        var command = command
        if var command = command as? any AsyncParsableCommand {
            try await command.run()
        } else {
            try command.run()
        }
    }

    private static func report(_ usage: String) -> ExitStatus {
        remark(usage)
        return .usage
    }

    /// Of a command that there is not, which one was most likely meant or, where none is near, which there are; nil where
    /// there is nothing wrong with the command.
    static func suggestion(for arguments: [String]) -> String? {
        var (commands, path) = (configuration.subcommands, ["highscores"])
        for word in arguments {
            if let known = commands.first(where: { $0._commandName == word }) {
                commands = known.configuration.subcommands
                path.append(word)
                if commands.isEmpty { return nil }
                continue
            }
            guard word.first != "-" else { return nil }
            let names = commands.filter { $0.configuration.shouldDisplay }.map { $0._commandName }
            let stem = path.joined(separator: " ")
            let rest =
                word.nearest(among: names).map { "did you mean '\(stem) \($0)'?" }
                ?? "there are \(names.joined(separator: ", "))"
            return "there is no '\(stem) \(word)'; \(rest)"
        }
        return nil
    }

    /// Says what the parser has to say; help and version are data.
    private static func report(parsing error: any Error) -> ExitStatus {
        let message = fullMessage(for: error)
        guard exitCode(for: error) == .success else {
            StandardError.write(line: message)
            return .usage
        }
        do {
            try StandardOutput.write(message + "\n")
            return .done
        } catch {
            remark("\(error)")
            return error.status
        }
    }
}

/// A command that runs until it is told to stop, and handles signals itself.
protocol LongRunningCommand: AsyncParsableCommand {}

/// Runs a body that SIGINT and SIGTERM cancel; a second signal ends the process at once.
func heedingInterruption(_ body: sending @escaping () async throws -> Void) async throws {
    let task = Task { try await body() }
    let wasInterrupted = Atomic(false)
    let sources = [SIGINT, SIGTERM].map { number in
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler {
            guard !wasInterrupted.exchange(true, ordering: .relaxed) else {
                _exit(ExitStatus.interrupted.rawValue)
            }
            task.cancel()
        }
        source.resume()
        return source
    }
    defer { for source in sources { source.cancel() } }
    do { try await task.value } catch {
        throw wasInterrupted.load(ordering: .relaxed) ? CancellationError() : error
    }
}
