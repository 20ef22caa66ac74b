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
        _ = try await ProgramSpawn.run(
            ProgramSpawn.find("chromium"),
            [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--timeout=60000",
                "--user-data-dir=\(folder.appending(path: "profile").path)", "--virtual-time-budget=600000",
                "--dump-dom",
                file.absoluteString,
            ],
            folder: folder
        )
        let dom = try String(contentsOf: folder.appending(path: "stdout"), encoding: .utf8)
        guard let start = dom.range(of: "<pre id=\"out\">"),
            let end = dom.range(of: "</pre>", range: start.upperBound..<dom.endIndex)
        else { return [] }
        return dom[start.upperBound..<end.lowerBound].split(separator: "|", omittingEmptySubsequences: false)
            .map { $0.removingPercentEncoding ?? String($0) }
    }
}
