import Glibc
import TestSupport
import Testing

@testable import OpenInferenceProtocol

/// The calendar against the C library's.
@Suite struct CivilTimeDifferentialTests {
    @Test func `every moment of two centuries reads as in the C library`() {
        var generator = SeededGenerator.forTest()
        var mismatches: [Int] = []
        for _ in 0..<20_000 {
            let second = generator.int(in: -3_155_673_600...6_311_433_600)
            let millisecond = generator.int(in: 0...999)
            let time = CivilTime(nanosecondsSince1970: Int64(second) * 1_000_000_000 + Int64(millisecond) * 1_000_000)
            var moment = time_t(second)
            var fields = unsafe tm()
            // The C library reads `moment` and writes `fields`, both of which outlive the call.
            _ = unsafe gmtime_r(&moment, &fields)
            let expected = unsafe [
                fields.tm_year + 1900, fields.tm_mon + 1, fields.tm_mday, fields.tm_hour, fields.tm_min, fields.tm_sec,
            ]
            let read = [time.year, time.month, time.day, time.hour, time.minute, time.second]
            if read != expected.map(Int.init) || time.millisecond != millisecond { mismatches.append(second) }
        }
        #expect(mismatches == [])
    }
}
