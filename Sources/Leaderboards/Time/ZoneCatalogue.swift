import Foundation
import Synchronization

/// The tables that were asked for so far, the same for everybody and never changed.
private let catalogue = Mutex<[String: ZoneRules]>([:])

extension ZoneRules {
    /// The last moment of which offsets are looked up: the end of the year 2100.
    private static let horizon = Date(timeIntervalSince1970: 4_133_980_800)

    /// Finds a zone of the IANA time zone database.
    ///
    /// The table is made once for each name and shared from then on.
    ///
    /// - Parameter name: A name such as `Europe/Berlin`, or `UTC`, in its exact spelling. Offsets such as `GMT+5` and
    ///   abbreviations such as `CET`, of which the system also makes zones, and unknown names give nil.
    package init?(named name: String) {
        if name == Self.utc.name {
            self = .utc
            return
        }
        if let known = catalogue.withLock({ $0[name] }) {
            self = known
            return
        }
        guard isPlausible(name), let zone = TimeZone(identifier: name), zone.identifier == name else {
            return nil
        }
        let rules = ZoneRules(name: name, zone: zone)
        catalogue.withLock { $0[name] = rules }
        self = rules
    }

    private init(name: String, zone: TimeZone) {
        let epoch = Date(timeIntervalSince1970: 0)
        let first = zone.offsetInMilliseconds(at: epoch)
        var changes: [(at: Int64, offset: Int64)] = []
        var offset = first
        var position = epoch
        // The walk stops at every change, also at those that have nothing to do with daylight saving.
        while let next = zone.nextDaylightSavingTimeTransition(after: position), next > position,
            next <= Self.horizon
        {
            position = next
            let changed = zone.offsetInMilliseconds(at: next)
            guard changed != offset else { continue }
            offset = changed
            changes.append((at: Int64((next.timeIntervalSince1970 * 1000).rounded()), offset: changed))
        }
        self.init(name: name, offset: first, changes: changes)
    }
}

/// Whether a name is spelled as those of the database are.
///
/// Names are handed on to C, which would stop reading at a NUL and find the zone in front of it.
private func isPlausible(_ name: String) -> Bool {
    name.contains("/") && name.utf8.allSatisfy(\.isZoneNameCharacter)
}

extension UInt8 {
    fileprivate var isZoneNameCharacter: Bool {
        switch Unicode.Scalar(self) {
        case "a"..."z", "A"..."Z", "0"..."9", "/", "_", "+", "-": true
        default: false
        }
    }
}

extension TimeZone {
    fileprivate func offsetInMilliseconds(at date: Date) -> Int64 { Int64(secondsFromGMT(for: date)) * 1000 }
}
