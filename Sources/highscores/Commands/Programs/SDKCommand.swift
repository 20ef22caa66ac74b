import ArgumentParser
import Foundation
import Pages

struct SDKCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        "sdk",
        "Write the script for game pages as an npm package.",
        "highscores sdk highscores-sdk",
        "then, beside the game, 'npm install ./highscores-sdk'",
        "highscores sdk highscores-sdk --fields file,integrity",
        "for the attribute 'integrity' of a copy, or of /sdk/VERSION/FILE",
        more: """
            The package holds the module, the classic script and the types, which the
            service also serves below /sdk/. Written again it brings them up to date;
            files of others are left alone.
            """
    )

    @Argument(help: "The folder; it is made where it is missing.", completion: .directory)
    var folder: String

    @OptionGroup var output: OutputOptions

    func run() throws {
        let folder = URL(fileURLWithPath: folder, isDirectory: true)
        let files = Script.npmPackage.map { (place: folder.appendingPathComponent($0.name), file: $0) }
        for (place, file) in files where !Self.mayWrite(file.name, at: place.path) {
            throw CommandFailure(
                .conflict,
                "'\(place.path)' was not written by this command; name another folder, or move it away"
            )
        }
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            for (place, file) in files { try Data(file.bytes).write(to: place, options: .atomic) }
        } catch {
            throw CommandFailure(.failed, "cannot write to '\(folder.path)': \(error.localizedDescription)")
        }
        let records = files.map { _, file in
            Record([
                "file": file.name, "bytes": file.bytes.count,
                "integrity": file.name.hasSuffix("js") ? Script.integrity(of: file.bytes) : nil,
            ])
        }
        try output.print(records, columns: ["file", "bytes", "integrity"])
        remark("version \(Script.version) written to \(folder.path)")
    }

    /// Whether there is nothing at a place, or what this command has written there.
    private static func mayWrite(_ name: String, at path: String) -> Bool {
        // Links are not followed.
        guard (try? FileManager.default.attributesOfItem(atPath: path)) != nil else { return true }
        return FileManager.default.contents(atPath: path)?.starts(with: Script.beginning(of: name)) == true
    }
}
