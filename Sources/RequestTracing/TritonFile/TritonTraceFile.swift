import LinuxSystem

/// Writes traces into the file that was named at start, and into numbered ones beside it.
///
/// Traces of a setting with a frequency go into `FILE.0`, `FILE.1`, … with so many each; the others into `FILE` as they
/// come, or into a numbered file if only a number of them was asked for and that is complete. Unlike Triton's, files
/// can be read at any time, and traces do not pile up in memory until the end.
///
/// - Isolation: the side thread.
/// - Source: Triton `src/tracer.cc`, `TraceSetting::WriteTrace`, `TraceFile::SaveTraces`.
final class TritonTraceFile: TraceSink {
    /// What is gathered for one directive.
    private final class Gathering {
        let directive: TraceDirective
        /// The numbered file that is being filled; nil before the first write, and where there is none.
        var file: JSONArrayFile?
        var text = ByteBuffer()
        /// Traces in `text`, and in the present file with it.
        var pendingCount = 0
        var fileCount = 0
        /// Traces so far.
        var collectedCount = 0

        init(_ directive: TraceDirective) { self.directive = directive }
    }

    private let path: String
    private let figures: TracingFigures
    private let report: (TraceReport) -> Void
    private var main: JSONArrayFile?
    private var nextNumber = 0
    private var lastID = 0
    private var gatherings: [ObjectIdentifier: Gathering] = [:]
    private var hasReportedFault = false

    init(at path: String, figures: TracingFigures, report: @escaping (TraceReport) -> Void) {
        self.path = path
        self.figures = figures
        self.report = report
    }

    func take(_ record: TraceRecord) {
        let key = ObjectIdentifier(record.directive)
        let gathering = gatherings[key] ?? Gathering(record.directive)
        gatherings[key] = gathering
        if gathering.pendingCount > 0 { gathering.text.append(",") }
        TritonTraceText.append(record, id: lastID + 1, to: &gathering.text)
        lastID += TritonTraceText.idCount(of: record)
        gathering.pendingCount += 1
        gathering.fileCount += 1
        gathering.collectedCount += 1
        if isFileComplete(gathering) {
            endFile(of: gathering)
        } else if gathering.text.count >= TracingLimits.fileBufferByteCount {
            write(gathering)
        }
    }

    private func isFileComplete(_ gathering: Gathering) -> Bool {
        let frequency = gathering.directive.setting.logFrequency
        return frequency > 0 && gathering.fileCount >= frequency
            || gathering.directive.isComplete(collected: gathering.collectedCount)
    }

    func lookedAround(at now: Nanoseconds) -> Nanoseconds {
        for (key, gathering) in gatherings {
            if gathering.directive.isRetired || gathering.directive.isComplete(collected: gathering.collectedCount) {
                endFile(of: gathering)
                gatherings[key] = nil
            } else if !isHeldBack(gathering) {
                write(gathering)
            }
        }
        return .never
    }

    func end(by instant: Nanoseconds) {
        for gathering in gatherings.values { endFile(of: gathering) }
        gatherings = [:]
    }

    private func endFile(of gathering: Gathering) {
        write(gathering)
        gathering.file = nil
        gathering.fileCount = 0
    }

    /// Writes what is gathered.
    private func write(_ gathering: Gathering) {
        guard gathering.pendingCount > 0 else { return }
        let count = gathering.pendingCount
        gathering.pendingCount = 0
        do throws(SystemError) {
            if isNumbered(gathering) {
                try writeNumbered(gathering)
            } else {
                try writeMain(&gathering.text)
            }
            figures.wrote(traceCount: count)
            hasReportedFault = false
        } catch {
            gathering.text.removeAll()
            figures.lose(count, .file)
            if !hasReportedFault { report(.fileFailed(path: path, reason: error.description)) }
            hasReportedFault = true
        }
    }

    /// Whether traces wait until as many are there as were asked for: they then have a numbered file, as in Triton.
    private func isHeldBack(_ gathering: Gathering) -> Bool {
        let setting = gathering.directive.setting
        return setting.logFrequency == 0 && setting.count > 0 && gathering.file == nil
    }

    private func isNumbered(_ gathering: Gathering) -> Bool {
        if gathering.file != nil || gathering.directive.setting.logFrequency > 0 { return true }
        guard isHeldBack(gathering) else { return false }
        return gathering.directive.isComplete(collected: gathering.collectedCount)
            || gathering.text.count >= TracingLimits.fileBufferByteCount
    }

    private func writeNumbered(_ gathering: Gathering) throws(SystemError) {
        if gathering.file == nil {
            let number = nextNumber
            nextNumber += 1
            gathering.file = try JSONArrayFile(creating: "\(path).\(number)")
        }
        try gathering.file?.append(&gathering.text)
    }

    private func writeMain(_ text: inout ByteBuffer) throws(SystemError) {
        if main == nil { main = try JSONArrayFile(creating: path) }
        try main?.append(&text)
    }
}
