extension String {
    /// The name that somebody most likely meant who typed this: the nearest of few, or one that it begins; nil where none
    /// is near.
    package func nearest(among names: [String]) -> String? {
        let typed = lowercased()
        let near = names.map { (name: $0, distance: typed.distance(to: $0.lowercased())) }
            .min { $0.distance < $1.distance }
        // Of a short word every other letter would be another word.
        if let near, near.distance <= max(1, typed.count / 3) { return near.name }
        return typed.count > 2 ? names.first { $0.lowercased().hasPrefix(typed) } : nil
    }

    /// How many letters are to be added, taken away, exchanged with a neighbour or changed to make another text of this one
    /// (Damerau and Levenshtein).
    private func distance(to other: String) -> Int {
        let (left, right) = (Array(self), Array(other))
        var rows = [Array(0...right.count)]
        for (row, letter) in left.enumerated() {
            var next = [row + 1]
            for (column, counterpart) in right.enumerated() {
                var best = Swift.min(
                    next[column] + 1,
                    rows[row][column + 1] + 1,
                    rows[row][column] + (letter == counterpart ? 0 : 1)
                )
                if row > 0, column > 0, letter == right[column - 1], left[row - 1] == counterpart {
                    best = Swift.min(best, rows[row - 1][column - 1] + 1)
                }
                next.append(best)
            }
            rows.append(next)
        }
        return rows[left.count][right.count]
    }
}
