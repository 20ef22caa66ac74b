/// PostgreSQL's settings for a private cluster, with the reason for each that is not its default.
enum ClusterSettings {
    /// What must hold whatever `postgresql.conf` says, given on the server's command line.
    static func fixed(socketFolder: String) -> [(name: String, value: String)] {
        [
            // Reached through the socket only: the 0700 folder is the authentication.
            ("listen_addresses", ""),
            ("port", "5432"),
            ("unix_socket_directories", socketFolder),
            ("unix_socket_permissions", "0700"),
            // An acknowledged score is on disk. These are the defaults, and nobody shall turn them off here.
            ("fsync", "on"),
            ("synchronous_commit", "on"),
            ("full_page_writes", "on"),
            // One log file, written by the server itself, whose size the cluster's owner limits.
            ("logging_collector", "off"),
            ("log_destination", "stderr"),
            // A refused row is told by its constraint: the detail and the context would quote its values.
            ("log_error_verbosity", "terse"),
            // Tells the processes of this server from those of others in `ps`.
            ("cluster_name", "highscores"),
        ]
    }

    /// What an operator may change later: written once to the end of `postgresql.conf`.
    static let initial = """

        # ---- Written by highscores when it made this cluster; yours to change. ----
        # A small server that shares the machine with the service.
        shared_buffers = 128MB
        effective_cache_size = 1GB
        max_connections = 100
        # Flash storage: a random read costs hardly more than the next one.
        random_page_cost = 1.1
        # Fewer checkpoints under a burst of scores; compressed page images make up for the space.
        max_wal_size = 2GB
        min_wal_size = 128MB
        wal_compression = on
        # Every statement is short: compiling one costs more than it gains.
        jit = off
        # A transaction here never waits for a person: one that idles has lost its owner and holds up others.
        idle_in_transaction_session_timeout = 60s
        # A client that vanished is noticed while its statement runs.
        client_connection_check_interval = 5s
        # Only what needs somebody's attention; never the values of a statement.
        log_min_messages = warning
        log_checkpoints = off
        log_lock_waits = on
        log_autovacuum_min_duration = -1
        log_parameter_max_length = 0
        log_parameter_max_length_on_error = 0
        log_line_prefix = '%m [%p] '
        # One clock for both logs.
        log_timezone = 'UTC'
        timezone = 'UTC'

        """
}
