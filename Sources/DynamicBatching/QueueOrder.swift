package import LinuxSystem

/// What a request asks of the queue that it waits in.
package struct QueueOrder: Sendable {
    package var rowCount: Int
    /// Bit `i` asks for output `i` of the model.
    package var wantedOutputs: UInt64
    /// 1 is the highest; 0 leaves it to the model.
    package var priority: UInt64
    /// - Units: microseconds; 0 leaves it to the model.
    package var timeoutMicroseconds: UInt64
    /// When the rows had been read.
    package var arrival: Nanoseconds
    /// How long reading them took.
    package var readNanoseconds: Int64

    /// Makes an order.
    package init(
        rowCount: Int = 0, wantedOutputs: UInt64 = 0, priority: UInt64 = 0, timeoutMicroseconds: UInt64 = 0,
        arrival: Nanoseconds = .zero, readNanoseconds: Int64 = 0
    ) {
        self.rowCount = rowCount
        self.wantedOutputs = wantedOutputs
        self.priority = priority
        self.timeoutMicroseconds = timeoutMicroseconds
        self.arrival = arrival
        self.readNanoseconds = readNanoseconds
    }
}
