import ArgumentParser
import Foundation

struct ManualCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        "manual",
        "Write the manual pages into a folder.",
        "highscores manual /usr/local/share/man/man1",
        "for 'man highscores', after each update of the program",
        "highscores manual man",
        "into a folder of one's own; 'man -l man/highscores.1' shows the first"
    )

    @Argument(help: "The folder; it is made where it is missing.", completion: .directory)
    var folder: String

    mutating func run() throws {
        let folder = URL(fileURLWithPath: folder, isDirectory: true)
        let pages = try ManualPages().pages
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            for page in pages {
                try Data(page.text.utf8).write(to: folder.appendingPathComponent(page.name))
            }
        } catch {
            throw CommandFailure(.failed, "cannot write to '\(folder.path)': \(error.localizedDescription)")
        }
        remark("\(counted(pages.count, "page")) written to \(folder.path)")
    }
}
