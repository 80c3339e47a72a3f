import LinuxSystem

/// The latest predictions of one model, in a file of fixed length in which the newest overwrites the oldest.
///
/// A record lies at the place that its sequence number determines, so that finding it is one read. The file has an
/// epoch, a number that was chosen when it was made: identities of predictions of another file are recognised by it.
///
/// Numbers are reserved before they are given: a ring that is opened again begins behind all of them, so that no
/// identity names two predictions, whatever was lost when the process ended.
///
/// - Layout: a head of 4,096 bytes (8 bytes of text, the version, the epoch, the capacity, the end of the reserved
///   numbers), then `capacity` records; little-endian.
/// - Isolation: one thread at a time; calls may block.
package final class PredictionRing {
    /// What became of a prediction.
    package enum Finding: Equatable, Sendable {
        case record(PredictionRecord)
        /// Newer ones have taken its place.
        case overwritten
        /// None was kept under this number.
        case absent
    }

    package let capacity: Int
    package let epoch: UInt32
    /// The first number that had not been given when the ring was opened: the one after the highest that was kept, a
    /// whole number of turns later if that lies among the reserved ones, so that places keep the order of numbers.
    package private(set) var firstFreeSequence: UInt64 = 0
    private let file: PositionedFile
    private let path: String

    private static let magic = "ROWANPRD"
    private static let version: UInt32 = 1
    private static let headByteCount = 4_096
    private static let fieldsByteCount = 32
    private static let reservedOffset = 24
    /// Records that are read at once when all are wanted.
    private static let recordsPerRead = 4_096

    /// Opens a ring, or makes one: if there is none, if it has another capacity, or if it is not whole.
    ///
    /// - Parameter epoch: of a new one; nil where none may be made.
    /// - Throws: if the file cannot be used, if a newer version has made it, or if there is none that suits.
    package init(opening path: String, capacity: Int, newEpoch epoch: UInt32?) throws(StateFault) {
        precondition(DurableStateLimits.predictions.contains(capacity), "a permitted number of predictions")
        guard epoch != nil || FileSystem.exists(path) else { throw .location("there are no predictions in \(path)") }
        let file = try Self.open(path)
        let found = try Self.readHead(file, path)
        let isNew = found?.capacity != capacity
        if isNew {
            guard let epoch else {
                let kept = found.map { "\($0.capacity)" } ?? "an unknown number of"
                throw .location("\(path) was made for \(kept) predictions, and the model keeps \(capacity)")
            }
            try Self.makeNew(file, path, capacity, epoch)
        }
        self.capacity = capacity
        self.epoch = isNew ? epoch ?? 0 : found?.epoch ?? 0
        self.file = file
        self.path = path
        var highest: UInt64?
        try forEachRecord { record in highest = max(highest ?? 0, record.sequence) }
        firstFreeSequence = highest.map { $0 + 1 } ?? 0
        let reserved = isNew ? 0 : found?.reserved ?? 0
        if reserved > firstFreeSequence {
            let turns = (reserved - firstFreeSequence + UInt64(capacity) - 1) / UInt64(capacity)
            firstFreeSequence += turns * UInt64(capacity)
        }
    }

    private static func open(_ path: String) throws(StateFault) -> PositionedFile {
        do throws(SystemError) {
            return try PositionedFile(opening: path)
        } catch {
            throw .location("predictions cannot be kept in \(path): \(error)")
        }
    }

    private static func readHead(
        _ file: borrowing PositionedFile, _ path: String
    ) throws(StateFault) -> (capacity: Int, epoch: UInt32, reserved: UInt64)? {
        var head = ByteBuffer()
        let count = try reading(path) { () throws(SystemError) in
            try file.read(at: 0, count: fieldsByteCount, into: &head)
        }
        let length = try reading(path) { () throws(SystemError) in try file.byteCount() }
        return try head.withBytes { (bytes) throws(StateFault) in
            guard count == fieldsByteCount, bytes.text(0..<8) == magic else { return nil }
            let found = bytes.littleEndian(UInt32.self, at: 8)
            guard found <= version else {
                throw .newerSchema(place: path, found: "\(found) (predictions)", known: "\(version) (predictions)")
            }
            let capacity = Int(clamping: bytes.littleEndian(UInt64.self, at: 16))
            let reserved = bytes.littleEndian(UInt64.self, at: reservedOffset)
            guard DurableStateLimits.predictions.contains(capacity), reserved < sequenceLimit,
                length == headByteCount + capacity * PredictionRecord.byteCount
            else { return nil }
            return (capacity, bytes.littleEndian(UInt32.self, at: 12), reserved)
        }
    }

    private static func makeNew(
        _ file: borrowing PositionedFile, _ path: String, _ capacity: Int, _ epoch: UInt32
    ) throws(StateFault) {
        var head = ByteBuffer()
        head.append(magic)
        for word in [version, epoch, UInt32(truncatingIfNeeded: capacity), UInt32(truncatingIfNeeded: capacity >> 32)] {
            for shift in 0..<4 { head.append(UInt8(truncatingIfNeeded: word >> (shift * 8))) }
        }
        try reading(path) { () throws(SystemError) in
            // Everything that was there is gone first, so that no old record looks like one of the new epoch.
            try file.setByteCount(0)
            try file.setByteCount(headByteCount + capacity * PredictionRecord.byteCount)
            try file.write(head.bytes, at: 0)
        }
    }

    @discardableResult
    private static func reading<Result>(
        _ path: String, _ body: () throws(SystemError) -> Result
    ) throws(StateFault) -> Result {
        do throws(SystemError) {
            return try body()
        } catch {
            throw .database(place: path, "\(error)")
        }
    }

    private func offset(of sequence: UInt64) -> Int {
        Self.headByteCount + Int(sequence % UInt64(capacity)) * PredictionRecord.byteCount
    }

    /// Numbers from here on were never given: a file that holds them is damaged.
    private static let sequenceLimit: UInt64 = 1 << 62

    /// What lies at a place; nil for nothing, and for what cannot have been kept there.
    private func record(in bytes: Span<UInt8>, at start: Int, place: Int) -> PredictionRecord? {
        guard let record = PredictionRecord(in: bytes, at: start),
            record.sequence < Self.sequenceLimit, record.sequence % UInt64(capacity) == UInt64(place)
        else { return nil }
        return record
    }

    /// Keeps records, unless newer ones have their places.
    ///
    /// - Parameter records: as they append themselves, one after another; runs of ascending sequence numbers are
    ///   written at once.
    /// - Parameter replaced: is told of every record that is overwritten.
    /// - Parameter kept: is told of every record that was kept, behind those that it overwrites.
    package func keep(
        _ records: Span<UInt8>, replaced: (PredictionRecord) -> Void, kept: (PredictionRecord) -> Void
    ) throws(StateFault) {
        let size = PredictionRecord.byteCount
        precondition(records.count % size == 0, "whole records")
        var start = 0
        while start < records.count {
            let first = records.littleEndian(UInt64.self, at: start) &- 1
            // To the end of the run, or of the file.
            let room = capacity - Int(first % UInt64(capacity))
            var count = 1
            while count < room, start + count * size < records.count,
                records.littleEndian(UInt64.self, at: start + count * size) &- 1 == first + UInt64(count)
            {
                count += 1
            }
            let run = records.extracting(start..<start + count * size)
            if try keepRun(run, first, replaced) {
                for offset in stride(from: 0, to: run.count, by: size) {
                    if let record = PredictionRecord(in: run, at: offset) { kept(record) }
                }
            }
            start += count * size
        }
    }

    /// - Returns: whether the run was kept.
    private func keepRun(
        _ run: Span<UInt8>, _ first: UInt64, _ replaced: (PredictionRecord) -> Void
    ) throws(StateFault) -> Bool {
        var old = ByteBuffer()
        let offset = offset(of: first)
        try Self.reading(path) { () throws(SystemError) in
            try file.read(at: offset, count: run.count, into: &old)
        }
        let size = PredictionRecord.byteCount
        let place = Int(first % UInt64(capacity))
        var isNewer = false
        old.withBytes { bytes in
            for start in stride(from: 0, to: bytes.count, by: size) {
                guard let record = record(in: bytes, at: start, place: place + start / size) else { continue }
                if record.sequence > first { isNewer = true }
            }
            guard !isNewer else { return }
            for start in stride(from: 0, to: bytes.count, by: size) {
                if let record = record(in: bytes, at: start, place: place + start / size) { replaced(record) }
            }
        }
        // A loop that was slow for as long as the ring takes to fill comes too late.
        if isNewer { return false }
        try Self.reading(path) { () throws(SystemError) in try file.write(run, at: offset) }
        return true
    }

    /// Looks for a prediction.
    package func find(_ sequence: UInt64) throws(StateFault) -> Finding {
        var buffer = ByteBuffer()
        let offset = offset(of: sequence)
        try Self.reading(path) { () throws(SystemError) in
            try file.read(at: offset, count: PredictionRecord.byteCount, into: &buffer)
        }
        return buffer.withBytes { bytes in
            guard bytes.count == PredictionRecord.byteCount, let record = PredictionRecord(in: bytes, at: 0) else {
                return .absent
            }
            if record.sequence == sequence { return .record(record) }
            return record.sequence > sequence ? .overwritten : .absent
        }
    }

    /// Writes a record over itself.
    package func update(_ record: PredictionRecord) throws(StateFault) {
        var buffer = ByteBuffer()
        record.append(to: &buffer)
        let offset = offset(of: record.sequence)
        try Self.reading(path) { () throws(SystemError) in try file.write(buffer.bytes, at: offset) }
    }

    /// Promises that numbers below this one may be given: it is on the disk when the call returns.
    ///
    /// - Precondition: below 2⁶².
    package func reserve(upTo end: UInt64) throws(StateFault) {
        precondition(end < Self.sequenceLimit, "numbers do not run out")
        var word = ByteBuffer()
        for shift in 0..<8 { word.append(UInt8(truncatingIfNeeded: end >> UInt64(shift * 8))) }
        try Self.reading(path) { () throws(SystemError) in
            try file.write(word.bytes, at: Self.reservedOffset)
            try file.synchronise()
        }
    }

    /// Waits until what was written is on the disk.
    package func synchronise() throws(StateFault) {
        try Self.reading(path) { () throws(SystemError) in try file.synchronise() }
    }

    /// Gives every record to a function, by place in the file.
    package func forEachRecord(_ body: (PredictionRecord) -> Void) throws(StateFault) {
        let size = PredictionRecord.byteCount
        for first in stride(from: 0, to: capacity, by: Self.recordsPerRead) {
            let count = min(Self.recordsPerRead, capacity - first)
            var buffer = ByteBuffer(capacity: count * size)
            try Self.reading(path) { () throws(SystemError) in
                try file.read(at: Self.headByteCount + first * size, count: count * size, into: &buffer)
            }
            buffer.withBytes { bytes in
                for start in stride(from: 0, through: bytes.count - size, by: size) {
                    if let record = record(in: bytes, at: start, place: first + start / size) { body(record) }
                }
            }
        }
    }
}
