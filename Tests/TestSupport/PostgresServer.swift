import Glibc

/// A server of PostgreSQL of a test's own, as Debian packages it, which listens at a socket in a temporary folder.
///
/// Its user is never root, as PostgreSQL demands; the server ends with the value.
///
/// - Isolation: one thread.
package final class PostgresServer {
    private let folder = TemporaryFolder()
    private let process: ChildProcess

    /// Makes a cluster and waits until its server answers: some seconds.
    package init() throws {
        folder.write(Self.script, to: "serve.sh")
        process = try ChildProcess("/bin/sh", ["-e", "\(folder.path)/serve.sh", folder.path])
        _ = try process.waitForLine(containing: "ready to accept connections", seconds: 60)
    }

    deinit {
        try? freeze(false)
        process.send(signal: SIGQUIT)
        _ = try? process.waitForEnd()
    }

    /// Where the database `postgres` is.
    package var url: String { "postgresql://rowan:pass%40word@/postgres?host=\(folder.path)" }

    /// Stops all processes of the server, which keeps its connections and answers nothing, or lets them go on.
    package func freeze(_ isFrozen: Bool) throws {
        let signal = isFrozen ? "STOP" : "CONT"
        let process = try ChildProcess("/bin/sh", ["-ec", Self.freezing, "sh", folder.path, signal])
        _ = try process.waitForEnd()
    }

    private static let freezing = """
        main=$(head -n 1 "$1/data/postmaster.pid")
        kill "-$2" "$main" $(cat "/proc/$main/task/$main/children")
        """

    /// Runs a command with the server's programs, for example `psql`.
    package func run(_ program: String, _ arguments: [String]) throws -> String {
        let command = "exec \"$(ls -d /usr/lib/postgresql/*/bin | tail -n 1)\"/\"$@\""
        let process = try ChildProcess("/bin/sh", ["-ec", command, "sh", program] + arguments)
        _ = try process.waitForEnd()
        return process.output + process.errorOutput
    }

    private static let script = """
        bin=$(ls -d /usr/lib/postgresql/*/bin | tail -n 1)
        user=""
        if [ "$(id -u)" = 0 ]; then
          user="setpriv --reuid=postgres --regid=postgres --clear-groups"
          chown postgres "$1"
        fi
        chmod 755 "$1"
        $user "$bin/initdb" --pgdata="$1/data" --auth=trust --username=rowan --encoding=UTF8 --no-locale --no-sync \\
          > /dev/null
        exec $user "$bin/postgres" -D "$1/data" -k "$1" -c listen_addresses= -c fsync=off
        """
}
