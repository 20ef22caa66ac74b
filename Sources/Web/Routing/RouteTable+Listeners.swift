extension RouteTable {
    /// The routes that pages, servers and Telegram use.
    ///
    /// - Parameters:
    ///   - services: What the edge works with.
    ///   - showsInsides: Whether operators are served here, too.
    /// - Returns: The routes of the public address.
    static func everybody(_ services: WebServices, showsInsides: Bool) -> RouteTable {
        let operations = OperationsRoutes(
            readiness: services.readiness,
            metrics: services.metrics,
            audience: showsInsides ? .shared : .everybody
        )
        return RouteTable(
            RunRoutes(useCases: services.useCases).routes
                + LaunchRoutes(useCases: services.useCases).routes
                + ScoreRoutes(useCases: services.useCases).routes
                + ServerScoreRoutes(useCases: services.useCases.servers).routes
                + LeaderboardRoutes(useCases: services.useCases).routes
                + StreamRoutes(useCases: services.useCases, quota: services.streams).routes
                + PageRoutes().routes
                + TelegramRoutes(useCases: services.useCases, handleUpdate: services.handleUpdate).routes
                + operations.routes
        )
    }

    /// The routes that operators use at an address of their own.
    ///
    /// - Parameter services: What the edge works with.
    /// - Returns: The routes of the admin address.
    static func operators(_ services: WebServices) -> RouteTable {
        let operations = OperationsRoutes(
            readiness: services.readiness,
            metrics: services.metrics,
            audience: .operators
        )
        return RouteTable(operations.routes)
    }
}
