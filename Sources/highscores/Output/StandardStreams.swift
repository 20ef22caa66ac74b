import Glibc

/// Takes the place of those of the descriptors 0 to 2 that are closed, since a program can be started without them
/// (`>&-`), so that no file or socket gets their numbers and is written to as output; to be called before anything is
/// opened.
///
/// They are opened the wrong way round, so that reading and writing fail as with a closed one.
func secureStandardStreams() {
    for (descriptor, mode) in [
        (STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY),
    ]
    where fcntl(descriptor, F_GETFD) < 0 {
        // The lowest free number is taken, and those below are open by now.
        _ = open("/dev/null", mode)
    }
}
