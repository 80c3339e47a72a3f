import Glibc
import Testing

@testable import TestSupport

@Suite struct ChildProcessTests {
    @Test func `both streams and the exit code are seen`() throws {
        let child = try ChildProcess("/bin/sh", ["-c", "echo out; echo err >&2; exit 3"])
        #expect(try child.waitForEnd() == .exited(code: 3))
        #expect(child.output == "out\n" && child.errorOutput == "err\n")
    }

    @Test func `more output than a pipe holds does not stop the child`() throws {
        let child = try ChildProcess("/bin/sh", ["-c", "head -c 1000000 /dev/zero"])
        #expect(try child.waitForEnd() == .exited(code: 0))
        #expect(child.output.utf8.count == 1_000_000)
    }

    @Test func `a signal ends the child and is reported`() throws {
        let child = try ChildProcess("/bin/sleep", ["60"])
        child.send(signal: SIGTERM)
        #expect(try child.waitForEnd() == .signalled(number: SIGTERM))
    }

    @Test func `a child that never ends is a fault of the test`() throws {
        let child = try ChildProcess("/bin/sleep", ["60"])
        #expect(throws: ChildProcess.Fault.self) { try child.waitForEnd(seconds: 0.05) }
    }

    @Test func `a line is waited for`() throws {
        let child = try ChildProcess("/bin/sh", ["-c", "echo first; echo second line; sleep 60"])
        #expect(try child.waitForLine(containing: "second") == "second line")
        #expect(throws: ChildProcess.Fault.self) { try child.waitForLine(containing: "third", seconds: 0.05) }
    }

    @Test func `streams can lead to a file or nowhere, and variables can be set`() throws {
        let full = try ChildProcess("/bin/sh", ["-c", "echo $COLOUR || exit 7"], standardOutput: .file("/dev/full"))
        #expect(try full.waitForEnd() == .exited(code: 7))
        let closed = try ChildProcess("/bin/sh", ["-c", "echo text >&2 || exit 8"], standardError: .closed)
        #expect(try closed.waitForEnd() == .exited(code: 8))
        let coloured = try ChildProcess("/bin/sh", ["-c", "echo $COLOUR"], environment: ["COLOUR": "red"])
        #expect(try coloured.waitForEnd() == .exited(code: 0))
        #expect(coloured.output == "red\n")
    }

    @Test func `a program that does not exist cannot be started`() {
        #expect(throws: ChildProcess.Fault.self) { try ChildProcess("/no/such/program", []) }
    }
}
