import ArgumentParser

/// The command `highscores completions`.
struct CompletionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completions",
        abstract: "Print the script that completes commands in a shell.",
        discussion: examples(
            "highscores completions bash > /etc/bash_completion.d/highscores",
            "for bash",
            "highscores completions fish > ~/.config/fish/completions/highscores.fish",
            "for fish"
        )
    )

    /// The shells for which there is a script.
    enum Shell: String, CaseIterable, ExpressibleByArgument {
        case bash, zsh, fish
    }

    @Argument(help: "bash, zsh or fish.")
    var shell: Shell

    mutating func run() throws {
        let kind: CompletionShell =
            switch shell {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        try StandardOutput.write(HighscoresCommand.completionScript(for: kind) + "\n")
    }
}
