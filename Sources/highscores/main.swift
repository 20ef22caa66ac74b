import ArgumentParser
import Glibc

// Not an asynchronous top level: the runtime opens descriptors for one before its first line.
secureStandardStreams()
// A reader that closes early, such as `head`, must not kill the program while it holds the private cluster.
signal(SIGPIPE, SIG_IGN)
// A file that may grow no further is an error to tell of, like a disk that is full.
signal(SIGXFSZ, SIG_IGN)
HighscoresCommand.start(Array(CommandLine.arguments.dropFirst()))
