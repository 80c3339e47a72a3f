/// What a log record says, without what the logging system has put around it.
package struct LogMessage: Equatable, Sendable {
    /// How the record was written.
    package enum Shape: String, CaseIterable, Sendable {
        case json, syslog, log4j, python, go, klog, access, cloudWatch, plain
    }

    package var shape: Shape
    /// What happened, in the words of the system; never empty unless the record is.
    package var text: String
    /// As it stands in the record: `ERROR`, `warn`, `E`.
    package var level: String?
    package var service: String?
    package var host: String?
    /// Who wrote it: a class, a module, a file with its line.
    package var logger: String?
    /// As it stands in the record.
    package var time: String?
    /// Names of single things in the text (addresses, pods, paths, ids), for people and for filters, in order.
    package var identifiers: [String]

    /// Describes a message.
    package init(
        shape: Shape, text: String, level: String? = nil, service: String? = nil, host: String? = nil,
        logger: String? = nil, time: String? = nil, identifiers: [String] = []
    ) {
        self.shape = shape
        self.text = text
        self.level = level
        self.service = service
        self.host = host
        self.logger = logger
        self.time = time
        self.identifiers = identifiers
    }

    /// The text with a word in place of everything that differs from one time to the next: equal for equal events.
    package var masked: String { MessageMask.masked(text) }
}
