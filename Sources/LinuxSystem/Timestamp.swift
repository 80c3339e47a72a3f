import CShims
import Glibc

/// A point in time as calendars and clocks on the wall show it.
package struct Timestamp: Comparable, Hashable, Sendable {
    /// Time since the beginning of 1970, UTC, without leap seconds.
    package let sinceEpoch: Nanoseconds

    package init(sinceEpoch: Nanoseconds) { self.sinceEpoch = sinceEpoch }

    /// The time now, as the administrator has set it; it may jump.
    package static var now: Timestamp {
        var time = timespec()
        // The address is valid for the call; the clock always exists.
        unsafe _ = clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(
            sinceEpoch: Nanoseconds(Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)))
    }

    package static func < (left: Timestamp, right: Timestamp) -> Bool { left.sinceEpoch < right.sinceEpoch }

    /// Appends the time in UTC with milliseconds, for example `2026-11-21T01:52:06.123Z`.
    ///
    /// - Source: RFC 3339, section 5.6.
    /// - Precondition: from year 0 to year 9999.
    package func append(to buffer: inout ByteBuffer) {
        let (seconds, nanoseconds) = sinceEpoch.count.floorQuotientAndRemainder(by: 1_000_000_000)
        var time = time_t(seconds)
        var parts = unsafe tm()
        // Both structures are ours; every second that 64 bits of nanoseconds can name has a date.
        unsafe _ = gmtime_r(&time, &parts)
        buffer.appendDecimal(unsafe Int(parts.tm_year) + 1900, digitCount: 4)
        buffer.append("-")
        buffer.appendDecimal(unsafe Int(parts.tm_mon) + 1, digitCount: 2)
        buffer.append("-")
        buffer.appendDecimal(unsafe Int(parts.tm_mday), digitCount: 2)
        buffer.append("T")
        buffer.appendDecimal(unsafe Int(parts.tm_hour), digitCount: 2)
        buffer.append(":")
        buffer.appendDecimal(unsafe Int(parts.tm_min), digitCount: 2)
        buffer.append(":")
        buffer.appendDecimal(unsafe Int(parts.tm_sec), digitCount: 2)
        buffer.append(".")
        buffer.appendDecimal(Int(nanoseconds / 1_000_000), digitCount: 3)
        buffer.append("Z")
    }
}

extension Int64 {
    /// Divides and rounds towards minus infinity, so that the remainder is never negative.
    fileprivate func floorQuotientAndRemainder(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}

extension ByteBuffer {
    /// Appends a number with leading zeros.
    fileprivate mutating func appendDecimal(_ value: Int, digitCount: Int) {
        precondition(value >= 0, "a part of a date is not negative")
        var power = 1
        for _ in 1..<digitCount { power *= 10 }
        while power > 0 {
            append(UInt8(ascii: "0") + UInt8(value / power % 10))
            power /= 10
        }
    }
}
