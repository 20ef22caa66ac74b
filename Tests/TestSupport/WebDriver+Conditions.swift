import Foundation
import JSON

extension WebDriver {
    /// What a reader's machine is like, as far as pages can tell.
    package struct Conditions: Sendable, Hashable {
        package var width: Int
        package var height: Int
        package var isDark = false
        package var isMotionReduced = false
        /// Whether there is a finger and no mouse.
        package var isTouch = false

        package init(
            width: Int,
            height: Int,
            isDark: Bool = false,
            isMotionReduced: Bool = false,
            isTouch: Bool = false
        ) {
            (self.width, self.height) = (width, height)
            (self.isDark, self.isMotionReduced, self.isTouch) = (isDark, isMotionReduced, isTouch)
        }
    }

    /// Has pages find a machine like that, from now on; sizes are in CSS pixels.
    package func pretend(_ conditions: Conditions) async throws {
        try await session.post("/goog/cdp/execute") {
            $0.member("cmd", "Emulation.setDeviceMetricsOverride")
            $0.object("params") {
                $0.member("width", conditions.width)
                $0.member("height", conditions.height)
                $0.member("deviceScaleFactor", 1)
                $0.member("mobile", conditions.isTouch)
            }
        }
        try await session.post("/goog/cdp/execute") {
            $0.member("cmd", "Emulation.setTouchEmulationEnabled")
            $0.object("params") { $0.member("enabled", conditions.isTouch) }
        }
        try await session.post("/goog/cdp/execute") {
            $0.member("cmd", "Emulation.setEmulatedMedia")
            $0.object("params") {
                $0.array("features") {
                    $0.object {
                        $0.member("name", "prefers-color-scheme")
                        $0.member("value", conditions.isDark ? "dark" : "light")
                    }
                    $0.object {
                        $0.member("name", "prefers-reduced-motion")
                        $0.member("value", conditions.isMotionReduced ? "reduce" : "no-preference")
                    }
                }
            }
        }
    }

    /// What axe-core finds serious or critical in the page or frame.
    ///
    /// - Returns: A line for each element; empty for a page that all can use.
    /// - Throws: ``ProgramError`` where axe-core is missing, which `Tests/run` installs.
    package func barriers() async throws -> [String] {
        try await run(try Self.axe())
        let found = try await run(
            """
            return axe.run(document, { resultTypes: ["violations"], iframes: false }).then((result) => result.violations
              .filter((rule) => ["serious", "critical"].includes(rule.impact))
              .flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.target} ${node.html.slice(0, 120)}: ${node.failureSummary}`)))
            """
        )
        return found.elements.compactMap(\.string)
    }

    private static func axe() throws -> String {
        let place = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent(".build/fuzz/lib")
        let versions =
            (try? FileManager.default.contentsOfDirectory(at: place, includingPropertiesForKeys: nil)) ?? []
        for version in versions {
            let file = version.appendingPathComponent("site-packages/axe_playwright_python/axe.min.js")
            if let text = try? String(contentsOf: file, encoding: .utf8) { return text }
        }
        throw ProgramError("axe-core is not in \(place.path): Tests/run installs it")
    }
}
