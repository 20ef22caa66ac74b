import ArgumentParser
import Leaderboards
import Operations

/// What every command takes that changes what players see.
struct GuardedChangeOptions: ParsableArguments {
    @OptionGroup var change: ChangeOptions

    @Option(help: ArgumentHelp("Refuse to change more rows than this.", valueName: "n"))
    var maxRows: Int?

    @Option(
        help: ArgumentHelp(
            "Do what --dry-run showed under this name, or nothing if the data moved since.",
            valueName: "token"
        )
    )
    var plan: PlanToken?

    mutating func validate() throws {
        if let maxRows, maxRows < 0 { throw ValidationError("'--max-rows' is a number from 0 on.") }
    }

    /// The same as plain values.
    var guarded: GuardedChange {
        GuardedChange(
            terms: ChangeTerms(
                reason: change.reason,
                isDryRun: change.dryRun,
                plan: plan,
                maximumRows: maxRows
            ),
            isSure: change.yes
        )
    }
}

/// A change that is shown and asked about before it is made.
struct GuardedChange: Sendable {
    let terms: ChangeTerms
    /// Whether nobody is to be asked.
    let isSure: Bool

    var isDryRun: Bool { terms.isDryRun }

    /// Makes a change, if need be after its name was typed.
    ///
    /// What is asked about is made, or nothing: if the data move meanwhile, the change is refused.
    ///
    /// - Parameters:
    ///   - name: What is to be typed.
    ///   - what: What would be done, to follow the number of rows.
    ///   - body: Makes the change, or tries it.
    /// - Throws: ``CommandFailure`` when nobody agrees, and what the body throws.
    func make(
        askingFor name: String,
        to what: String,
        _ administration: Administration,
        _ body: (ChangeTerms) async throws -> ModerationChange
    ) async throws -> ModerationChange {
        guard !isDryRun, !isSure else { return try await body(terms) }
        var terms = terms
        terms.isDryRun = true
        let plan = try await body(terms)
        guard !plan.isEmpty else { return plan }
        if Confirmation.canAsk {
            Effect(report: plan.rebuild, deliveries: plan.deliveries).tell(isDryRun: true, isSampled: true)
        }
        try Confirmation.ask(
            "\(counted(plan.rows, "row")) would change in the database '\(administration.databaseName)' to \(what).",
            for: name
        )
        terms.isDryRun = false
        terms.plan = plan.plan
        return try await body(terms)
    }
}
