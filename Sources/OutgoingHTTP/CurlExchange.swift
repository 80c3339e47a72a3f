/// What comes back during one attempt, held to the request's limits.
///
/// - Isolation: the thread that performs the transfer.
final class CurlExchange {
    private let byteCountLimit: Int
    private let receiver: (any ResponseReceiver)?
    private let interruption: Interruption?
    private var headByteCount = 0
    private var bodyByteCount = 0
    private(set) var status = 0
    private(set) var fields: [OutgoingRequest.Field] = []
    private(set) var body: [UInt8] = []
    /// Why the attempt was broken off from this side.
    private(set) var fault: OutgoingFault.Kind?

    init(byteCountLimit: Int, receiver: (any ResponseReceiver)?, interruption: Interruption?) {
        self.byteCountLimit = byteCountLimit
        self.receiver = receiver
        self.interruption = interruption
    }

    var isInterrupted: Bool { interruption?.isInterrupted ?? false }

    private var isSuccess: Bool { (200...299).contains(status) }

    /// Takes a line of the head.
    ///
    /// - Returns: how many bytes were taken; another number than `count` ends the transfer.
    @unsafe
    func takeHead(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        headByteCount += count
        guard headByteCount <= OutgoingHTTPLimits.responseHeadByteCount else {
            fault = .tooLarge(byteCountLimit: OutgoingHTTPLimits.responseHeadByteCount)
            return 0
        }
        // libcurl lends `count` bytes for the call; the text copies them.
        let raw = unsafe UnsafeRawBufferPointer(start: bytes, count: count)
        let line = unsafe String(decoding: raw, as: UTF8.self)
        takeLine(line.filter { $0 != "\r\n" && $0 != "\n" && $0 != "\r" })
        return count
    }

    func takeLine(_ line: String) {
        if line.hasPrefix("HTTP/") {
            // An interim answer is followed by another head.
            let words = line.split(separator: " ")
            status = words.count > 1 ? Int(words[1]) ?? 0 : 0
            fields = []
        } else if let colon = line.firstIndex(of: ":") {
            let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
            fields.append(OutgoingRequest.Field(String(line[..<colon]), String(value)))
        }
    }

    /// Takes bytes of the body.
    ///
    /// - Returns: how many bytes were taken; another number than `count` ends the transfer.
    @unsafe
    func takeBody(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        bodyByteCount += count
        // libcurl lends `count` bytes for the call.
        let lent = unsafe UnsafeRawBufferPointer(start: bytes, count: count)
        guard isSuccess else {
            let room = OutgoingHTTPLimits.refusalByteCount - body.count
            unsafe body.append(contentsOf: lent.prefix(max(0, room)))
            return bodyByteCount <= max(byteCountLimit, OutgoingHTTPLimits.refusalByteCount) ? count : 0
        }
        guard bodyByteCount <= byteCountLimit else {
            fault = .tooLarge(byteCountLimit: byteCountLimit)
            return 0
        }
        guard let receiver else {
            unsafe body.append(contentsOf: lent)
            return count
        }
        do throws(OutgoingFault) {
            try unsafe receiver.receive(lent.bindMemory(to: UInt8.self).span)
            return count
        } catch {
            fault = error.kind
            return 0
        }
    }
}
