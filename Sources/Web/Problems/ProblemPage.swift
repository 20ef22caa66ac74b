/// The page that explains one code to whoever follows the `type` of a problem document.
enum ProblemPage {
    /// Writes the page.
    ///
    /// - Returns: HTML in UTF-8; all texts are ours and hold no markup.
    static func html(for code: ProblemCode) -> [UInt8] {
        let text = """
            <!doctype html>
            <html lang="en">
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(code.title)</title>
            <style>
            body { font: 1rem/1.5 system-ui, sans-serif; max-width: 40rem; margin: 3rem auto; padding: 0 1rem }
            @media (prefers-color-scheme: dark) { body { background: #17212b; color: #f5f5f5 } }
            </style>
            <h1>\(code.title)</h1>
            <p><code>\(code.rawValue)</code>, HTTP status \(code.status)</p>
            <p>\(code.explanation)</p>
            </html>

            """
        return Array(text.utf8)
    }
}
