import Foundation
import TestSupport

/// A headless browser that runs one page to its end in virtual time.
enum Chromium {
    /// Runs a page and gives the parts of what it left in `#out`.
    ///
    /// - Parameter page: The HTML. It leaves percent-encoded parts, joined by `|`.
    /// - Returns: The parts; empty when the page left none.
    /// - Throws: When the browser cannot be started.
    static func run(_ page: String) async throws -> [String] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "pages-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "page.html")
        try Data(page.utf8).write(to: file)
        let process = Process()
        process.executableURL = URL(filePath: try ProgramSpawn.find("chromium"))
        process.arguments = [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--timeout=60000",
            "--user-data-dir=\(folder.appending(path: "profile").path)", "--virtual-time-budget=600000",
            "--dump-dom",
            file.absoluteString,
        ]
        let output = folder.appending(path: "dom.html")
        _ = FileManager.default.createFile(atPath: output.path, contents: nil)
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = FileHandle.nullDevice
        await withCheckedContinuation { continuation in
            process.terminationHandler = { _ in continuation.resume() }
            do {
                try process.run()
            } catch {
                process.terminationHandler = nil
                continuation.resume()
            }
        }
        let dom = try String(contentsOf: output, encoding: .utf8)
        guard let start = dom.range(of: "<pre id=\"out\">"),
            let end = dom.range(of: "</pre>", range: start.upperBound..<dom.endIndex)
        else { return [] }
        return dom[start.upperBound..<end.lowerBound].split(separator: "|", omittingEmptySubsequences: false)
            .map { $0.removingPercentEncoding ?? String($0) }
    }
}
