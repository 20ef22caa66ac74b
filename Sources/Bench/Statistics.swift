extension [Double] {
    /// The number in the middle; of an even count, the mean of the two in the middle; of none, not a number.
    var median: Double {
        let sorted = sorted()
        guard !sorted.isEmpty else { return .nan }
        let middle = sorted.count / 2
        return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }

    /// The smallest of these sorted numbers that is not below so many hundredths of all; of none, not a number.
    ///
    /// - Parameter percent: From above 0 to 100.
    func percentile(_ percent: Double) -> Double {
        guard !isEmpty else { return .nan }
        let rank = (percent / 100 * Double(count)).rounded(.up)
        return self[Swift.min(Swift.max(Int(rank), 1), count) - 1]
    }
}

extension Duration {
    var seconds: Double { self / .seconds(1) }
}
