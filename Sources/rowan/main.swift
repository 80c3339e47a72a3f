import InferenceServer
import LinuxSystem

// A descriptor that the parent closed must not become a socket's, and a reader that went away must not end the server.
StandardDescriptors.openMissing()
SignalSet.ignoreBrokenPipes()

/// Prints what a command was asked for; a reader that does not take it is a fault of the command.
func printed(_ text: String) -> Int32 {
    do {
        try StandardStream.output.write(text)
        return 0
    } catch {
        return 1
    }
}

/// Says why the process ends.
func failed(_ message: String, exitCode: Int32) -> Int32 {
    // Where nobody can be told, the exit code still tells.
    try? StandardStream.error.write("rowan: \(message)\n")
    return exitCode
}

do throws(OptionFault) {
    let command = try Command.parse(
        Array(CommandLine.arguments.dropFirst()), environment: ProcessFacts.environment(prefix: "ROWAN_"))
    switch command {
    case .help(let text): ProcessExit.end(with: printed(text))
    case .version: ProcessExit.end(with: printed(VersionReport.text))
    case .serve, .check: ProcessExit.end(with: failed("this build only reads its command line", exitCode: 1))
    }
} catch {
    ProcessExit.end(with: failed(error.message, exitCode: error.exitCode))
}
