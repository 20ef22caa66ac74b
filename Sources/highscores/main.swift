import ArgumentParser
import Glibc

// A reader that closes early, such as `head`, must not kill the program while it holds the private cluster.
signal(SIGPIPE, SIG_IGN)
let status = await CommandRun(arguments: Array(CommandLine.arguments.dropFirst())).status()
exit(status.rawValue)
