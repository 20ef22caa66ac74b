import ArgumentParser
import Leaderboards
import Operations
import Tokens

/// What every command takes that changes what players see, which is shown and asked about before it is made.
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

    func validate() throws {
        if let maxRows, maxRows < 0 { throw ValidationError("'--max-rows' is a number from 0 on.") }
    }

    var terms: ChangeTerms {
        ChangeTerms(reason: change.reason, isDryRun: change.dryRun, plan: plan, maximumRows: maxRows)
    }

    var isDryRun: Bool { change.dryRun }

    /// Makes a change, if need be after its name was typed.
    ///
    /// What is asked about is made, or nothing: if the data move meanwhile, the change is refused.
    ///
    /// - Parameters:
    ///   - name: What is to be typed.
    ///   - what: What would be done, to follow the number of rows.
    ///   - isHarmless: Whether a change is made without a question.
    ///   - body: Makes the change, or tries it.
    func make(
        askingFor name: String,
        to what: String,
        _ administration: Administration,
        unless isHarmless: (OperationChange) -> Bool = { _ in false },
        _ body: (ChangeTerms) async throws -> OperationChange
    ) async throws -> OperationChange {
        var terms = terms
        guard !terms.isDryRun, !change.yes else { return try await body(terms) }
        terms.isDryRun = true
        let plan = try await body(terms)
        guard !plan.isEmpty else { return plan }
        if !isHarmless(plan) {
            if Confirmation.canAsk {
                for setting in plan.settings { StandardError.write(line: "  \(setting.words)") }
                Effect(plan).tell(isDryRun: true, isSampled: true)
            }
            try Confirmation.ask(
                "\(counted(plan.rows, "row")) would change in the database '\(administration.databaseName)' to \(what).",
                for: name
            )
        }
        terms.isDryRun = false
        terms.plan = plan.plan
        return try await body(terms)
    }
}
