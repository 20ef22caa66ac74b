public import ArgumentParser

struct CompletionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        "completions",
        "Print the script that completes commands in a shell.",
        "highscores completions bash > /etc/bash_completion.d/highscores",
        "for bash",
        "highscores completions fish > ~/.config/fish/completions/highscores.fish",
        "for fish"
    )

    @Argument(help: "bash, zsh or fish.")
    var shell: CompletionShell

    func run() throws {
        try StandardOutput.write(HighscoresCommand.completionScript(for: shell) + "\n")
    }
}

extension CompletionShell: @retroactive ExpressibleByArgument {}
