/// The routes of the service, by what they are for.
struct Routes {
    let services: WebServices
}

extension RouteTable {
    /// The routes that pages, servers and Telegram use.
    ///
    /// - Parameter showsInsides: Whether operators are served here, too.
    static func everybody(_ services: WebServices, showsInsides: Bool) -> RouteTable {
        let routes = Routes(services: services)
        return RouteTable(
            routes.runs + routes.launches + routes.scores + routes.serverScores + routes.leaderboards
                + routes.games + routes.history + routes.streams + routes.pages + routes.updates
                + routes.operations(for: showsInsides ? .shared : .everybody)
        )
    }

    /// The routes that operators use at an address of their own.
    static func operators(_ services: WebServices) -> RouteTable {
        RouteTable(Routes(services: services).operations(for: .operators))
    }
}
