import JSONSyntax
import LinuxSystem
import Testing
import TreeEnsembles

@testable import ForestTiming

@Suite struct TimingReportTests {
    private func report(_ options: TimingReport.Options) throws -> TimingReport {
        let forest = try ForestRowsTests.forest(ForestRowsTests.sample)
        return try TimingReport(
            path: "a \"model\"", format: "xgboost_json", ensemble: forest, options: options,
            clock: SteppingClock(step: .milliseconds(100)))
    }

    @Test func `the report names forest, engine and every batch size`() throws {
        let options = TimingReport.Options(instructionSet: .baseline, rowsPerCall: [3], missingFraction: 0.5)
        let text = try report(options).text
        for piece in [
            "a \"model\": xgboost_json, trained by xgboost\n100 trees, ", " leaves, 37 features, 1 margin per row\n",
            "engine bit-planes, instruction set baseline\n", "4096 rows of FP32 around the model's thresholds",
            ", 0.5 of the values missing; one thread, medians\n",
            "   rows per call    CPU ns per row   rows per second\n",
            "\n                 3",
        ] {
            #expect(text.contains(piece), "\(text)")
        }
    }

    @Test func `the report for programs is one JSON object that any reader reads`() throws {
        let options = TimingReport.Options(instructionSet: .baseline, rowsPerCall: [1, 8])
        var line = ByteBuffer()
        line.append(try report(options).json)
        var cursor = JSONCursor(depthLimit: 4)
        let object = try cursor.skipValue(in: line.bytes)
        #expect(object == 0..<line.count - 1 && line.bytes[line.count - 1] == UInt8(ascii: "\n"))
        let text = line.bytes.text(object)
        for piece in [#"{"model":"a \"model\"","#, #""rows_per_call":1,"turns":"#, #""rows_per_call":8,"turns":"#] {
            #expect(text.contains(piece), "\(text)")
        }
    }

    @Test func `rows beyond the limit of values are refused with the remedy`() throws {
        let most = ForestTimingLimits.valueCount / 37
        let fault = try #require(throws: TimingReport.TooManyRows.self) {
            _ = try report(TimingReport.Options(instructionSet: .baseline, rowsPerCall: [1, most + 1]))
        }
        #expect(fault.description.hasSuffix("give --rows-per-call at most \(most)"), "\(fault)")
    }
}
