import Glibc

/// A TCP connection to this machine over which a test sends bytes as it likes and reads what comes back.
///
/// It knows just enough HTTP to find the end of an answer, and nothing of Rowan.
package final class RawConnection {
    /// One answer, its body complete.
    package struct Answer: Sendable {
        package let status: Int
        /// Names in lower case, in the order received.
        package let fields: [(name: String, value: String)]
        package let body: [UInt8]

        /// The body as text.
        package var text: String { String(decoding: body, as: UTF8.self) }

        /// The first field of a name, given in lower case.
        package subscript(_ name: String) -> String? { fields.first { $0.name == name }?.value }
    }

    /// What went wrong with a connection.
    package enum Fault: Error {
        case cannotConnect(errorNumber: Int32)
        /// The other side has closed; what it had sent by then.
        case closed([UInt8])
        case tooSlow([UInt8])
        case malformed(String)
    }

    private let descriptor: Int32
    private var received: [UInt8] = []

    /// Connects to a port of this machine.
    package init(port: UInt16, address: String = "127.0.0.1", secondsToWait: Int = 20) throws(Fault) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        precondition(descriptor >= 0, "no socket for a test")
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        var patience = timeval(tv_sec: secondsToWait, tv_usec: 0)
        var target = sockaddr_in()
        target.sin_family = sa_family_t(AF_INET)
        target.sin_port = port.bigEndian
        // The kernel and the C library read and write the values whose sizes they are told.
        let code = unsafe withUnsafeMutablePointer(to: &target) { target in
            unsafe inet_pton(AF_INET, address, &target.pointee.sin_addr)
            unsafe setsockopt(
                descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
            return unsafe target.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else {
            let number = errno
            Glibc.close(descriptor)
            throw .cannotConnect(errorNumber: number)
        }
    }

    deinit { Glibc.close(descriptor) }

    /// Sends bytes.
    package func send(_ bytes: [UInt8]) throws(Fault) {
        var sent = 0
        while sent < bytes.count {
            let rest = Array(bytes[sent...])
            // The kernel reads the array during the call.
            let count = unsafe Glibc.send(descriptor, rest, rest.count, Int32(MSG_NOSIGNAL))
            if count > 0 { sent += count } else if errno != EINTR { throw .closed(received) }
        }
    }

    /// Sends a text.
    package func send(_ text: String) throws(Fault) {
        try send(Array(text.utf8))
    }

    /// Sends bytes one by one, each in a segment of its own as far as the kernel lets it.
    package func drip(_ text: String, microsecondsBetween: UInt32 = 0) throws(Fault) {
        var on: Int32 = 1
        // The kernel reads four bytes.
        unsafe setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        for byte in text.utf8 {
            try send([byte])
            if microsecondsBetween > 0 { usleep(microsecondsBetween) }
        }
    }

    /// Says that nothing more will be sent.
    package func finishSending() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Reads one answer of HTTP/1.1 whose length a Content-Length field, or its status, or the end of the connection
    /// determines.
    ///
    /// - Parameter isHead: whether the request was HEAD, whose answer has no body.
    package func answer(isHead: Bool = false) throws(Fault) -> Answer {
        var end: Int?
        while end == nil {
            end = Self.endOfHead(received)
            if end == nil, try !receive() { throw .closed(received) }
        }
        let head = String(decoding: received[..<(end ?? 0)], as: UTF8.self)
        received.removeFirst(end ?? 0)
        var lines = head.split(separator: "\r\n")
        let words = (lines.isEmpty ? "" : lines.removeFirst()).split(separator: " ")
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else {
            throw .malformed(head)
        }
        let fields = lines.map { line in
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let value = parts.count > 1 ? parts[1].drop { $0 == " " } : ""
            return (name: parts[0].lowercased(), value: String(value))
        }
        let stated = fields.first { $0.name == "content-length" }.map { Int($0.value) ?? -1 }
        if stated == -1 { throw .malformed(head) }
        if isHead || status == 204 || status == 304 || status < 200 {
            return Answer(status: status, fields: fields, body: [])
        }
        while received.count < stated ?? Int.max {
            if try !receive() {
                if stated == nil { break }
                throw .closed(received)
            }
        }
        let body = Array(received.prefix(stated ?? received.count))
        received.removeFirst(body.count)
        return Answer(status: status, fields: fields, body: body)
    }

    /// Sends a request and reads its answer; the connection stays open.
    package func exchange(_ method: String, _ path: String, body: String = "") throws(Fault) -> Answer {
        let length = body.isEmpty && method != "POST" ? "" : "Content-Length: \(body.utf8.count)\r\n"
        try send("\(method) \(path) HTTP/1.1\r\nHost: localhost\r\n\(length)\r\n\(body)")
        return try answer(isHead: method == "HEAD")
    }

    /// Whether the other side closes without sending anything more.
    package func isClosedByPeer() throws(Fault) -> Bool {
        guard received.isEmpty else { return false }
        return try !receive()
    }

    /// Reads what there is; false at the end of the connection.
    private func receive() throws(Fault) -> Bool {
        var piece = [UInt8](repeating: 0, count: 65_536)
        while true {
            // The kernel writes at most the array's length.
            let count = unsafe recv(descriptor, &piece, piece.count, 0)
            if count > 0 {
                received += piece[..<count]
                return true
            }
            if count == 0 || errno == ECONNRESET { return false }
            if errno == EAGAIN { throw .tooSlow(received) }
            if errno != EINTR { return false }
        }
    }

    private static func endOfHead(_ bytes: [UInt8]) -> Int? {
        guard bytes.count >= 4 else { return nil }
        for end in 4...bytes.count where bytes[end - 4..<end].elementsEqual([13, 10, 13, 10]) { return end }
        return nil
    }
}
