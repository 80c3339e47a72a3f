import Glibc
import LinuxSystem
import Synchronization
import TestSupport

/// A server of a test: it reads whole requests and answers each with the next bytes of its script.
///
/// It knows as much HTTP as finding the end of a request takes.
final class ScriptedServer: Sendable {
    /// What is done when a request has come.
    enum Step: Sendable {
        /// Sends bytes and waits for the next request on the same connection.
        case answer(String)
        /// Sends bytes and closes the connection.
        case answerAndClose(String)
        /// Sends bytes, and nothing more until the other side closes.
        case answerAndStall(String)
    }

    let port: UInt16
    private let listener: Int32
    private let received = Mutex<[String]>([])
    private let connections = Atomic(0)

    init(_ steps: [Step]) throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        precondition(listener >= 0, "no socket for a test")
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        // The kernel reads and writes the structure whose size it is told.
        let isListening = unsafe withUnsafeMutablePointer(to: &address) { [listener] address in
            unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe bind(listener, address, size) == 0 && listen(listener, 16) == 0
                    && getsockname(listener, address, &size) == 0
            }
        }
        precondition(isListening, "no port for a test")
        port = UInt16(bigEndian: address.sin_port)
        _ = try SystemThread(name: "scripted") { [self] in run(steps) }
    }

    deinit { close(listener) }

    /// The requests that have come so far.
    var requests: [String] { received.withLock { $0 } }

    /// How many connections have come so far.
    var connectionCount: Int { connections.load(ordering: .relaxed) }

    private func run(_ steps: [Step]) {
        var rest = steps[...]
        while !rest.isEmpty {
            let connection = accept(listener, nil, nil)
            if connection < 0 { return }
            connections.add(1, ordering: .relaxed)
            serve(connection, &rest)
            close(connection)
        }
    }

    private func serve(_ connection: Int32, _ steps: inout ArraySlice<Step>) {
        while let step = steps.first {
            guard let request = readRequest(connection) else { return }
            received.withLock { $0.append(request) }
            steps.removeFirst()
            switch step {
            case .answer(let text): write(connection, text)
            case .answerAndClose(let text): return write(connection, text)
            case .answerAndStall(let text):
                write(connection, text)
                _ = readRequest(connection)
                return
            }
        }
    }

    private func write(_ connection: Int32, _ text: String) {
        let bytes = Array(text.utf8)
        var sent = 0
        while sent < bytes.count {
            let rest = Array(bytes[sent...])
            // The kernel reads the array during the call.
            let count = unsafe send(connection, rest, rest.count, Int32(MSG_NOSIGNAL))
            guard count > 0 else { return }
            sent += count
        }
    }

    /// Nil when the other side has closed.
    private func readRequest(_ connection: Int32) -> String? {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let text = String(decoding: bytes, as: UTF8.self)
            if let end = text.firstRange(of: "\r\n\r\n") {
                let length = text.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
                let expected = length.flatMap { Int($0.dropFirst(15).filter { $0 != " " }) } ?? 0
                if text[end.upperBound...].utf8.count >= expected { return text }
            }
            // The kernel writes into the array during the call.
            let count = unsafe read(connection, &chunk, chunk.count)
            guard count > 0 else { return nil }
            bytes.append(contentsOf: chunk[..<count])
        }
    }
}
