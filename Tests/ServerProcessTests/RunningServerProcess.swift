import TestSupport

/// The real binary, serving the sample models on ports of its own.
final class RunningServerProcess {
    let child: ChildProcess
    let port: UInt16

    /// Starts the server and waits until it says where it listens.
    init(_ options: [String] = [], standardError: ChildProcess.Stream = .captured) throws {
        child = try ChildProcess(
            BuiltProducts.rowan,
            [
                "serve", "--model-repository", RepositoryRoot.path + "/model_repository", "--http-address", "127.0.0.1",
                "--http-port", "0", "--metrics-port", "-1", "--grpc-port", "-1", "--log-format", "text",
            ] + options, standardError: standardError)
        let line = try child.waitForLine(containing: "HTTP listening url=http://127.0.0.1:", seconds: 60)
        port = line.split(separator: ":").last.flatMap { UInt16($0) } ?? 0
    }
}
