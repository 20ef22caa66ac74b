import Foundation
import PackagePlugin

/// Writes the commit that is built into a source file, which changes only when the commit does.
@main struct CommitPlugin: BuildToolPlugin {
    /// `HIGHSCORES_COMMIT` says it where git cannot: in a container, or for a release that was packed.
    private static let script = """
        if [ -n "$3" ]; then commit=$3
        elif [ "$(git -C "$1" rev-parse --show-prefix 2>&1)" = "" ] && commit=$(git -C "$1" rev-parse --short=7 HEAD); then
            git -C "$1" --no-optional-locks diff --quiet HEAD -- || commit=$commit-dirty
        else commit=unknown
        fi 2>/dev/null
        commit=$(printf %s "$commit" | tr -cd 'A-Za-z0-9._-' | cut -c 1-64)
        text="enum Commit { static let name = \\"$commit\\" }"
        [ "$(cat "$2" 2>/dev/null)" = "$text" ] || printf '%s\\n' "$text" >"$2"
        """

    func createBuildCommands(context: PluginContext, target: any Target) -> [Command] {
        let folder = context.pluginWorkDirectoryURL
        let commit = ProcessInfo.processInfo.environment["HIGHSCORES_COMMIT"] ?? ""
        return [
            .prebuildCommand(
                displayName: "Asking for the commit",
                executable: URL(fileURLWithPath: "/bin/sh"),
                arguments: [
                    "-c", Self.script, "sh", context.package.directoryURL.path,
                    folder.appendingPathComponent("Commit.swift").path, commit,
                ],
                outputFilesDirectory: folder
            )
        ]
    }
}
