/// What a row of numbers says.
enum Statistics {
    /// The number in the middle; of an even count, the mean of the two in the middle.
    ///
    /// - Returns: The median; not a number when there are none.
    static func median(_ numbers: [Double]) -> Double {
        let sorted = numbers.sorted()
        guard !sorted.isEmpty else { return .nan }
        let middle = sorted.count / 2
        return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }

    /// The smallest number that is not below so many hundredths of all.
    ///
    /// - Parameters:
    ///   - percent: From above 0 to 100.
    ///   - sorted: The numbers, the smallest first; at least one.
    /// - Returns: One of the numbers; not a number when there are none.
    static func percentile(_ percent: Double, ofSorted sorted: [Double]) -> Double {
        guard !sorted.isEmpty else { return .nan }
        let rank = (percent / 100 * Double(sorted.count)).rounded(.up)
        return sorted[min(max(Int(rank), 1), sorted.count) - 1]
    }
}
