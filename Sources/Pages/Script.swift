import Crypto
import Foundation

/// The script for game pages, in each form in which they load it: all are made of the files in `Script`.
package enum Script {
    /// The version of the script, which is raised whenever a form of it changes: what has its address never does.
    package static let version = "0.1.0"

    /// The forms by the names of their files.
    package static let forms: [(name: String, page: Page)] = [
        ("highscores.js", classic), ("highscores.mjs", module), ("highscores.d.ts", types),
    ]

    /// For a `<script>` without a type: makes `Highscores`, and knows its server when it was loaded from there.
    package static let classic = script(
        before: #"""
            (function () {
            "use strict";
            /** Where this script came from is where the service is, also below a path of a proxy. */
            const tag = typeof document === "object" ? document.currentScript : null;
            const origin = tag && /^(.*)\/sdk\/(?:[^\/]+\/)?highscores\.js(?:[?#]|$)/.exec(tag.src);
            const home = origin ? origin[1] : null;

            """#,
        after: """
            (typeof globalThis === "object" ? globalThis : self).Highscores = { connect, HighscoresError };
            })();

            """
    )

    /// For `import`, from the service or out of a bundle.
    package static let module = script(
        before: "const home = null;\n",
        after: "export { connect, HighscoresError };\n"
    )

    /// What TypeScript is told of either.
    package static let types = Page(
        contentType: "application/typescript; charset=utf-8",
        bytes: head + PackageResources.highscores_d_ts
    )

    /// An npm package: the forms, and the file that describes them.
    package static let npmPackage: [(name: String, bytes: [UInt8])] =
        [("package.json", Array(description.utf8))] + forms.map { ($0.name, $0.page.bytes) }

    /// How each file of the package begins, by which it is told from files of others.
    package static func beginning(of name: String) -> [UInt8] {
        Array((name == "package.json" ? "{\n  \"name\": \"highscores\"," : "/*! highscores ").utf8)
    }

    /// The value of an attribute `integrity` (Subresource Integrity, section 3.5).
    package static func integrity(of bytes: [UInt8]) -> String {
        "sha384-\(Data(SHA384.hash(data: bytes)).base64EncodedString())"
    }

    private static let head = Array("/*! highscores \(version): the page's side. Apache-2.0 */\n".utf8)

    private static func script(before: String, after: String) -> Page {
        let parts = [
            PackageResources.errors_js, PackageResources.exchange_js, PackageResources.keeping_js,
            PackageResources.watching_js, PackageResources.client_js,
        ]
        return Page(
            contentType: "text/javascript; charset=utf-8",
            bytes: head + Array(before.utf8) + parts.joined(separator: "\n".utf8) + Array(after.utf8)
        )
    }

    private static let description = """
        {
          "name": "highscores",
          "version": "\(version)",
          "description": "Leaderboards for games played in Telegram: the page's side.",
          "license": "Apache-2.0",
          "type": "module",
          "main": "./highscores.mjs",
          "types": "./highscores.d.ts",
          "exports": {
            ".": { "types": "./highscores.d.ts", "default": "./highscores.mjs" },
            "./highscores.js": "./highscores.js",
            "./package.json": "./package.json"
          },
          "sideEffects": ["./highscores.js"],
          "files": ["highscores.js", "highscores.mjs", "highscores.d.ts"]
        }

        """
}
